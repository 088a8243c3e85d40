"""Where a sensor that samples at an interval was silent. Pure numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from historian.buckets import Times
from kernel.times import TimeRange

INTERVALS = 3  # more than so many without a sample is a gap, and how long a periodic sensor's state is known to hold
LEAST_TO_LEARN = 3  # samples from which an unknown interval can be told


def interval_of(t: Times) -> float | None:
    """The interval that samples seem to have, in ms: the median of their distances."""
    if len(t) < LEAST_TO_LEARN:
        return None
    return float(np.median(np.diff(t))) or None


def find_gaps(
    first: Times, last: Times, span: TimeRange, interval_ms: float, now_ms: int, held_from: int | None = None
) -> tuple[npt.NDArray[np.int64], Times]:
    """The gaps within `span` as rows `[from, to]` in ms, and the times of the samples that end one.

    `first`, `last`: of each run of samples within which no gap is looked for; of single samples both are their times.
    The range's own edges bound a gap like samples do, and what is still to come is no gap. Between two samples of a
    measured signal nothing is known, so its gap begins at the last one; a state is known until it is no longer held:
    `held_from` is the time of the last sample before the range, or less than the gap limit before it where none is.
    """
    reach = int(INTERVALS * interval_ms)
    end = max(min(span.end, now_ms), int(last[-1]) if len(last) else span.start)
    before = np.concatenate([[span.start if held_from is None else held_from], last])
    after = np.concatenate([first, [end]])
    begins = before if held_from is None else np.maximum(before + reach, span.start)
    wide = np.flatnonzero((after - before > reach) & (after > begins))
    gaps = np.stack([begins[wide], after[wide]], axis=1)
    return gaps, first[wide[wide < len(first)]]
