"""Aggregates and selectors over the samples of each window. Pure numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.sources.influxdb.query.columns import Times, Values
from ingest.sources.influxdb.query.errors import StatementError

Indexes = npt.NDArray[np.int64]
SELECTORS = frozenset({"first", "last", "min", "max", "percentile"})  # of one sample each, whose time is known
OF_TEXT = frozenset({"count", "first", "last", "distinct"})


@dataclass(frozen=True, slots=True)
class Slices:
    """Samples in order of time, cut into the windows that have any: window k has those of `first[k]:stop[k]`."""

    t: Times
    v: Values
    first: Indexes
    stop: Indexes

    @property
    def counts(self) -> Indexes:
        return self.stop - self.first


@dataclass(frozen=True, slots=True)
class Reduced:
    """Results: `window[k]` is the place of the window, `v[k]` the value; `row[k]` its sample, of selectors."""

    window: Indexes
    v: Values
    row: Indexes | None = None
    whole: bool = False


def slices_of(t: Times, v: Values, bounds: Times) -> tuple[Slices, Indexes]:
    """The non-empty windows between `bounds`, and their places. Visits the fewer of both: samples or windows."""
    if len(t) < len(bounds):
        windows = np.searchsorted(bounds, t, "right") - 1
        filled = np.unique(windows[(windows >= 0) & (windows < len(bounds) - 1)])
        return Slices(t, v, np.searchsorted(t, bounds[filled]), np.searchsorted(t, bounds[filled + 1])), filled
    places = np.searchsorted(t, bounds)
    filled = np.flatnonzero(places[1:] > places[:-1])
    return Slices(t, v, places[:-1][filled], places[1:][filled]), filled


def reduce(name: str, argument: float | None, cut: Slices) -> Reduced:
    """Windows are counted from 0 here. Raises StatementError where a function takes no texts."""
    if cut.v.dtype == object and name not in OF_TEXT:
        raise StatementError(f"unsupported {name} iterator type: *query.stringInterruptIterator")
    if not len(cut.first):
        return Reduced(np.zeros(0, np.int64), cut.v[:0], np.zeros(0, np.int64), name == "count")
    if name == "percentile":
        return _percentile(cut, 0.0 if argument is None else argument)
    return _REDUCTIONS[name](cut)


def _every(cut: Slices, v: Values, row: Indexes | None = None, whole: bool = False) -> Reduced:
    return Reduced(np.arange(len(cut.first)), v, row, whole)


def _sums(cut: Slices) -> Values:
    with np.errstate(over="ignore"):
        return np.asarray(np.add.reduceat(cut.v, cut.first))


def _stddev(cut: Slices) -> Reduced:
    """Of a sample of the population; missing for a single one."""
    mean = np.repeat(_sums(cut) / cut.counts, cut.counts)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        squares = np.add.reduceat((cut.v - mean) ** 2, cut.first)
        found = np.sqrt(squares / (cut.counts - 1))
    return _every(cut, np.where(cut.counts > 1, found, np.nan))


def _extreme(ufunc: np.ufunc) -> Callable[[Slices], Reduced]:
    def extreme(cut: Slices) -> Reduced:
        found = ufunc.reduceat(cut.v, cut.first)
        rows = np.flatnonzero(cut.v == np.repeat(found, cut.counts))
        return _every(cut, found, rows[np.searchsorted(rows, cut.first)])

    return extreme


def _spread(cut: Slices) -> Reduced:
    return _every(cut, np.maximum.reduceat(cut.v, cut.first) - np.minimum.reduceat(cut.v, cut.first))


def _first(cut: Slices) -> Reduced:
    rows = cut.first.copy()
    nexts = np.minimum(rows + 1, len(cut.t) - 1)
    for k in np.flatnonzero((cut.counts > 1) & (cut.t[nexts] == cut.t[rows])):
        same = range(rows[k], int(np.searchsorted(cut.t, cut.t[rows[k]], "right")))
        rows[k] = max(same, key=lambda row: cut.v[row])
    return _every(cut, cut.v[rows], rows)


def _last(cut: Slices) -> Reduced:
    rows = cut.stop - 1
    before = np.maximum(rows - 1, 0)
    for k in np.flatnonzero((cut.counts > 1) & (cut.t[before] == cut.t[rows])):
        same = range(int(np.searchsorted(cut.t, cut.t[rows[k]])), rows[k] + 1)
        rows[k] = max(same, key=lambda row: cut.v[row])
    return _every(cut, cut.v[rows], rows)


def _sorted_rows(cut: Slices) -> Indexes:
    return np.lexsort((cut.v, np.repeat(np.arange(len(cut.first)), cut.counts)))


def _median(cut: Slices) -> Reduced:
    base = np.concatenate([[0], np.cumsum(cut.counts)[:-1]])
    values = cut.v[cut.first[0] : cut.stop[-1]][_sorted_rows(cut)]
    low, high = values[base + (cut.counts - 1) // 2], values[base + cut.counts // 2]
    return _every(cut, low + (high - low) / 2)


def _percentile(cut: Slices, percent: float) -> Reduced:
    """By nearest rank; no result where that is before the first or after the last sample."""
    base = np.concatenate([[0], np.cumsum(cut.counts)[:-1]])
    rows = cut.first[0] + _sorted_rows(cut)
    rank = np.floor(cut.counts * percent / 100 + 0.5).astype(np.int64) - 1
    found = np.flatnonzero((rank >= 0) & (rank < cut.counts))
    chosen = rows[(base + rank)[found]]
    return Reduced(found, cut.v[chosen], chosen)


def _distinct(cut: Slices) -> Reduced:
    windows, rows = [], []
    for k, (first, stop) in enumerate(zip(cut.first.tolist(), cut.stop.tolist(), strict=True)):
        seen = dict.fromkeys(cut.v[first:stop].tolist())
        windows += [k] * len(seen)
        rows += list(seen)
    return Reduced(np.array(windows, np.int64), np.array(rows, cut.v.dtype))


def count_distinct(cut: Slices) -> Reduced:
    found = _distinct(cut)
    return _every(cut, np.bincount(found.window, minlength=len(cut.first)).astype(np.float64), whole=True)


_REDUCTIONS: Mapping[str, Callable[[Slices], Reduced]] = {
    "count": lambda cut: _every(cut, cut.counts.astype(np.float64), whole=True),
    "sum": lambda cut: _every(cut, _sums(cut)),
    "mean": lambda cut: _every(cut, _sums(cut) / cut.counts),
    "min": _extreme(np.minimum),
    "max": _extreme(np.maximum),
    "spread": _spread,
    "stddev": _stddev,
    "first": _first,
    "last": _last,
    "median": _median,
    "distinct": _distinct,
}
AGGREGATES = frozenset({*_REDUCTIONS, "percentile"})
