"""Which pass of a repeated hour rows belong to, inferred from the rows before, among and after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ingest.imports.times.zones import SECOND, Candidates, Flags, Ints

MAX_DISTANCE_NS = 86_400 * SECOND  # of a row that can decide about its neighbours
STEP_ROWS = 100  # tell the step that is carried
CONTIGUOUS = 1.5  # steps from one row to the next, where none is missing


@dataclass(frozen=True, slots=True)
class Clock:
    """The state of a series: its last time (UTC, ns) and the step between its rows; carried from file to file."""

    last: int
    step: int


def choose_passes(found: Candidates, local: Ints, before: Clock | None) -> tuple[Ints, Clock | None]:
    """UTC of one series' rows in file order, and its clock after them.

    Interleaved passes (1:00, 1:00, 1:15, 1:15) alternate; where the clock falls back, the second pass begins; a run
    that shows one pass is the one that goes on from the row before it or leads to the row after it. Files may run
    backwards, but then all of one file does.
    """
    chosen = found.first.copy()
    if not len(local):
        return chosen, before
    any_repeated = bool(found.repeated.any())
    step = _usual_step(local if any_repeated else local[-STEP_ROWS:]) or (before.step if before else 0)
    if any_repeated:
        usual = _times_each(local[~found.repeated])
        for start, stop in _runs(found, local):
            previous = int(chosen[start - 1]) if start else before.last if before else None
            following = int(found.first[stop]) if stop < len(local) else None
            run = slice(start, stop)
            chosen[run] = _choose(found.first[run], found.second[run], previous, following, step, usual)
    return chosen, Clock(int(chosen[-1]), step)


def _runs(found: Candidates, local: Ints) -> Iterator[tuple[int, int]]:
    """Rows next to each other in the same repeated hour."""
    rows = np.flatnonzero(found.repeated)
    breaks = (np.diff(rows) > 1) | (np.abs(np.diff(local[rows])) > MAX_DISTANCE_NS)
    for part in np.split(rows, np.flatnonzero(breaks) + 1):
        yield int(part[0]), int(part[-1]) + 1


def _choose(first: Ints, second: Ints, previous: int | None, following: int | None, step: int, usual: float) -> Ints:
    if step < 0:
        return _choose(first[::-1], second[::-1], following, previous, -step, usual)[::-1]
    later = _interleaved(first, usual)
    if later is None:
        later = _after_a_fall(first, int(second[0] - first[0]), step)
    if not later.any() and _is_second(first, second, previous, following, step):
        later = np.ones(len(first), bool)
    return np.where(later, second, first)


def _interleaved(times: Ints, usual: float) -> Flags | None:
    """The rows of the second pass, half of those of each time, where both are sorted by it; None: they are not."""
    if len(times) < 2 or (np.diff(times) < 0).any():
        return None
    _, starts, counts = np.unique(times, return_index=True, return_counts=True)
    doubled = counts >= 2 * usual
    if doubled.sum() * 2 < len(counts):
        return None
    rank = np.arange(len(times)) - np.repeat(starts, counts)
    later: Flags = np.repeat(doubled, counts) & (2 * rank >= np.repeat(counts, counts))
    return later


def _after_a_fall(times: Ints, repeated: int, step: int) -> Flags:
    """The rows after the clock fell back by more than rows out of order would."""
    falls = np.diff(times, prepend=times[0]) < min(step, repeated) - repeated / 2
    falls[0] = False
    later: Flags = np.logical_or.accumulate(falls)
    return later


def _is_second(first: Ints, second: Ints, previous: int | None, following: int | None, step: int) -> bool:
    """Whether a run that shows one pass is the second."""
    if previous is not None and abs(int(first[0]) - previous) > MAX_DISTANCE_NS:
        previous = None
    for steps in (
        () if previous is None else (int(first[0]) - previous, int(second[0]) - previous),
        () if following is None else (following - int(first[-1]), following - int(second[-1])),
    ):
        fits = [abs(one - step) if 0 < one <= CONTIGUOUS * step else MAX_DISTANCE_NS for one in steps]
        if fits and min(fits) < MAX_DISTANCE_NS:
            return fits[1] < fits[0]
    if previous is None:
        return False
    return abs(int(second[0]) - previous - step) < abs(int(first[0]) - previous - step) or previous == int(first[0])


def _usual_step(local: Ints) -> int:
    steps = np.diff(local)
    steps = steps[steps != 0]
    return int(np.median(steps)) if len(steps) else 0


def _times_each(local: Ints) -> float:
    """How many rows a time usually has."""
    if not len(local):
        return 1.0
    return float(np.median(np.unique(local, return_counts=True)[1]))
