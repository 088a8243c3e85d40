"""Change points of a signal that holds its value. Pure numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from historian.shape.buckets import Buckets, Indexes, Times, cut
from kernel.times import TimeRange

States = npt.NDArray[np.float64] | npt.NDArray[np.int64]


def change_points(v: States, held: float | int | None, resumes: Indexes) -> Indexes:
    """Indexes of samples that differ from the previous one, and of those in `resumes`, which follow a gap.

    `held`: the initial state; without one the first sample is a change, too.
    """
    if not len(v):
        return np.zeros(0, np.int64)
    changed = np.empty(len(v), bool)
    changed[1:] = v[1:] != v[:-1]
    changed[0] = held is None or v[0] != held
    changed[resumes] = True
    return np.flatnonzero(changed)


def thin(t: Times, v: States, chosen: Indexes, span: TimeRange, points: int, ordered: bool, snap: int = 1) -> Indexes:
    """At most `points` of the `chosen` changes: the first and last of each bucket, so that the value between buckets is
    right, and for ordered values also the smallest and largest, so that no excursion is lost."""
    if len(chosen) <= points:
        return chosen
    per_bucket = 4 if ordered and points >= 4 else 2
    if points < per_bucket:
        return chosen[-1:]
    buckets = cut(t[chosen], span, points // per_bucket, snap)
    kept = [buckets.first, buckets.stop - 1]
    if per_bucket == 4:
        kept += [_extreme(v[chosen], buckets, np.minimum), _extreme(v[chosen], buckets, np.maximum)]
    places: Indexes = np.unique(np.concatenate(kept))
    return chosen[places]


def _extreme(v: States, buckets: Buckets, which: np.ufunc) -> Indexes:
    extremes: Indexes = np.flatnonzero(v == np.repeat(which.reduceat(v, buckets.first), buckets.counts))
    first: Indexes = extremes[np.searchsorted(extremes, buckets.first)]
    return first
