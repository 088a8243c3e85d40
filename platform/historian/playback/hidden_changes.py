"""State changes that frames do not show, because the state came and went between two moments. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from historian.playback.step_series import Moments, StepSeries, as_list
from historian.rungs.states import decode
from kernel.samples import BAD
from kernel.times import NS_PER_MS

Frames = npt.NDArray[np.int64]
STATES = ("discrete", "text")


def hidden_in_steps(steps: StepSeries, first: float | str | None) -> Frames:
    """The frames within which the state changed more than once, ascending; `first`: the state at the first moment."""
    usable = np.asarray(steps.q) < BAD
    frames = np.asarray(steps.frame)[usable]
    values = [first, *(v for v, good in zip(as_list(steps.v), usable.tolist(), strict=True) if good)]
    changed = np.array([a != b and a is not None for a, b in pairwise(values)], bool)
    found, counts = np.unique(frames[changed], return_counts=True)
    return np.unique(np.concatenate([found[counts > 1], steps.hidden]))


def hidden_in_rows(table: pa.Table, moments: Moments) -> tuple[Frames, Frames]:
    """The frames and starts (ms) of rows in which a state came and went.

    That is a row with a state that is neither the last one before it nor its own last, or that ends in the state in
    which it began. For a row across two moments it is the later frame; for the first row, any change counts.
    """
    text = "states" in table.column_names
    filled = np.flatnonzero(table["tlast"].to_numpy() >= 0)
    last = table["last_s" if text else "last"].take(pa.array(filled)).to_pylist()
    before = [None, *last[:-1]]
    inside = _texts(table, filled) if text else _numbers(table, filled)
    wobbles = [
        len(states) > 1 and (b is None or b == own or bool(states - {b, own}))
        for b, own, states in zip(before, last, inside, strict=True)
    ]
    chosen = filled[np.array(wobbles, bool)]
    starts = (table["time"].to_numpy() // NS_PER_MS)[chosen]
    return np.searchsorted(moments, starts + table["tlast"].to_numpy()[chosen]), starts


def _numbers(table: pa.Table, rows: npt.NDArray[np.int64]) -> list[set[Any]]:
    low, high = (table[name].to_numpy()[rows].tolist() for name in ("min", "max"))
    return [{a, b} for a, b in zip(low, high, strict=True)]


def _texts(table: pa.Table, rows: npt.NDArray[np.int64]) -> list[set[Any]]:
    return [set(decode(text) or {}) for text in table["states"].take(pa.array(rows)).to_pylist()]
