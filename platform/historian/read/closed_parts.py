"""What was read of buckets that closed long ago, in memory: it changes only after they have been marked.

Redis notes for each sensor when a bucket was last marked that had been closed for an hour (`ladder:late`, see
`stores.redis.mark_scripts`). What was read when no mark touched it is current while that stays the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from historian.read.planner import Ladder
from historian.rungs.rungs import Rung
from kernel.times import HOUR, TimeRange

ROWS_PER_CHUNK = 32
CLOSED_MS = 2 * HOUR  # after which a further mark of a bucket is noted as late, even if clocks differ by an hour
MAX_AGE_S = (
    300.0  # after which what retention deletes is gone, too, and what a process of the last release marked is seen
)
MAX_BYTES = 4 << 20
SERIES_BYTES, PART_BYTES = 500, 700  # of Python's objects

Part = TypeVar("Part")
Columns = tuple[str, ...]
Key = tuple[str, str, str, Columns]  # epoch of the marks, sensor, rung, columns


@dataclass(slots=True)
class _Series(Generic[Part]):
    late: int
    parts: OrderedDict[int, tuple[Part, float]] = field(default_factory=OrderedDict)  # by chunk, with when it was read
    bytes: int = SERIES_BYTES


@dataclass(frozen=True, slots=True)
class Chunks:
    """Divides time into spans of `rows` buckets of a rung."""

    rung: Rung
    rows: int = ROWS_PER_CHUNK

    @property
    def width(self) -> int:
        return self.rows * self.rung.ms

    def span(self, number: int) -> TimeRange:
        return TimeRange(number * self.width, (number + 1) * self.width)


class ClosedParts(Generic[Part]):
    """The parts used last, up to `max_bytes`. Safe to share between threads. `clock`: monotonic seconds."""

    def __init__(self, size_of: Callable[[Part], int], clock: Callable[[], float], max_bytes: int = MAX_BYTES) -> None:
        self._size_of, self._clock, self._max_bytes = size_of, clock, max_bytes
        self._series: OrderedDict[Key, _Series[Part]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, sensor: str, rung: Rung, columns: Columns, ladder: Ladder, chunks: Iterable[int]) -> dict[int, Part]:
        """The parts that are known, by chunk."""
        now = self._clock()
        with self._lock:
            series = self._current((ladder.epoch, sensor, rung.name, columns), ladder)
            if series is None:
                return {}
            found: dict[int, Part] = {}
            for number in chunks:
                each = series.parts.get(number)
                if each is not None and now - each[1] <= MAX_AGE_S:
                    series.parts.move_to_end(number)
                    found[number] = each[0]
            return found

    def put(self, sensor: str, rung: Rung, columns: Columns, ladder: Ladder, parts: Mapping[int, Part]) -> None:
        """What was read after the state of the ladder, of chunks that `is_closed`."""
        if not ladder.epoch or not parts:
            return
        key, now = (ladder.epoch, sensor, rung.name, columns), self._clock()
        with self._lock:
            series = self._current(key, ladder)
            if series is None:
                if key in self._series:  # another thread has a later state
                    return
                series = self._series[key] = _Series(ladder.late)
                self._bytes += series.bytes
            before = series.bytes
            for number, part in parts.items():
                if (old := series.parts.pop(number, None)) is not None:
                    series.bytes -= self._size_of(old[0]) + PART_BYTES
                series.parts[number] = part, now
                series.bytes += self._size_of(part) + PART_BYTES
            self._bytes += series.bytes - before
            while self._bytes > self._max_bytes:
                self._remove_oldest_part()

    def _current(self, key: Key, ladder: Ladder) -> _Series[Part] | None:
        series = self._series.get(key)
        if series is not None and series.late < ladder.late:
            self._remove(key)
            series = None
        if series is None or series.late != ladder.late:
            return None
        self._series.move_to_end(key)
        return series

    def _remove_oldest_part(self) -> None:
        """Of the series that was used least recently, the part that was."""
        key, series = next(iter(self._series.items()))
        _, (part, _) = series.parts.popitem(last=False)
        size = self._size_of(part) + PART_BYTES
        series.bytes -= size
        self._bytes -= size
        if not series.parts:
            self._remove(key)

    def _remove(self, key: Key) -> None:
        self._bytes -= self._series.pop(key).bytes


def is_closed(span: TimeRange, rung: Rung, marked: Sequence[TimeRange], now_ms: int) -> bool:
    """Whether what was read of a chunk may be kept. `marked`: the sensor's marks."""
    if span.end > now_ms - CLOSED_MS:
        return False
    return not any(mark.start < span.end and mark.end > span.start for mark in map(rung.around, marked))
