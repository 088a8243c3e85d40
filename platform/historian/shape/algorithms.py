"""Downsampling algorithms. They return real samples with their own times, or statistics of buckets.

Pure numpy. `t` is ascending int64 ms within the range, `v` finite float64 of the same length, at least one sample.
Those that choose samples return their indexes, ascending. Samples may come from a rung's rows; `snap` is then the
rung's width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from historian.rungs.aggregates import grown_by_row
from historian.rungs.counters import EVERY_FALL_RESETS, CounterRule
from historian.rungs.rows import Rows
from historian.shape.buckets import Buckets, Indexes, Times, Values, cut
from kernel.times import TimeRange

Mask = npt.NDArray[np.bool_]
MIN_LTTB_POINTS = 3  # tsdownsample panics below this


def minmax(t: Times, v: Values, span: TimeRange, points: int, snap: int = 1) -> Indexes:
    """The smallest and largest sample of each of points/2 buckets, so no spike is lost.

    Among equal extremes it takes the two closest in time, so that a step is drawn where it is, and the first of these;
    for a bucket of equal samples, its two ends.
    """
    buckets = cut(t, span, points // 2, snap)
    low, high = np.minimum.reduceat(v, buckets.first), np.maximum.reduceat(v, buckets.first)
    flat = low == high
    chosen = [buckets.first[flat], buckets.stop[flat] - 1]
    if not flat.all():
        chosen += _nearest_extremes(t, v == buckets.spread(low), v == buckets.spread(high), buckets, flat)
    return _ascending(chosen, len(t))


def _ascending(chosen: Sequence[Indexes], count: int) -> Indexes:
    """All of these indexes below `count`, each once; several times faster than sorting them."""
    mask = np.zeros(count, bool)
    for some in chosen:
        mask[some] = True
    return np.flatnonzero(mask)


def _nearest_extremes(t: Times, lowest: Mask, highest: Mask, buckets: Buckets, flat: Mask) -> list[Indexes]:
    """For each bucket that is not flat, a minimum and a maximum with no other extreme in between."""
    extremes = np.flatnonzero((lowest | highest) & ~np.repeat(flat, buckets.counts))
    bucket = np.searchsorted(buckets.stop, extremes, "right")
    pair = np.flatnonzero((bucket[1:] == bucket[:-1]) & (lowest[extremes[1:]] != lowest[extremes[:-1]]))
    one, other, bucket = extremes[pair], extremes[pair + 1], bucket[pair]
    runs = np.flatnonzero(np.concatenate([[True], bucket[1:] != bucket[:-1]]))  # of each bucket's pairs
    closest = _least(t[other] - t[one], runs)
    if len(closest) > len(runs):
        apart = (other - one)[closest]
        starts = np.searchsorted(closest, runs)
        closest = closest[_least(apart, starts)]
        closest = closest[np.searchsorted(closest, runs)]
    return [one[closest], other[closest]]


def _least(values: npt.NDArray[np.int64], runs: Indexes) -> Indexes:
    """The places of each run's smallest values; `runs`: where they start."""
    counts = np.diff(runs, append=len(values))
    return np.flatnonzero(values == np.repeat(np.minimum.reduceat(values, runs), counts))


def minmaxlttb(t: Times, v: Values, span: TimeRange, points: int) -> Indexes:
    """MinMaxLTTB (Van Der Donckt et al., 2023): best visual match, but may lose the range's extremes."""
    if points < MIN_LTTB_POINTS:
        return minmax(t, v, span, points)
    from tsdownsample import MinMaxLTTBDownsampler  # rarely used, and a library of its own

    chosen = MinMaxLTTBDownsampler().downsample(  # type: ignore[no-untyped-call]
        np.ascontiguousarray(t), np.ascontiguousarray(v), n_out=points
    )
    return np.unique(chosen.astype(np.int64))


def last(t: Times, span: TimeRange, points: int, snap: int = 1) -> Indexes:
    """The last sample of each of `points` buckets."""
    return cut(t, span, points, snap).stop - 1


@dataclass(frozen=True, slots=True)
class Band:
    """For each bucket that has samples: start, minimum, maximum and mean."""

    t: Times
    min: Values
    max: Values
    mean: Values


def band(rows: Rows, span: TimeRange, points: int, snap: int = 1) -> Band:
    """Statistics of each of `points` buckets; means are over samples, not time-weighted."""
    buckets = cut(rows.t, span, points, snap)
    low, high = np.minimum.reduceat(rows.min, buckets.first), np.maximum.reduceat(rows.max, buckets.first)
    return Band(buckets.t, low, high, np.clip(means_of(rows, buckets), low, high))


def means_of(rows: Rows, buckets: Buckets) -> Values:
    counts = np.add.reduceat(rows.n, buckets.first)
    with np.errstate(over="ignore", invalid="ignore"):
        means: Values = np.add.reduceat(rows.sum, buckets.first) / counts
    if not np.isfinite(means).all():  # the sum overflowed float64, the mean cannot
        means = np.add.reduceat(rows.sum / buckets.spread(counts.astype(np.float64)), buckets.first)
    return means


def increase(
    rows: Rows, before: float | None, span: TimeRange, points: int, snap: int = 1, rule: CounterRule = EVERY_FALL_RESETS
) -> tuple[Times, Values]:
    """For each of `points` buckets that has samples: start, and the counter's increase; these add up exactly."""
    buckets = cut(rows.t, span, points, snap)
    return buckets.t, np.add.reduceat(grown_by_row(rows, before, rule), buckets.first)
