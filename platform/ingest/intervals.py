"""A sensor's usual interval between samples, estimated once from its first ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

MIN_DISTANCES = 12  # before an estimate is trusted
MAX_SENSORS = 50_000
_ROUND = np.array(
    [0.1, 0.2, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30]
    + [60.0 * m for m in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)]
    + [3600.0 * h for h in (1, 2, 3, 4, 6, 8, 12, 24)]
)


def usual_interval(t_ns: npt.NDArray[np.int64]) -> float | None:
    """Seconds between samples: the median, or a round figure within 5 % of it. None if there are too few samples."""
    distances = np.diff(np.unique(t_ns))
    if len(distances) < MIN_DISTANCES:
        return None
    return round_interval(float(np.median(distances)) / 1e9)


def round_interval(seconds: float) -> float:
    nearest = float(_ROUND[np.argmin(np.abs(_ROUND - seconds))])
    return nearest if abs(nearest - seconds) <= 0.05 * seconds else round(seconds, 3)


class IntervalEstimator:
    """Watches the first samples of sensors whose interval is not known."""

    def __init__(self) -> None:
        self._times: dict[str, deque[int]] = {}

    def watch(self, sensor: str, times_ns: Iterable[int]) -> float | None:
        """The interval, once there are enough samples; the sensor's state is dropped then."""
        if sensor not in self._times and len(self._times) >= MAX_SENSORS:
            return None
        seen = self._times.setdefault(sensor, deque(maxlen=2 * MIN_DISTANCES))
        seen.extend(times_ns)
        interval = usual_interval(np.array(seen, np.int64)) if len(seen) > MIN_DISTANCES else None
        if interval is not None:
            del self._times[sensor]
        return interval
