"""What is known of each series while its samples pass by: range, order, duplicates, gaps. Exact, in bounded memory.

In order, all of it is counted as the samples pass. A series that ran backwards somewhere (files that share rows, logs
that were sent twice) is sorted at the end, from its times as they were put aside on the disk.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np

from ingest.imports.zones import Ints
from ingest.intervals import usual_interval

FLUSH_BYTES = 32 << 20
IN_MEMORY = 2_000_000  # times of a series that are sorted there
LONGEST = 20  # gaps kept by name
GAP_INTERVALS = 3
ENOUGH = 2_000  # samples whose distances tell the interval


class Aside:
    """Times put aside on the disk, by series. A context manager; the file is gone afterwards."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._folder = folder
        self._waiting: dict[int, list[Ints]] = {}
        self._bytes = 0
        self._written: dict[int, list[tuple[int, int]]] = {}

    def __enter__(self) -> Aside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, series: int, times: Ints) -> None:
        self._waiting.setdefault(series, []).append(times)
        self._bytes += times.nbytes
        if self._bytes >= FLUSH_BYTES:
            self._flush()

    def sorted(self, series: int) -> Ints:
        """All times of a series, ascending; a large one lies in a file of its own, not in memory."""
        self._flush()
        parts = self._written.get(series, [])
        count = sum(length for _, length in parts)
        if count <= IN_MEMORY:
            return np.sort(np.frombuffer(b"".join(self._read(*part) for part in parts), np.int64))
        with tempfile.TemporaryFile(dir=self._folder) as file:
            for part in parts:
                file.write(self._read(*part))
            file.flush()
            times: Ints = np.memmap(file, np.int64, "r+", shape=(count,))
            times.sort()
            return times

    def _read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(8 * length)

    def _flush(self) -> None:
        self._file.seek(0, 2)
        for series, parts in self._waiting.items():
            times = np.concatenate(parts)
            self._written.setdefault(series, []).append((self._file.tell(), len(times)))
            self._file.write(times.tobytes())
        self._waiting, self._bytes = {}, 0


@dataclass(slots=True)
class Track:
    """One series. Times are ns."""

    number: int
    interval: int | None = None  # ns; declared, or measured from the first samples
    gapless: bool = False  # samples come on change only, so their absence says nothing
    samples: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    gaps: int = 0
    start: int | None = None
    end: int | None = None
    last: int | None = None
    _longest: list[tuple[int, int]] = field(default_factory=list)  # (length, end), a heap
    _early: list[Ints] = field(default_factory=list)
    _again: bool = False

    def add(self, times: Ints, aside: Aside) -> None:
        """The next samples as they stand in the file."""
        if not len(times):
            return
        aside.put(self.number, times)
        if self.interval is None and not self.gapless:
            self._measure(times)
        steps = np.diff(times, prepend=times[0] if self.last is None else self.last)
        self.duplicates += int((steps == 0).sum()) - (self.last is None)
        self.out_of_order += int((steps < 0).sum())
        self._count_gaps(times, steps)
        low, high = int(times.min()), int(times.max())
        self.start = low if self.start is None else min(self.start, low)
        self.end = high if self.end is None else max(self.end, high)
        self.samples += len(times)
        self.last = int(times[-1])

    def finish(self, aside: Aside) -> None:
        """Settle what only the whole series shows."""
        if self.interval is None and self._early:
            self.interval, self._again = _interval(np.concatenate(self._early)), True
        self._early = []
        if self._again or self.out_of_order:
            self._count_again(aside.sorted(self.number))

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

    def _count_again(self, times: Ints) -> None:
        self.duplicates, self.gaps, self._longest = 0, 0, []
        for start in range(0, len(times), 1 << 20):
            part = times[start : start + (1 << 20)]
            steps = np.diff(part, prepend=times[start - 1] if start else part[0])
            self.duplicates += int((steps == 0).sum()) - (start == 0)
            self._count_gaps(part, steps)


def _interval(times: Ints) -> int | None:
    seconds = usual_interval(times)
    return None if seconds is None else int(seconds * 1e9)
