"""The figures of consecutive periods, from rows none of which crosses a bound. Pure numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.held import Readings, Spans, period_of
from historian.rungs.aggregates import grown_by_row
from historian.rungs.counters import CounterRule
from historian.rungs.rows import Floats, Ints, Rows
from historian.rungs.states import Held, add_held, bounded, held_over, name_of


def counts(rows: Rows, bounds: Ints) -> Ints:
    """Usable samples by period."""
    return np.bincount(period_of(rows.tfirst, bounds), rows.n, len(bounds) - 1).astype(np.int64)


def extremes(rows: Rows, bounds: Ints) -> tuple[Floats, Floats]:
    """Minimum and maximum by period; NaN where it has no samples."""
    low, high = np.full(len(bounds) - 1, np.nan), np.full(len(bounds) - 1, np.nan)
    if len(rows):
        period, first = np.unique(period_of(rows.tfirst, bounds), return_index=True)
        low[period], high[period] = np.minimum.reduceat(rows.min, first), np.maximum.reduceat(rows.max, first)
    return low, high


def increases(readings: Readings, bounds: Ints, rule: CounterRule) -> Floats:
    """By period: a counter's increase up to each of its samples, so that periods add up; NaN where it has none."""
    grown = np.full(len(bounds) - 1, np.nan)
    rows = readings.rows
    if len(rows):
        before = float(readings.before.v[-1]) if len(readings.before) else None
        period, first = np.unique(period_of(rows.tfirst, bounds), return_index=True)
        with np.errstate(over="ignore", invalid="ignore"):
            grown[period] = np.add.reduceat(grown_by_row(rows, before, rule), first)
    return grown


def states(readings: Readings, bounds: Ints) -> list[Held | None]:
    """By period: ms in each state; None where these are too many."""
    rows, totals = readings.rows, [Held() for _ in range(len(bounds) - 1)]
    crowded: set[int] = set()
    assert rows.held is not None or not len(rows)
    for row in np.flatnonzero((rows.n > 1) | (rows.tlast > rows.tfirst)).tolist():
        period = int(period_of(rows.tfirst[row : row + 1], bounds)[0])
        held = held_over(rows, [row], readings.limit)
        if held is None:
            crowded.add(period)
        else:
            add_held(totals[period], held)
    codes: dict[Any, int] = {}
    last = np.array([codes.setdefault(value, len(codes)) for value in rows.last.tolist()], np.float64)
    first = np.array([codes.setdefault(value, len(codes)) for value in readings.before.v[-1:].tolist()], np.float64)
    names = [name_of(value) for value in codes]
    start, end, code = Spans.between(readings, last, first).cut(bounds)
    pairs, place = np.unique(period_of(start, bounds) * max(len(names), 1) + code.astype(np.int64), return_inverse=True)
    sums = np.bincount(place, end - start, len(pairs)).astype(np.int64).tolist()
    for pair, ms in zip(pairs.tolist(), sums, strict=True):
        if ms:
            add_held(totals[pair // len(names)], {names[pair % len(names)]: ms})
    return [None if period in crowded else bounded(held) for period, held in enumerate(totals)]
