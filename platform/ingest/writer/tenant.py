"""Moves one tenant's queue to its InfluxDB, batch by batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec

from catalog.snapshot import snapshot_of
from ingest.events.entries import is_events
from ingest.letters import WRITER, Origin, encode_letter
from ingest.line_protocol.formatting import lines_of
from ingest.writer.events import EventWriter
from ingest.writer.lines import Dead, write_lines
from ingest.writer.listeners import BatchListener
from ingest.writer.newest import merge_newest, newest_of
from ingest.writer.touched import touched_by
from kernel.batch import Batch, decode
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.dead_letters import Buried
from stores.redis.entries import Entry
from stores.redis.latest import Latest
from stores.redis.streams import Streams
from stores.redis.writer_lease import WriterKind
from stores.timeseries import RAW, Timeseries
from stores.timeseries.deletion import delete_sensors

log = logging.getLogger(__name__)

POINTS_PER_WRITE = 10_000
MAX_ENTRIES = 200
Clock = Callable[[], int]  # now, in ms


class TenantWriter:
    """Reads, stores, calls the listeners, then acknowledges. After any error what was read stays pending and is claimed
    again first.
    """

    def __init__(
        self,
        streams: Streams,
        timeseries: Timeseries,
        tenant: TenantConnection,
        listeners: Sequence[BatchListener] = (),
        clock: Clock = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._streams, self._timeseries = streams, timeseries
        self._tenant, self._prefix, self._limits = tenant, tenant.prefix, tenant.limits
        self._listeners, self._clock = listeners, clock
        self._events = EventWriter(tenant, timeseries, streams.overflow_counts, self._renew_lease)
        self._count = 50
        self._kind: WriterKind | None = None
        self.recover()

    def recover(self) -> None:
        """Start over with entries that were read and never acknowledged, by us or by a writer that died."""
        self._claiming, self._after = True, "0-0"
        self._emptied = False  # by the last read

    def drain(self, go_on: Callable[[], bool], kind: WriterKind | None = None) -> bool:
        """Stores until the queue is empty (False) or `go_on` says stop (True). Unavailable loses nothing. `kind`: as
        which writer this process has the tenant's lease; it is renewed before each write, and without it nothing more
        is written.
        """
        self._kind = kind
        try:
            while go_on():
                entries = self._next()
                if not entries:
                    return False
                self._store(entries)
                if self._emptied:  # whoever appended since has woken us
                    return False
        except BaseException:
            self.recover()
            raise
        return True

    def _next(self) -> list[Entry]:
        if self._claiming:
            entries = self._streams.claim(self._prefix, MAX_ENTRIES, self._after)
            if entries:
                self._after = entries[-1].id
                return entries
            self._claiming = False
        entries = self._streams.read(self._prefix, self._count)
        self._emptied = len(entries) < self._count
        if entries:  # about as many entries as make two writes
            mean = sum(entry.weight for entry in entries) / len(entries)
            self._count = int(min(MAX_ENTRIES, max(1, 2 * POINTS_PER_WRITE / max(mean, 1))))
        return entries

    def _store(self, entries: Sequence[Entry]) -> None:
        """Marks the ladder before the write and with the acknowledgement, so that a repair in between is repeated."""
        dead: Dead = []
        newest: dict[str, Latest] = {}
        began = time.monotonic()
        events, samples = _divided(entries)
        writes, left_out = self._without_deleted(list(_writes(samples, dead)))
        touched = touched_by([batch for batches in writes for batch in batches])
        if touched:
            self._streams.marks.mark(self._prefix, touched, self._clock())
        for batches in writes:
            for batch in self._write(batches, dead):
                merge_newest(newest, newest_of(batch))
                for listener in self._listeners:
                    listener.stored(batch)
        self._remove_deleted(writes)
        stored = self._events.write(events, dead, again=self._claiming)
        now, busy_ms = self._clock(), round((time.monotonic() - began) * 1000)
        buried = self._buried(dead, now)
        if dead:
            self._renew_lease()
        self._streams.commit(
            self._prefix, entries, newest, buried, touched, now, self._limits, left_out, busy_ms, self._kind,
            stored.overflows, stored.announcement.message(),
        )  # fmt: skip
        if left_out:
            log.info("%s%d samples of deleted sensors are left out", self._prefix, left_out)
        if dead:
            log.error("%s%d points are dead letters; the first: %s", self._prefix, len(dead), dead[0][0])

    def _renew_lease(self) -> None:
        if self._kind is not None:
            self._streams.writer_lease.renew(self._prefix, self._kind)

    def _without_deleted(self, writes: list[list[Batch]]) -> tuple[list[list[Batch]], int]:
        """What is to be written, and how many samples are of sensors that were deleted while they waited."""
        sites = _sensors_of(writes)
        gone = self._deleted_among(sites.keys())
        if not gone:
            return writes, 0
        if self._claiming:  # a writer that died may have written some of it
            self._remove({sensor: sites[sensor] for sensor in gone})
        kept = [[batch.without_sensors(gone) for batch in batches] for batches in writes]
        left_out = _samples_of(writes) - _samples_of(kept)
        return [some for batches in kept if (some := [batch for batch in batches if len(batch)])], left_out

    def _remove_deleted(self, written: list[list[Batch]]) -> None:
        """Of sensors that were deleted during the write, which may have been cleared before it ended."""
        sites = _sensors_of(written)
        self._remove({sensor: sites[sensor] for sensor in self._deleted_among(sites.keys())})

    def _remove(self, sites: dict[str, str]) -> None:
        """All samples of these sensors, given with their sites."""
        for site in set(sites.values()):
            its_sensors = [sensor for sensor, its in sites.items() if its == site]
            delete_sensors(self._timeseries, site, its_sensors, self._renew_lease)

    def _deleted_among(self, sensors: Collection[str]) -> set[str]:
        """Those that were deleted, also by a process that was killed before it could say so."""
        gone, begun = self._streams.deleted.known(self._prefix, sensors)
        if begun and (lost := self._not_in_catalog(begun)):
            self._streams.deleted.add(self._prefix, list(lost))
            gone |= lost
        return gone

    def _not_in_catalog(self, sensors: set[str]) -> set[str]:
        try:
            return sensors - snapshot_of(self._tenant).sensors.keys()
        except Unavailable:
            return set()  # nothing is lost

    def _buried(self, dead: Dead, now_ms: int) -> Buried:
        origin, kept = Origin(WRITER), dead[-self._limits.dead_letters :]
        letters = [encode_letter(origin, now_ms * 1_000_000, reason, item) for reason, item in kept]
        return Buried(letters, len(dead) - len(kept))

    def _write(self, batches: list[Batch], dead: Dead) -> Iterator[Batch]:
        """Writes the batches; what InfluxDB permanently rejects becomes dead letters. Yields what it stored of each."""
        lines = [line for batch in batches for line in lines_of(batch)]
        refused = write_lines(self._timeseries, RAW, lines, dead, self._renew_lease)
        start = 0
        for batch in batches:
            stored = batch.without({row - start for row in refused if start <= row < start + len(batch)})
            start += len(batch)
            if len(stored):
                yield stored


def _divided(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Those with events, and the others."""
    events = [entry for entry in entries if is_events(entry.payload)]
    return events, [entry for entry in entries if not is_events(entry.payload)] if events else list(entries)


def _sensors_of(writes: list[list[Batch]]) -> dict[str, str]:
    """The sites of the sensors, by id."""
    return {sensor: site for batches in writes for batch in batches for site, sensor in batch.sensors}


def _samples_of(writes: list[list[Batch]]) -> int:
    return sum(len(batch) for batches in writes for batch in batches)


def _writes(entries: Sequence[Entry], dead: Dead) -> Iterator[list[Batch]]:
    """The entries' batches in order of arrival, some 10,000 points at a time; anything else is a dead letter."""
    waiting: list[Batch] = []
    for entry in entries:
        try:
            waiting.append(decode(entry.payload))
        except (ValueError, msgspec.MsgspecError) as error:
            dead.append((f"not a batch of points: {error}", entry.payload))
        if sum(map(len, waiting)) >= POINTS_PER_WRITE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
