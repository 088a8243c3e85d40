"""Where a sensor that samples at an interval was silent. Pure numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from historian.buckets import Indexes, Times
from kernel.times import TimeRange

INTERVALS = 3  # more than so many without a sample is a gap
LEAST_TO_LEARN = 3  # samples from which an unknown interval can be told


def interval_of(t: Times) -> float | None:
    """The interval that samples seem to have, in ms: the median of their distances."""
    if len(t) < LEAST_TO_LEARN:
        return None
    return float(np.median(np.diff(t))) or None


def find_gaps(t: Times, span: TimeRange, interval_ms: float, now_ms: int) -> tuple[npt.NDArray[np.int64], Indexes]:
    """The gaps within `span` as rows `[from, to]` in ms, and the indexes of the samples that end one.

    The range's own edges bound a gap like samples do, and what is still to come is no gap.
    """
    end = max(min(span.end, now_ms), int(t[-1]) if len(t) else span.start)
    times = np.concatenate([[span.start], t, [end]]).astype(np.int64)
    wide = np.flatnonzero(np.diff(times) > INTERVALS * interval_ms)
    return np.stack([times[wide], times[wide + 1]], axis=1), wide[wide < len(t)]
