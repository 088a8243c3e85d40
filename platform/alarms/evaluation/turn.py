"""What a turn's samples and events do to the alarms in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from alarms.evaluation.alarm import Alarm
from alarms.evaluation.bands import Bands, Found
from alarms.evaluation.columns import Columns, Ints, bounds_of
from alarms.machine.model import NEVER, Release, Suppress
from alarms.rules.conditions import EVENT, Observation
from alarms.seams import EventRecord
from kernel.samples import BAD
from stores.redis.alarm_scripts import LATE_GAP_MS, MAX_LATE_RANGES
from stores.redis.alarms import LateRange

MAX_KNOWN_EVENTS = 20_000
BY_ALARM = "alarm:"  # before the key of the alarm that suppresses another
Rows = Mapping[int, range]  # of each sensor's place, its new samples


def feed_samples(bands: Bands, columns: Columns, found: Found) -> list[Alarm]:
    """Each alarm that the samples may change, from its first such sample on. Returns those."""
    if not found.hits.any():
        return []
    rows, before = _new_rows(columns, found), bands.before(columns)
    places = np.unique(columns.i[found.hits]).tolist()
    affected = dict.fromkeys(alarm for place in places for alarm in bands.readers[place] if not alarm.broken)
    for alarm in affected:
        named = {place: sensor for sensor in alarm.sensors if (place := bands.places[sensor]) in rows}
        feed = _feed_one if len(alarm.sensors) == 1 else _feed_several
        alarm.attempt(partial(feed, alarm, named, columns, rows, before))
    return list(affected)


def _feed_one(alarm: Alarm, named: Mapping[int, str], columns: Columns, rows: Rows, before: Ints) -> None:
    [(place, sensor)] = named.items()
    left = rows[place]
    while (row := _next_hit(alarm, sensor, columns, left, before)) is not None:
        if alarm.rule.watches_silence:
            alarm.hear(int(before[row]))
        alarm.feed(int(columns.t[row]), [Observation(sensor, columns.value(row), int(columns.q[row]))])
        left = range(row + 1, left.stop)


def _feed_several(alarm: Alarm, named: Mapping[int, str], columns: Columns, rows: Rows, before: Ints) -> None:
    """From the first sample on that is not within its band, as the bands of the others may change with it."""
    found = (_next_hit(alarm, sensor, columns, rows[place], before) for place, sensor in named.items())
    start = min((int(columns.t[row]) for row in found if row is not None), default=None)
    if start is None:
        return
    wanted = np.concatenate([np.arange(rows[place].start, rows[place].stop) for place in named])
    wanted = wanted[columns.t[wanted] >= start]
    moments: dict[int, list[int]] = defaultdict(list)
    for row in wanted[np.argsort(columns.t[wanted], kind="stable")].tolist():
        moments[int(columns.t[row])].append(row)
    silent = alarm.rule.target.id if alarm.rule.watches_silence else ""
    for t, moment in moments.items():
        for row in moment:
            if named[int(columns.i[row])] == silent:
                alarm.hear(int(before[row]))
        alarm.feed(
            t, [Observation(named[int(columns.i[row])], columns.value(row), int(columns.q[row])) for row in moment]
        )


def _next_hit(alarm: Alarm, sensor: str, columns: Columns, rows: range, before: Ints) -> int | None:
    """The first of the sensor's rows that is not within the alarm's band."""
    if not rows:
        return None
    band = alarm.rule.band(alarm.memory, sensor)
    if band is None:
        return rows.start
    part = slice(rows.start, rows.stop)
    out = ~band.quiet(columns.v[part], columns.q[part])
    if columns.texts:
        out |= np.fromiter((row in columns.texts for row in rows), np.bool_, len(rows))
    if np.isfinite(band.gap):
        out |= (columns.t[part] - before[part] > band.gap) & (before[part] > NEVER)
    first = int(out.argmax())
    return rows.start + first if out[first] else None


def _new_rows(columns: Columns, found: Found) -> Rows:
    """Late ones come before all others of their sensor."""
    late = np.append(0, np.cumsum(found.late))
    firsts, ends = bounds_of(columns)
    starts = firsts + late[ends] - late[firsts]
    triples = zip(columns.i[firsts].tolist(), starts.tolist(), ends.tolist(), strict=True)
    return {place: range(start, end) for place, start, end in triples if start < end}


class Events:
    """Counts events for the alarms that want it, by type; one that is sent again is known by its id, after a restart to
    the alarms' memories.
    """

    def __init__(self, counters: Mapping[str, Sequence[Alarm]], known: dict[str, None]) -> None:
        """`known`: ids, the oldest first, to which others are added."""
        self._counters, self._known = counters, known

    def new(self, events: Iterable[EventRecord]) -> list[EventRecord]:
        """Those of a turn that are to be counted, in order of their times."""
        wanted = {each.id: each for each in events if each.type in self._counters and each.id not in self._known}
        return sorted(wanted.values(), key=lambda each: each.t)

    def feed(self, events: Iterable[EventRecord]) -> list[Alarm]:
        """Returns the alarms that counted."""
        affected: dict[Alarm, None] = {}
        for event in events:
            seen = [Observation(EVENT + event.type, event.device, id=event.id)]
            for alarm in self._counters[event.type]:
                if not alarm.broken:
                    alarm.attempt(partial(alarm.feed, event.t, seen))
                    affected[alarm] = None
        return list(affected)

    def take(self, events: Iterable[EventRecord]) -> None:
        """They are counted: the turn is committed."""
        self._known.update(dict.fromkeys(each.id for each in events))
        for id in list(self._known)[: max(0, len(self._known) - MAX_KNOWN_EVENTS)]:
            del self._known[id]


def late_ranges(bands: Bands, columns: Columns, found: Found, now: int) -> Iterator[LateRange]:
    """Of each sensor with late samples, one or several. The last sample once more, as after a repeated request, is
    none.
    """
    value = bands.value[columns.i]
    same = (columns.v == value) | (np.isnan(value) & (columns.q >= BAD))
    repeated = (columns.t == bands.last[columns.i]) & same
    late = np.flatnonzero(found.late & ~repeated)
    if not len(late):
        return
    places, starts = np.unique(columns.i[late], return_index=True)
    ends = np.append(starts[1:], len(late)) - 1
    for place, start, end in zip(places.tolist(), starts.tolist(), ends.tolist(), strict=True):
        t = columns.t[late[start : end + 1]]
        for first, last in _apart(t):
            yield LateRange(bands.ids[place], int(t[first]), int(t[last]), now)


def _apart(t: Ints) -> Iterator[tuple[int, int]]:
    """First and last index of each part of ascending times; the widest gaps are between them."""
    gaps = np.diff(t)
    wide = np.flatnonzero(gaps > LATE_GAP_MS)
    if len(wide) >= MAX_LATE_RANGES:
        wide = np.sort(wide[np.argsort(gaps[wide])[1 - MAX_LATE_RANGES :]])
    yield from zip([0, *(wide + 1).tolist()], [*wide.tolist(), len(t) - 1], strict=True)


def _reason(cause: Alarm) -> str:
    return BY_ALARM + cause.key


class Suppression:
    """Which alarms suppress which: those of the rules that a rule names, at the same asset."""

    def __init__(self, alarms: Iterable[Alarm]) -> None:
        every = list(alarms)
        by_rule: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
        for alarm in every:
            if alarm.rule.asset:
                by_rule[alarm.rule.rule, alarm.rule.asset].append(alarm)
        self._of: dict[Alarm, list[Alarm]] = defaultdict(list)  # whom it suppresses
        for alarm in every:
            for rule in alarm.rule.suppressed_by:
                for cause in by_rule.get((rule, alarm.rule.asset), ()):
                    if cause is not alarm:
                        self._of[cause].append(alarm)
        self._alarms = every

    def settle_all(self, now: int) -> None:
        """After rules have changed; also alarms whose cause suppresses them no more, or is gone."""
        self.settle(self._of, now)
        causes: dict[Alarm, set[str]] = defaultdict(set)
        for cause, suppressed in self._of.items():
            for alarm in suppressed:
                causes[alarm].add(_reason(cause))
        for alarm in self._alarms:
            others = [why for why in alarm.state.suppressed if why.startswith(BY_ALARM) and why not in causes[alarm]]
            if others and not alarm.broken:
                alarm.attempt(partial(alarm.step, [Release(now, why) for why in others]))

    def settle(self, changed: Iterable[Alarm], now: int) -> list[Alarm]:
        """Suppress what the changed alarms suppress, and release it when they are over. Returns what was changed."""
        affected: dict[Alarm, None] = {}
        for cause in changed:
            why, active = _reason(cause), cause.state.active and not cause.broken
            for alarm in self._of.get(cause, ()):
                if alarm.broken or active == (why in alarm.state.suppressed):
                    continue
                t = max((each.t for each in cause.transitions), default=now)
                input = Suppress(t, why) if active else Release(t, why)
                alarm.attempt(partial(alarm.step, [input]))
                affected[alarm] = None
        return list(affected)
