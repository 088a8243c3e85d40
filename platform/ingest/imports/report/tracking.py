"""What is known of each series while its samples pass by: range, order, duplicates, gaps. Exact, in bounded memory.

In order, all of it is counted as the samples pass. A series that ran backwards somewhere (files that share rows, logs
that were sent twice) is sorted at the end, from its times as they were put aside on the disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappush, heappushpop

import numpy as np

from ingest.imports.report.spill import Aside
from ingest.imports.times.zones import Flags, Ints, Zone, repeats
from ingest.intervals import usual_interval

LONGEST = 20  # gaps kept by name
GAP_INTERVALS = 3
ENOUGH = 2_000  # samples whose distances tell the interval


@dataclass(slots=True)
class Track:
    """One series. Times are ns."""

    number: int
    interval: int | None = None  # ns; declared, or measured from the first samples
    gapless: bool = False  # samples come on change only, so their absence says nothing
    zone: Zone | None = None  # of the clock that showed the times
    samples: int = 0
    duplicates: int = 0
    identical: int = 0  # of the duplicates: the same value
    repeated_hour: int = 0  # another value, in an hour that the clock shows twice
    out_of_order: int = 0
    gaps: int = 0
    start: int | None = None
    end: int | None = None
    last: int | None = None
    last_mark: int = 0
    _longest: list[tuple[int, int]] = field(default_factory=list)  # (length, end), a heap
    _early: list[Ints] = field(default_factory=list)
    _again: bool = False

    def add(self, times: Ints, marks: Ints, aside: Aside) -> None:
        """The next samples as they stand in the file; equal marks are equal values."""
        if not len(times):
            return
        aside.put(self.number, times, marks)
        if self.interval is None and not self.gapless:
            self._measure(times)
        steps = np.diff(times, prepend=times[0] if self.last is None else self.last)
        again = steps == 0
        again[0] &= self.last is not None
        self._count_duplicates(times, marks, again, self.last_mark)
        self.out_of_order += int((steps < 0).sum())
        self._count_gaps(times, steps)
        low, high = int(times.min()), int(times.max())
        self.start = low if self.start is None else min(self.start, low)
        self.end = high if self.end is None else max(self.end, high)
        self.samples += len(times)
        self.last, self.last_mark = int(times[-1]), int(marks[-1])

    def finish(self, aside: Aside) -> None:
        """Settle what only the whole series shows."""
        if self.interval is None and self._early:
            self.interval, self._again = _interval(np.concatenate(self._early)), True
        self._early = []
        if self._again or self.out_of_order:
            self._count_again(aside)

    def longest(self) -> list[tuple[int, int]]:
        """The longest gaps as (start, end), longest first."""
        return [(end - length, end) for length, end in sorted(self._longest, reverse=True)]

    def _measure(self, times: Ints) -> None:
        self._early.append(times[:ENOUGH].copy())
        if sum(map(len, self._early)) >= ENOUGH:
            self.interval = _interval(np.concatenate(self._early))
            self._again, self._early = len(self._early) > 1, []

    def _count_gaps(self, times: Ints, steps: Ints) -> None:
        if self.interval is None or self.gapless:
            return
        wide = np.flatnonzero(steps > GAP_INTERVALS * self.interval)
        self.gaps += len(wide)
        if len(wide) > LONGEST:
            wide = wide[np.argsort(steps[wide])[-LONGEST:]]
        for row in wide.tolist():
            gap = (int(steps[row]), int(times[row]))
            if len(self._longest) < LONGEST:
                heappush(self._longest, gap)
            else:
                heappushpop(self._longest, gap)

    def _count_duplicates(self, times: Ints, marks: Ints, again: Flags, before: int) -> None:
        """`again`: rows of the time of the row before them. `before` is the mark of what came before the first."""
        rows = np.flatnonzero(again)
        if not len(rows):
            return
        same = marks[rows] == np.where(rows == 0, before, marks[rows - 1])
        self.duplicates += len(rows)
        self.identical += int(same.sum())
        if self.zone is not None and not same.all():
            self.repeated_hour += int(repeats(self.zone, times[rows[~same]]).sum())

    def _count_again(self, aside: Aside) -> None:
        self.duplicates = self.identical = self.repeated_hour = self.gaps = 0
        self._longest = []
        previous: tuple[int, int] | None = None
        for times, marks in aside.sorted(self.number):
            steps = np.diff(times, prepend=times[0] if previous is None else previous[0])
            again = steps == 0
            again[0] &= previous is not None
            self._count_duplicates(times, marks, again, 0 if previous is None else previous[1])
            self._count_gaps(times, steps)
            previous = int(times[-1]), int(marks[-1])


def _interval(times: Ints) -> int | None:
    seconds = usual_interval(times)
    return None if seconds is None else int(seconds * 1e9)
