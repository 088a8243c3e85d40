"""Which minutes of which sensors a write touches, for marking the ladder. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from kernel.batch import Batch
from kernel.times import MINUTE

NS_PER_MINUTE = MINUTE * 1_000_000
_MINUTE_BITS, _EARLIEST = 32, 1 << 30  # times in ns have 2**28 minutes
Touched = dict[str, list[tuple[int, int]]]


def touched_by(batches: Iterable[Batch]) -> Touched:
    """By sensor id, the spans of whole minutes (ms) that hold the batches' points; adjacent ones are merged."""
    numbers: dict[str, int] = {}
    keys = [_keys_of(batch, numbers) for batch in batches]
    found = np.unique(np.concatenate(keys)) if keys else np.zeros(0, np.int64)
    if not len(found):
        return {}
    breaks = np.flatnonzero(np.diff(found) > 1) + 1  # minutes of two sensors are never adjacent
    firsts, lasts = found[np.append(0, breaks)], found[np.append(breaks - 1, len(found) - 1)]
    sensors, touched = list(numbers), Touched()
    for number, first, last in zip(
        (firsts >> _MINUTE_BITS).tolist(), _minutes(firsts).tolist(), _minutes(lasts).tolist(), strict=True
    ):
        touched.setdefault(sensors[number], []).append((first * MINUTE, (last + 1) * MINUTE))
    return touched


def _keys_of(batch: Batch, numbers: dict[str, int]) -> npt.NDArray[np.int64]:
    """For each point its sensor's number, and below it its minute, from a moment that is before all of them."""
    of_batch = [numbers.setdefault(sensor, len(numbers)) for _, sensor in batch.sensors]
    sensors = np.array(of_batch, np.int64)[batch.i]
    return (sensors << _MINUTE_BITS) + (batch.t // NS_PER_MINUTE + _EARLIEST)


def _minutes(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return (keys & ((1 << _MINUTE_BITS) - 1)) - _EARLIEST
