"""Cuts a range into equal buckets. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kernel.times import TimeRange

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets that have samples: `t[i]` is the start of bucket i, its samples are `first[i]:stop[i]`."""

    t: Times
    first: Indexes
    stop: Indexes

    @property
    def counts(self) -> Indexes:
        return self.stop - self.first

    def spread(self, per_bucket: Values) -> Values:
        """Repeat one value per bucket for each of its samples."""
        return np.repeat(per_bucket, self.counts)


def cut(t: Times, span: TimeRange, buckets: int, snap: int = 1) -> Buckets:
    """Cut `span` into `buckets` equal parts (bounds rounded down to the ms); `t` ascending, all within `span`.

    With `snap` the inner bounds are rounded down to multiples of it (ms), so that no row of a rung crosses one; what is
    left after the last multiple is then a bucket of its own.
    """
    width, parts = _equal_parts(span, buckets, snap)
    bounds = span.start + width * np.arange(parts + 1, dtype=np.int64) // parts
    if snap > 1:
        bounds[1:-1] = np.maximum(bounds[1:-1] // snap * snap, span.start)
    if parts < buckets:
        bounds = np.append(bounds, span.end)
    positions = np.searchsorted(t, bounds)
    positions[0], positions[-1] = 0, len(t)  # a row without raw samples may start before the range
    filled = positions[1:] > positions[:-1]
    return Buckets(bounds[:-1][filled], positions[:-1][filled], positions[1:][filled])


def resolution_ms(span: TimeRange, buckets: int, snap: int = 1) -> int:
    """Width of the widest bucket, rounded up."""
    width, parts = _equal_parts(span, buckets, snap)
    return -(-width // (parts * snap)) * snap


def _equal_parts(span: TimeRange, buckets: int, snap: int) -> tuple[int, int]:
    """The length (ms) that is cut into equal parts, and their number."""
    whole = span.end // snap * snap - span.start
    return (whole, buckets - 1) if buckets > 1 and 0 < whole < span.width else (span.width, buckets)
