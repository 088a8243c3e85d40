"""The samples of a turn as columns, ordered by sensor and time. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from kernel.batch import Batch
from kernel.times import NS_PER_MS

MAX_AHEAD_MS = 10_000  # of samples and events, against when they came
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Columns:
    """Samples of watched sensors: `i` is the sensor's place among them, `t` in ms. Of equal (sensor, time) the last
    that came. `texts` by row.
    """

    i: Ints
    t: Ints
    v: Floats
    q: npt.NDArray[np.uint8]
    texts: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.t)

    def value(self, row: int) -> float | str:
        text = self.texts.get(row)
        return float(self.v[row]) if text is None else text


def not_ahead(batch: Batch, arrived: int) -> Batch:
    """The samples of a clock that is ahead as if it were not: those of the future would make true ones after them late,
    and end delays that are running. `arrived`: when the batch came (epoch ms), so that a repeated turn finds the same;
    a sensor's last sample is then at most `MAX_AHEAD_MS` later, and as long after those before it as it was.
    """
    latest = (arrived + MAX_AHEAD_MS) * NS_PER_MS
    ahead = batch.t > latest
    if not ahead.any():
        return batch
    last = np.zeros(len(batch.sensors), np.int64)
    np.maximum.at(last, batch.i[ahead], batch.t[ahead])
    return replace(batch, t=np.where(ahead, batch.t - (last[batch.i] - latest), batch.t))


def columns_of(batches: Sequence[Batch], places: Mapping[str, int]) -> Columns | None:
    """Of the sensors that have a place; None if there are no samples of any."""
    parts: list[tuple[Ints, Batch, Ints]] = []
    for batch in batches:
        place = np.fromiter((places.get(sensor, -1) for _, sensor in batch.sensors), np.int64, len(batch.sensors))
        if not len(batch) or (place < 0).all():
            continue
        i = place[batch.i]
        rows = np.flatnonzero(i >= 0) if (place < 0).any() else np.arange(len(i))
        if len(rows):
            parts.append((i[rows], batch, rows))
    if not parts:
        return None
    texts, start = dict[int, str](), 0
    for _, batch, rows in parts:
        if batch.texts:
            texts |= {start + k: batch.texts[row] for k, row in enumerate(rows.tolist()) if row in batch.texts}
        start += len(rows)
    i = np.concatenate([part for part, _, _ in parts])
    t = np.concatenate([batch.t[rows] for _, batch, rows in parts]) // NS_PER_MS
    order = np.lexsort((t, i))
    i, t = i[order], t[order]
    last = np.append((np.diff(i) != 0) | (np.diff(t) != 0), True)
    kept = order[last]
    v = np.concatenate([batch.v[rows] for _, batch, rows in parts])[kept]
    q = np.concatenate([batch.q[rows] for _, batch, rows in parts])[kept]
    named = {new: texts[old] for new, old in enumerate(kept.tolist()) if old in texts} if texts else {}
    return Columns(i[last], t[last], v, q, named)


def bounds_of(columns: Columns) -> tuple[Ints, Ints]:
    """The rows at which each sensor's samples begin, and behind which they end."""
    firsts = np.flatnonzero(np.append(True, np.diff(columns.i) != 0))
    return firsts, np.append(firsts[1:], len(columns))
