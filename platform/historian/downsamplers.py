"""Which points to show of too many samples: real samples with their own times, or honest figures of a bucket.

Pure numpy. `t` is ascending int64 ms within the range, `v` finite float64 of the same length, at least one sample.
Those that choose samples answer their indexes, ascending.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tsdownsample import MinMaxLTTBDownsampler

from historian.buckets import Buckets, Indexes, Times, Values, cut
from kernel.times import TimeRange

LTTB_LEAST = 3  # tsdownsample ends the process's thread below


def minmax(t: Times, v: Values, span: TimeRange, points: int) -> Indexes:
    """In each of points/2 buckets the smallest and the largest sample: no spike is ever lost.

    Of equal ones it takes the first smallest and the last largest, so that a flat stretch keeps both its ends.
    """
    buckets = cut(t, span, points // 2)
    return np.unique(np.concatenate([_lowest(v, buckets), _highest(v, buckets)]))


def _lowest(v: Values, buckets: Buckets) -> Indexes:
    """Index of each bucket's first smallest sample."""
    lowest = np.flatnonzero(v == buckets.spread(np.minimum.reduceat(v, buckets.first)))
    return lowest[np.searchsorted(lowest, buckets.first)]


def _highest(v: Values, buckets: Buckets) -> Indexes:
    """Index of each bucket's last largest sample."""
    highest = np.flatnonzero(v == buckets.spread(np.maximum.reduceat(v, buckets.first)))
    return highest[np.searchsorted(highest, buckets.stop) - 1]


def minmaxlttb(t: Times, v: Values, span: TimeRange, points: int) -> Indexes:
    """MinMaxLTTB (Van Der Donckt et al., 2023): looks most like the whole, but may lose the range's extremes."""
    if points < LTTB_LEAST:
        return minmax(t, v, span, points)
    chosen = MinMaxLTTBDownsampler().downsample(  # type: ignore[no-untyped-call]
        np.ascontiguousarray(t), np.ascontiguousarray(v), n_out=points
    )
    return np.unique(chosen.astype(np.int64))


def last(t: Times, span: TimeRange, points: int) -> Indexes:
    """The last sample of each of `points` buckets."""
    return cut(t, span, points).stop - 1


@dataclass(frozen=True, slots=True)
class Band:
    """Per bucket that holds samples: its start, smallest, largest and mean."""

    t: Times
    min: Values
    max: Values
    mean: Values


def band(t: Times, v: Values, span: TimeRange, points: int) -> Band:
    """The figures of each of `points` buckets; the mean is of the samples, not weighted by time."""
    buckets = cut(t, span, points)
    low, high = np.minimum.reduceat(v, buckets.first), np.maximum.reduceat(v, buckets.first)
    return Band(buckets.t, low, high, np.clip(_means(v, buckets), low, high))


def mean(t: Times, v: Values, span: TimeRange, points: int) -> tuple[Times, Values]:
    """Start and mean of each of `points` buckets."""
    figures = band(t, v, span, points)
    return figures.t, figures.mean


def _means(v: Values, buckets: Buckets) -> Values:
    with np.errstate(over="ignore", invalid="ignore"):
        means: Values = np.add.reduceat(v, buckets.first) / buckets.counts
    if not np.isfinite(means).all():  # the sum left float64's range, the mean cannot
        means = np.add.reduceat(v / buckets.spread(buckets.counts.astype(np.float64)), buckets.first)
    return means


def increments(v: Values, before: float | None) -> Values:
    """How much a counter grew with each sample; one that fell was reset and grew by what it shows since.

    `before` is its last value before the range; without it the first sample adds nothing.
    """
    grown = np.diff(v, prepend=v[0] if before is None else before)
    grown[grown < 0] = v[grown < 0]
    return grown


def increase(t: Times, v: Values, before: float | None, span: TimeRange, points: int) -> tuple[Times, Values]:
    """Start of each of `points` buckets that holds samples, and how much the counter grew there; their sum is exact."""
    buckets = cut(t, span, points)
    return buckets.t, np.add.reduceat(increments(v, before), buckets.first)
