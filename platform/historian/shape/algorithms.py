"""Which points to show of too many samples: real samples with their own times, or honest figures of a bucket.

Pure numpy. `t` is ascending int64 ms within the range, `v` finite float64 of the same length, at least one sample.
Those that choose samples answer their indexes, ascending. Samples may be those that a rung's rows hold; then `snap`
is the rung's width.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tsdownsample import MinMaxLTTBDownsampler

from historian.rungs.aggregates import grown_by_row
from historian.rungs.counters import EVERY_FALL_RESETS, CounterRule
from historian.rungs.rows import Rows
from historian.shape.buckets import Buckets, Indexes, Times, Values, cut
from kernel.times import TimeRange

Mask = npt.NDArray[np.bool_]
MIN_LTTB_POINTS = 3  # tsdownsample ends the process's thread below


def minmax(t: Times, v: Values, span: TimeRange, points: int, snap: int = 1) -> Indexes:
    """In each of points/2 buckets the smallest and the largest sample: no spike is ever lost.

    Of equal ones it takes the two that are nearest to each other in time, so that a step is drawn where it is, and of
    those the first; of a bucket in which all are equal, its two ends.
    """
    buckets = cut(t, span, points // 2, snap)
    low, high = np.minimum.reduceat(v, buckets.first), np.maximum.reduceat(v, buckets.first)
    flat = low == high
    chosen = [buckets.first[flat], buckets.stop[flat] - 1]
    if not flat.all():
        chosen += _nearest_extremes(t, v == buckets.spread(low), v == buckets.spread(high), buckets, flat)
    return np.unique(np.concatenate(chosen))


def _nearest_extremes(t: Times, lowest: Mask, highest: Mask, buckets: Buckets, flat: Mask) -> list[Indexes]:
    """Per bucket that is not flat, a smallest and a largest sample with nothing as small or as large between them."""
    extremes = np.flatnonzero((lowest | highest) & ~np.repeat(flat, buckets.counts))
    bucket = np.searchsorted(buckets.stop, extremes, "right")
    pair = np.flatnonzero((bucket[1:] == bucket[:-1]) & (lowest[extremes[1:]] != lowest[extremes[:-1]]))
    one, other = extremes[pair], extremes[pair + 1]
    order = np.lexsort((other - one, t[other] - t[one], bucket[pair]))
    _, nearest = np.unique(bucket[pair][order], return_index=True)
    return [one[order[nearest]], other[order[nearest]]]


def minmaxlttb(t: Times, v: Values, span: TimeRange, points: int) -> Indexes:
    """MinMaxLTTB (Van Der Donckt et al., 2023): looks most like the whole, but may lose the range's extremes."""
    if points < MIN_LTTB_POINTS:
        return minmax(t, v, span, points)
    chosen = MinMaxLTTBDownsampler().downsample(  # type: ignore[no-untyped-call]
        np.ascontiguousarray(t), np.ascontiguousarray(v), n_out=points
    )
    return np.unique(chosen.astype(np.int64))


def last(t: Times, span: TimeRange, points: int, snap: int = 1) -> Indexes:
    """The last sample of each of `points` buckets."""
    return cut(t, span, points, snap).stop - 1


@dataclass(frozen=True, slots=True)
class Band:
    """Per bucket that holds samples: its start, smallest, largest and mean."""

    t: Times
    min: Values
    max: Values
    mean: Values


def band(rows: Rows, span: TimeRange, points: int, snap: int = 1) -> Band:
    """The figures of each of `points` buckets; the mean is of the samples, not weighted by time."""
    buckets = cut(rows.t, span, points, snap)
    low, high = np.minimum.reduceat(rows.min, buckets.first), np.maximum.reduceat(rows.max, buckets.first)
    return Band(buckets.t, low, high, np.clip(means_of(rows, buckets), low, high))


def means_of(rows: Rows, buckets: Buckets) -> Values:
    counts = np.add.reduceat(rows.n, buckets.first)
    with np.errstate(over="ignore", invalid="ignore"):
        means: Values = np.add.reduceat(rows.sum, buckets.first) / counts
    if not np.isfinite(means).all():  # the sum left float64's range, the mean cannot
        means = np.add.reduceat(rows.sum / buckets.spread(counts.astype(np.float64)), buckets.first)
    return means


def increase(
    rows: Rows, before: float | None, span: TimeRange, points: int, snap: int = 1, rule: CounterRule = EVERY_FALL_RESETS
) -> tuple[Times, Values]:
    """Start of each of `points` buckets that holds samples, and how much the counter grew there; their sum is exact."""
    buckets = cut(rows.t, span, points, snap)
    return buckets.t, np.add.reduceat(grown_by_row(rows, before, rule), buckets.first)
