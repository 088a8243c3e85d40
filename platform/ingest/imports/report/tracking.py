"""Range, order, duplicates and gaps of each series, counted as its samples pass; exact, in bounded memory.

A series that runs backwards somewhere (overlapping files, logs sent twice) is sorted at the end, from its times spilled
to disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappush, heappushpop

import numpy as np

from ingest.imports.report.spill import SampleSpill
from ingest.imports.times.zones import Flags, Ints, Zone, repeats
from ingest.intervals import usual_interval

MAX_GAPS = 20  # listed one by one
GAP_INTERVALS = 3
SAMPLES_FOR_INTERVAL = 2_000  # from which the interval is measured


@dataclass(slots=True)
class Track:
    """One series. Times are ns."""

    number: int
    interval: int | None = None  # ns; declared, or measured from the first samples
    gapless: bool = False  # sampled on change, so silence means nothing
    zone: Zone | None = None  # of the local times
    samples: int = 0
    duplicates: int = 0
    identical: int = 0  # duplicates with the same value
    repeated_hour: int = 0  # with another value, in a repeated hour
    out_of_order: int = 0
    gaps: int = 0
    start: int | None = None
    end: int | None = None
    last: int | None = None
    last_mark: int = 0
    _longest: list[tuple[int, int]] = field(default_factory=list)  # (length, end), a heap
    _early: list[Ints] = field(default_factory=list)
    _again: bool = False

    def add(self, times: Ints, marks: Ints, spill: SampleSpill) -> None:
        """Adds the next samples, in file order; equal marks mean equal values."""
        if not len(times):
            return
        spill.put(self.number, times, marks)
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

    def finish(self, spill: SampleSpill) -> None:
        """Computes what only the complete series shows."""
        if self.interval is None and self._early:
            self.interval, self._again = _interval(np.concatenate(self._early)), True
        self._early = []
        if self._again or self.out_of_order:
            self._count_again(spill)

    def longest(self) -> list[tuple[int, int]]:
        """The longest gaps as (start, end), longest first."""
        return [(end - length, end) for length, end in sorted(self._longest, reverse=True)]

    def _measure(self, times: Ints) -> None:
        self._early.append(times[:SAMPLES_FOR_INTERVAL].copy())
        if sum(map(len, self._early)) >= SAMPLES_FOR_INTERVAL:
            self.interval = _interval(np.concatenate(self._early))
            self._again, self._early = len(self._early) > 1, []

    def _count_gaps(self, times: Ints, steps: Ints) -> None:
        if self.interval is None or self.gapless:
            return
        wide = np.flatnonzero(steps > GAP_INTERVALS * self.interval)
        self.gaps += len(wide)
        if len(wide) > MAX_GAPS:
            wide = wide[np.argsort(steps[wide])[-MAX_GAPS:]]
        for row in wide.tolist():
            gap = (int(steps[row]), int(times[row]))
            if len(self._longest) < MAX_GAPS:
                heappush(self._longest, gap)
            else:
                heappushpop(self._longest, gap)

    def _count_duplicates(self, times: Ints, marks: Ints, again: Flags, before: int) -> None:
        """`again`: rows with the time of the previous row. `before` is the mark of the sample before the first."""
        rows = np.flatnonzero(again)
        if not len(rows):
            return
        same = marks[rows] == np.where(rows == 0, before, marks[rows - 1])
        self.duplicates += len(rows)
        self.identical += int(same.sum())
        if self.zone is not None and not same.all():
            self.repeated_hour += int(repeats(self.zone, times[rows[~same]]).sum())

    def _count_again(self, spill: SampleSpill) -> None:
        self.duplicates = self.identical = self.repeated_hour = self.gaps = 0
        self._longest = []
        previous: tuple[int, int] | None = None
        for times, marks in spill.sorted(self.number):
            steps = np.diff(times, prepend=times[0] if previous is None else previous[0])
            again = steps == 0
            again[0] &= previous is not None
            self._count_duplicates(times, marks, again, 0 if previous is None else previous[1])
            self._count_gaps(times, steps)
            previous = int(times[-1]), int(marks[-1])


def _interval(times: Ints) -> int | None:
    seconds = usual_interval(times)
    return None if seconds is None else int(seconds * 1e9)
