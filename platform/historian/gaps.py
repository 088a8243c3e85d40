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
    reach = int(INTERVALS * interval_ms)
    end = max(min(span.end, now_ms), int(t[-1]) if len(t) else span.start)
    inner = np.flatnonzero(np.diff(t) > reach)
    gaps, resumes = np.stack([t[inner], t[inner + 1]], axis=1), inner + 1
    first, last = (int(t[0]), int(t[-1])) if len(t) else (end, end)
    if first - span.start > reach:
        gaps = np.concatenate([[[span.start, first]], gaps])
        resumes = np.concatenate([np.zeros(min(len(t), 1), np.int64), resumes])
    if end - last > reach:
        gaps = np.concatenate([gaps, [[last, end]]])
    return gaps, resumes
