"""Stores queued events: each at a time of its own, and a repeated one at the time that it has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import msgspec

from ingest.events.entries import QueuedEvent, decode
from ingest.events.event import shard_of
from ingest.writer.announcement import Announcement
from ingest.writer.lines import Dead, write_lines
from ingest.writer.overflows import Changes, misfits_of, overflow_changes
from kernel.tenancy import TenantConnection
from kernel.times import NS_PER_MS
from stores.redis.entries import Entry
from stores.redis.overflow_counts import Misfit, OverflowCounts
from stores.timeseries import Timeseries
from stores.timeseries.events import EVENTS, Span, StoredEvent, event_line, read_bodies, read_ids

EVENTS_PER_WRITE, BYTES_PER_WRITE = 2_000, 4 << 20
MAX_GAP_MS = 100  # between events of one series that are looked for together
LANES, LANE_NS = 1_000, 1_000  # where a series begins within a millisecond, so that few share a nanosecond

Series = tuple[str, int]  # type, shard


@dataclass(slots=True)
class Place:
    """One millisecond of a series: the times (ns) of its events by id."""

    times: dict[str, int] = field(default_factory=dict)
    first: int = 0
    last: int = 0

    def add(self, id: str, t: int) -> None:
        self.first = min(self.first, t) if self.times else t
        self.last = max(self.last, t) if self.times else t
        self.times[id] = t

    def free(self, start: int, lane: int) -> int | None:
        """The nanosecond after the last one, so that events stay in the order in which they arrive."""
        if not self.times:
            return start + lane
        if self.last + 1 < start + NS_PER_MS:
            return self.last + 1
        return self.first - 1 if self.first > start else None


Places = dict[tuple[str, int, int], Place]  # by series and millisecond


@dataclass(slots=True)
class Written:
    """What became of a batch: how the counts of overflows change, and what viewers are told."""

    overflows: Counter[Misfit] = field(default_factory=Counter)
    announcement: Announcement = field(default_factory=Announcement)


@dataclass(slots=True)
class _Known:
    """What is stored near a batch. `overflowing`: where those events are that have an overflow, by id."""

    places: Places = field(default_factory=lambda: defaultdict(Place))
    ids: set[str] = field(default_factory=set)
    overflowing: dict[str, Span] = field(default_factory=dict)


Arrived = tuple[str, QueuedEvent]  # with the id of the entry that it is in
Placed = tuple[str, StoredEvent]


class EventWriter:
    """A tenant has one writer at a time, so nothing comes between reading the places and writing."""

    def __init__(
        self,
        tenant: TenantConnection,
        timeseries: Timeseries,
        counts: OverflowCounts,
        before_write: Callable[[], None],
    ) -> None:
        """`before_write` raises Unavailable if this is no longer that writer."""
        self._prefix, self._counts, self._before_write = tenant.prefix, counts, before_write
        self._timeseries = timeseries
        self._reader = Timeseries(tenant.influx_url, tenant.reader, share=timeseries.share)

    def write(self, entries: Sequence[Entry], dead: Dead, again: bool) -> Written:
        """`again`: some of the entries may have been written before."""
        written = Written()
        for arrived in _writes(entries, dead):
            self._write(arrived, dead, again, written)
        return written

    def _write(self, arrived: Sequence[Arrived], dead: Dead, again: bool, written: Written) -> None:
        known = self._known([event for _, event in arrived])
        stored = list(placed(arrived, known.places, dead))
        if not stored:
            return
        changes = overflow_changes([event for _, event in stored], self._overflows_of(known, arrived))
        by_entry = self._noted(arrived, stored, changes, again)
        lines = [event_line(event) for _, event in stored]
        refused = set(write_lines(self._timeseries, EVENTS, lines, dead, self._before_write))
        for counts in by_entry.values():
            written.overflows.update(counts)
        for row, (_, event) in enumerate(stored):
            if row in refused:
                written.overflows.subtract(changes.get(row, Counter()))
            elif again or event.id not in known.ids or event.id in known.overflowing:
                written.announcement.add(event)

    def _noted(
        self, arrived: Sequence[Arrived], stored: Sequence[Placed], changes: Changes, again: bool
    ) -> dict[str, Counter[Misfit]]:
        """What the entries change, as it was before anything was written."""
        by_entry: dict[str, Counter[Misfit]] = {entry: Counter() for entry, _ in arrived} if again else {}
        for row, counts in changes.items():
            by_entry.setdefault(stored[row][0], Counter()).update(counts)
        return self._counts.note(self._prefix, by_entry) if by_entry else {}

    def _known(self, events: Sequence[QueuedEvent]) -> _Known:
        known = _Known()
        for span, found in read_ids(self._reader, list(spans_of(events))):
            for each in found:
                known.places[span.type, span.shard, each.t // NS_PER_MS].add(each.id, each.t)
                known.ids.add(each.id)
                if each.overflow:
                    known.overflowing[each.id] = Span(span.type, span.shard, each.t, each.t + 1)
        return known

    def _overflows_of(self, known: _Known, arrived: Sequence[Arrived]) -> dict[str, frozenset[Misfit]]:
        """What does not fit of those of the events that are stored already, by id."""
        ids = {event.id: event.type for _, event in arrived if event.id in known.overflowing}
        if not ids:
            return {}
        bodies = read_bodies(self._reader, [known.overflowing[id] for id in ids])
        return {id: misfits_of(ids[id], body) for id, body in bodies if id in ids}


def spans_of(events: Iterable[QueuedEvent]) -> Iterator[Span]:
    """The milliseconds of each series that have events, near ones together."""
    by_series: dict[Series, set[int]] = defaultdict(set)
    for event in events:
        by_series[event.type, shard_of(event.device)].add(event.t)
    for (type_, shard), times in by_series.items():
        ordered = sorted(times)
        start = last = ordered[0]
        for t in ordered[1:]:
            if t - last > MAX_GAP_MS:
                yield Span(type_, shard, start * NS_PER_MS, (last + 1) * NS_PER_MS)
                start = t
            last = t
        yield Span(type_, shard, start * NS_PER_MS, (last + 1) * NS_PER_MS)


def placed(arrived: Iterable[Arrived], places: Places, dead: Dead) -> Iterator[Placed]:
    """The events with their times; `places`, which gets the new ones, says what is stored already."""
    for entry, event in arrived:
        shard = shard_of(event.device)
        place = places[event.type, shard, event.t]
        t = place.times.get(event.id)
        if t is None:
            t = place.free(event.t * NS_PER_MS, crc32(f"{event.type} {shard}".encode()) % LANES * LANE_NS)
        if t is None:
            dead.append(("there are a million events of this type in this millisecond", msgspec.json.encode(event)))
            continue
        place.add(event.id, t)
        yield entry, StoredEvent(t, event.type, shard, event.device, event.id, event.body, event.overflow)


def _writes(entries: Sequence[Entry], dead: Dead) -> Iterator[list[Arrived]]:
    """The entries' events in order of arrival; what is none is a dead letter. No entry is in two of the lists."""
    waiting: list[Arrived] = []
    size = 0
    for entry in entries:
        try:
            waiting += [(entry.id, event) for event in decode(entry.payload)]
        except (ValueError, msgspec.MsgspecError) as error:
            dead.append((f"not a batch of events: {error}", entry.payload))
            continue
        size += len(entry.payload)
        if len(waiting) >= EVENTS_PER_WRITE or size >= BYTES_PER_WRITE:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting
