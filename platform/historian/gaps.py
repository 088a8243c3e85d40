"""Where a sensor that samples at an interval was silent. Pure numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from historian.buckets import Times
from kernel.times import TimeRange

INTERVALS = 3  # more than so many without a sample is a gap
LEAST_TO_LEARN = 3  # samples from which an unknown interval can be told


def interval_of(t: Times) -> float | None:
    """The interval that samples seem to have, in ms: the median of their distances."""
    if len(t) < LEAST_TO_LEARN:
        return None
    return float(np.median(np.diff(t))) or None


def find_gaps(
    first: Times, last: Times, span: TimeRange, interval_ms: float, now_ms: int
) -> tuple[npt.NDArray[np.int64], Times]:
    """The gaps within `span` as rows `[from, to]` in ms, and the times of the samples that end one.

    `first`, `last`: of each run of samples within which no gap is looked for; of single samples both are their times.
    The range's own edges bound a gap like samples do, and what is still to come is no gap.
    """
    reach = int(INTERVALS * interval_ms)
    end = max(min(span.end, now_ms), int(last[-1]) if len(last) else span.start)
    before = np.concatenate([[span.start], last])
    after = np.concatenate([first, [end]])
    wide = np.flatnonzero(after - before > reach)
    gaps = np.stack([before[wide], after[wide]], axis=1)
    return gaps, first[wide[wide < len(first)]]
