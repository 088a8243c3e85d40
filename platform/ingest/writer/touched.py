"""Which minutes of which sensors a write touches, for marking the ladder. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from kernel.batch import Batch
from kernel.times import MINUTE

NS_PER_MINUTE = MINUTE * 1_000_000
Touched = dict[str, list[tuple[int, int]]]


def touched_by(batches: Iterable[Batch]) -> Touched:
    """By sensor id, the spans of whole minutes (ms) that hold the batches' points; adjacent ones are merged."""
    minutes: dict[str, list[np.ndarray[tuple[int], np.dtype[np.int64]]]] = defaultdict(list)
    for batch in batches:
        order = np.argsort(batch.i, kind="stable")
        places = np.searchsorted(batch.i[order], np.arange(len(batch.sensors) + 1))
        minute = batch.t[order] // NS_PER_MINUTE
        for (_, sensor), start, stop in zip(batch.sensors, places[:-1].tolist(), places[1:].tolist(), strict=True):
            if stop > start:  # a batch may name sensors of which it has no points
                minutes[sensor].append(minute[start:stop])
    return {sensor: _spans(np.unique(np.concatenate(parts))) for sensor, parts in minutes.items()}


def _spans(minutes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[tuple[int, int]]:
    breaks = np.flatnonzero(np.diff(minutes) > 1) + 1
    firsts, lasts = minutes[np.append(0, breaks)], minutes[np.append(breaks - 1, len(minutes) - 1)]
    return [(first * MINUTE, (last + 1) * MINUTE) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]
