"""Samples and rows of time that closed long ago, in memory, as a few runs of consecutive ones for each sensor.

They change only after they have been marked. Redis notes for each sensor when a bucket was last marked that had been
closed for an hour (`ladder:late`, see `stores.redis.mark_scripts`): what was read when no mark touched it is current
while that stays the same (ADR 67).
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import cycle

from historian.read.closed_parts import CLOSED_MS, MAX_AGE_S, Columns, Key
from historian.read.packed_columns import Block, Packed, Places, joined_blocks, pack
from historian.read.planner import Ladder, merge_spans
from historian.rungs.rungs import Rung
from kernel.times import TimeRange

MAX_RUN_BYTES = 32 << 10  # of runs that are joined: each joining packs them again
RUN_BYTES, SERIES_BYTES = 700, 500  # of Python's objects

Of = tuple[str, str, str]  # epoch of the marks, sensor, rung: a `Key` without its columns


@dataclass(slots=True)
class _Run:
    span: TimeRange
    packed: Packed
    read_at: float
    used_at: float

    @property
    def bytes(self) -> int:
        return self.packed.bytes + RUN_BYTES


@dataclass(slots=True)
class _Series:
    late: int
    runs: list[_Run] = field(default_factory=list)  # ascending, disjoint
    bytes: int = SERIES_BYTES

    def at(self, moment: int) -> int:
        """The place of the run that has a moment, or of the next one."""
        return bisect_right(self.runs, moment, key=lambda run: run.span.end)


@dataclass(frozen=True, slots=True)
class _Ends:
    """What one series has of a span: runs from its start on, and up to its end. `places`: of the columns asked for;
    None: all of them."""

    span: TimeRange
    places: Places | None
    before: list[_Run]
    after: list[_Run]

    @property
    def missing(self) -> TimeRange | None:
        start = self.before[-1].span.end if self.before else self.span.start
        end = self.after[0].span.start if self.after else self.span.end
        return None if start >= end else TimeRange(start, end)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a span: up to `missing`, and after it; None: all of it, in `before`."""

    before: list[Block]
    missing: TimeRange | None
    after: list[Block]
    per_ms: int = 1

    def outside(self, span: TimeRange) -> Known:
        """The same with all of `span` missing, which contains what is missing now."""
        start, end = span.start * self.per_ms, span.end * self.per_ms
        before = [block.before(start) for block in self.before]
        return Known(before, span, [block.since(end) for block in self.after], self.per_ms)

    def joined(self, new: Block | None) -> Block:
        """All of the span, given what was missing."""
        return joined_blocks([*self.before, *([] if new is None else [new]), *self.after])


class ClosedSpans:
    """The spans used last, up to `max_bytes`. Safe to share between threads. `clock`: monotonic seconds.

    `per_ms`: units of the blocks' times in a millisecond.
    """

    def __init__(self, clock: Callable[[], float], max_bytes: int, per_ms: int) -> None:
        self._clock, self._max_bytes, self._per_ms = clock, max_bytes, per_ms
        self._series: OrderedDict[Key, _Series] = OrderedDict()
        self._columns: dict[Of, list[Columns]] = {}  # of the series
        self._lock = threading.Lock()
        self.bytes = 0

    def known(self, sensor: str, rung: Rung, columns: Columns, ladder: Ladder, span: TimeRange) -> Known:
        """What is known of a span that is not empty: what was read with more columns is known with fewer, too."""
        with self._lock:
            found = list(self._parts(sensor, rung, columns, ladder, span))
        missing = found[-1].missing if found else span
        before = [block for each in found for block in self._within(each.before, each)]
        after = [block for each in reversed(found) for block in self._within(each.after, each)]
        if missing is None:
            before, after = before + after, []
        return Known(before, missing, after, self._per_ms)

    def _parts(self, sensor: str, rung: Rung, columns: Columns, ladder: Ladder, span: TimeRange) -> Iterator[_Ends]:
        """What each series with these columns has of what the previous ones lack, until none has more."""
        now, of = self._clock(), (ladder.epoch, sensor, rung.name)
        series = list(self._kept_with(of, columns))
        useless = -1  # series in a row that had nothing
        for kept, places in cycle(series):
            part = _Ends(span, places, *self._runs_at_ends((*of, kept), ladder, span, now))
            yield part
            useless = 0 if part.before or part.after else useless + 1
            if part.missing is None or useless == len(series) - 1:
                break
            span = part.missing

    def _kept_with(self, of: Of, columns: Columns) -> Iterator[tuple[Columns, Places | None]]:
        """Which columns were kept together that have these, first the very same."""
        kept = self._columns.get(of, [])
        if columns in kept:
            yield columns, None
        for others in kept:
            if others != columns and (places := _places(columns, others)) is not None:
                yield others, places

    def _runs_at_ends(self, key: Key, ladder: Ladder, span: TimeRange, now: float) -> tuple[list[_Run], list[_Run]]:
        """The runs from the start of a span on, and those up to its end unless the former reach it."""
        series = self._current(key, ladder)
        if series is None:
            return [], []
        self._drop_expired(series, now)
        before = list(_consecutive(series.runs, series.at(span.start), span))
        after: list[_Run] = []
        if not before or before[-1].span.end < span.end:
            after = _preceding(series.runs, bisect_left(series.runs, span.end, key=lambda run: run.span.end), span.end)
        for run in (*before, *after):
            run.used_at = now
        return before, after

    def put(
        self, sensor: str, rung: Rung, columns: Columns, ladder: Ladder, spans: Sequence[TimeRange], found: Block
    ) -> None:
        """Keep the `closed_spans` of what was read after the state of the ladder; what is known already stays."""
        if not ladder.epoch or not spans:
            return
        key, now = (ladder.epoch, sensor, rung.name, columns), self._clock()
        with self._lock:
            series = self._current(key, ladder)
            if series is None:
                if key in self._series:  # another thread has a later state
                    return
                series = self._add(key, ladder.late)
            self.bytes -= series.bytes
            for span in spans:
                for gap in list(_gaps(series, span)):
                    self._insert(series, _Run(gap, pack(found.within(*self._scaled(gap))), now, now))
            series.bytes = SERIES_BYTES + sum(run.bytes for run in series.runs)
            self.bytes += series.bytes
            while self.bytes > self._max_bytes:
                self._remove_oldest_run()

    def _insert(self, series: _Series, run: _Run) -> None:
        place = series.at(run.span.start)
        if place < len(series.runs) and _may_join(run, series.runs[place]):
            run = _joined(run, series.runs.pop(place))
        if place and _may_join(series.runs[place - 1], run):
            place -= 1
            run = _joined(series.runs.pop(place), run)
        series.runs.insert(place, run)

    def _drop_expired(self, series: _Series, now: float) -> None:
        if all(now - run.read_at <= MAX_AGE_S for run in series.runs):
            return
        series.runs = [run for run in series.runs if now - run.read_at <= MAX_AGE_S]
        self.bytes -= series.bytes
        series.bytes = SERIES_BYTES + sum(run.bytes for run in series.runs)
        self.bytes += series.bytes

    def _within(self, runs: Sequence[_Run], part: _Ends) -> list[Block]:
        scaled = self._scaled(part.span)
        return [run.packed.within(*scaled, part.places) for run in runs]

    def _scaled(self, span: TimeRange) -> tuple[int, int]:
        return span.start * self._per_ms, span.end * self._per_ms

    def _current(self, key: Key, ladder: Ladder) -> _Series | None:
        series = self._series.get(key)
        if series is not None and series.late < ladder.late:
            self._remove(key)
            series = None
        if series is None or series.late != ladder.late:
            return None
        self._series.move_to_end(key)
        return series

    def _remove_oldest_run(self) -> None:
        """Of the series that was used least recently, the run that was."""
        key, series = next(iter(self._series.items()))
        if series.runs:
            run = min(series.runs, key=lambda run: run.used_at)
            series.runs.remove(run)
            series.bytes -= run.bytes
            self.bytes -= run.bytes
        if not series.runs:
            self._remove(key)

    def _add(self, key: Key, late: int) -> _Series:
        series = self._series[key] = _Series(late)
        self._columns.setdefault(key[:3], []).append(key[3])
        self.bytes += series.bytes
        return series

    def _remove(self, key: Key) -> None:
        self.bytes -= self._series.pop(key).bytes
        kept = self._columns[key[:3]]
        kept.remove(key[3])
        if not kept:
            del self._columns[key[:3]]


def closed_spans(span: TimeRange, rung: Rung, marked: Sequence[TimeRange], now_ms: int) -> list[TimeRange]:
    """The parts of what was read of a span that may be kept: buckets of `rung` that closed long ago, and that no mark
    of the sensor touches."""
    end = min(span.end, rung.floor(now_ms - CLOSED_MS))
    spans, at = [], span.start
    for mark in merge_spans([rung.around(mark) for mark in marked if mark.start < end and mark.end > span.start]):
        if mark.start > at:
            spans.append(TimeRange(at, min(mark.start, end)))
        at = max(at, mark.end)
    if at < end:
        spans.append(TimeRange(at, end))
    return spans


@lru_cache(maxsize=1000)
def _places(columns: Columns, others: Columns) -> Places | None:
    """The places of columns among others; None: not all are there."""
    return tuple(map(others.index, columns)) if set(columns) <= set(others) else None


def _may_join(first: _Run, second: _Run) -> bool:
    return first.span.end == second.span.start and first.bytes + second.bytes <= MAX_RUN_BYTES


def _joined(first: _Run, second: _Run) -> _Run:
    packed = pack(joined_blocks([first.packed.block(), second.packed.block()]))
    span = TimeRange(first.span.start, second.span.end)
    return _Run(span, packed, min(first.read_at, second.read_at), max(first.used_at, second.used_at))


def _consecutive(runs: Sequence[_Run], place: int, span: TimeRange) -> Iterator[_Run]:
    """The runs from the one at `place` on, if it has the start, while each begins where the previous one ends."""
    start = span.start
    while start < span.end and place < len(runs) and runs[place].span.start <= start:
        yield runs[place]
        start, place = runs[place].span.end, place + 1


def _preceding(runs: Sequence[_Run], place: int, end: int) -> list[_Run]:
    """The runs up to the one at `place`, if it reaches `end`, while each ends where the next one begins."""
    found: list[_Run] = []
    while 0 <= place < len(runs) and runs[place].span.start < end <= runs[place].span.end:
        found.insert(0, runs[place])
        end, place = runs[place].span.start, place - 1
    return found


def _gaps(series: _Series, span: TimeRange) -> Iterator[TimeRange]:
    """The parts of a span that no run has."""
    at = span.start
    for run in series.runs[series.at(span.start) :]:
        if run.span.start >= span.end:
            break
        if run.span.start > at:
            yield TimeRange(at, run.span.start)
        at = run.span.end
    if at < span.end:
        yield TimeRange(at, span.end)
