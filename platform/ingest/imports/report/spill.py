"""Samples spilled to disk as they pass, and read back in time order, in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from ingest.imports.times.zones import Ints

FLUSH_BYTES = 32 << 20
MAX_SORTED_IN_MEMORY = 1_000_000  # samples sorted at once
_QUALITY_MARK = 0x5DEECE66D  # times the quality, so that equal values of different qualities differ
Samples = tuple[Ints, Ints]


def marks_of(values: Any, quality: Any) -> Ints:
    """One integer per value and quality: equal for equal ones; for numbers, their bits."""
    marks: Ints
    if isinstance(values, list):
        marks = np.fromiter(map(hash, values), np.int64, len(values))
    else:
        marks = (np.asarray(values, np.float64) + 0.0).view(np.int64)
    if quality is None or not quality.any():
        return marks
    with np.errstate(over="ignore"):
        marked: Ints = marks ^ (quality.astype(np.int64) * np.int64(_QUALITY_MARK))
    return marked


class SampleSpill:
    """Times and marks by series. A context manager that deletes its file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._folder = folder
        self._waiting: dict[int, list[Samples]] = {}
        self._bytes = 0
        self._written: dict[int, list[tuple[int, int]]] = {}

    def __enter__(self) -> SampleSpill:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, series: int, times: Ints, marks: Ints) -> None:
        self._waiting.setdefault(series, []).append((times, marks))
        self._bytes += times.nbytes + marks.nbytes
        if self._bytes >= FLUSH_BYTES:
            self._flush()

    def sorted(self, series: int) -> Iterator[Samples]:
        """A series in time order, in pieces; equal times are in one piece, in the order in which they were put."""
        self._flush()
        parts = self._written.get(series, [])
        if sum(length for _, length in parts) <= MAX_SORTED_IN_MEMORY:
            if parts:
                yield _ordered([self._read(*part) for part in parts])
            return
        with tempfile.TemporaryFile(dir=self._folder) as file:
            runs = self._sorted_runs(parts, file)
            for start, stop in _ranges(runs):
                pieces = [slice(np.searchsorted(t, start), np.searchsorted(t, stop)) for t, _ in runs]
                yield _ordered([(t[piece], m[piece]) for (t, m), piece in zip(runs, pieces, strict=True)])

    def _sorted_runs(self, parts: list[tuple[int, int]], file: BinaryIO) -> list[Samples]:
        """Adjacent parts sorted together, memory-mapped."""
        lengths: list[int] = []
        waiting: list[Samples] = []
        for part in parts:
            waiting.append(self._read(*part))
            if sum(len(times) for times, _ in waiting) >= MAX_SORTED_IN_MEMORY or part is parts[-1]:
                times, marks = _ordered(waiting)
                file.write(times.tobytes())
                file.write(marks.tobytes())
                lengths.append(len(times))
                waiting = []
        file.flush()
        whole = np.memmap(file, np.int64, "r", shape=(2 * sum(lengths),))
        ends = np.cumsum([2 * length for length in lengths]).tolist()
        return [(whole[end - 2 * n : end - n], whole[end - n : end]) for n, end in zip(lengths, ends, strict=True)]

    def _read(self, offset: int, length: int) -> Samples:
        self._file.seek(offset)
        both = np.frombuffer(self._file.read(16 * length), np.int64)
        return both[:length], both[length:]

    def _flush(self) -> None:
        self._file.seek(0, 2)
        for series, parts in self._waiting.items():
            times = np.concatenate([times for times, _ in parts])
            self._written.setdefault(series, []).append((self._file.tell(), len(times)))
            self._file.write(times.tobytes())
            self._file.write(np.concatenate([marks for _, marks in parts]).tobytes())
        self._waiting, self._bytes = {}, 0


def _ordered(parts: list[Samples]) -> Samples:
    times, marks = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(times, kind="stable")
    return times[order], marks[order]


def _ranges(runs: list[Samples]) -> Iterator[tuple[int, int]]:
    """Consecutive time ranges of about MAX_SORTED_IN_MEMORY samples that together cover everything."""
    every = max(MAX_SORTED_IN_MEMORY // (4 * len(runs)), 1)
    known = np.sort(np.concatenate([times[::every] for times, _ in runs]))
    bounds = np.unique(known[:: max(MAX_SORTED_IN_MEMORY // every, 1)]).tolist()
    last = max(int(times[-1]) for times, _ in runs) + 1
    first = min(int(times[0]) for times, _ in runs)
    edges = [first, *(bound for bound in bounds if first < bound < last), last]
    yield from pairwise(edges)
