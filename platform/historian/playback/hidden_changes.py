"""State changes that frames do not show, because the state came and went between two moments. Pure."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from historian.playback.step_series import Moments, StepSeries, as_list
from historian.read.row_table import RowTable
from historian.rungs.states import decode
from kernel.samples import BAD

Frames = npt.NDArray[np.int64]
STATES = ("discrete", "text")


def hidden_in_steps(steps: StepSeries, first: float | str | None) -> Frames:
    """The frames within which the state changed more than once, ascending; `first`: the state at the first moment."""
    usable = np.asarray(steps.q) < BAD
    frames = np.asarray(steps.frame)[usable]
    if isinstance(steps.v, np.ndarray) and steps.v.dtype != object:
        numbers = np.concatenate([[np.nan if first is None else first], steps.v[usable]])
        changed = (numbers[1:] != numbers[:-1]) & ~np.isnan(numbers[:-1])
    else:
        values = [first, *(v for v, good in zip(as_list(steps.v), usable.tolist(), strict=True) if good)]
        changed = np.array([a != b and a is not None for a, b in pairwise(values)], bool)
    found, counts = np.unique(frames[changed], return_counts=True)
    return np.unique(np.concatenate([found[counts > 1], steps.hidden]))


def hidden_in_rows(table: RowTable, moments: Moments) -> tuple[Frames, Frames]:
    """The frames and starts (ms) of rows in which a state came and went.

    That is a row with a state that is neither the last one before it nor its own last, or that ends in the state in
    which it began. For a row across two moments it is the later frame; for the first row, any change counts.
    """
    filled = np.flatnonzero(table.columns["tlast"] >= 0)
    wobbles = _in_texts(table, filled) if "states" in table.columns else _in_numbers(table, filled)
    chosen = filled[wobbles]
    starts = table.start[chosen]
    return np.searchsorted(moments, starts + table.columns["tlast"][chosen]), starts


def _in_numbers(table: RowTable, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    low, high, last = (table.columns[name][rows] for name in ("min", "max", "last"))
    before = np.concatenate([[np.nan], last[:-1]])[: len(last)]
    is_first = np.arange(len(rows)) == 0
    others = [(state != before) & (state != last) for state in (low, high)]
    return np.asarray((low != high) & (is_first | (before == last) | others[0] | others[1]), bool)


def _in_texts(table: RowTable, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    last = table.columns["last_s"][rows].tolist()
    before = [None, *last[:-1]]
    inside = [set(decode(text) or {}) for text in table.columns["states"][rows].tolist()]
    wobbles = [
        len(states) > 1 and (b is None or b == own or bool(states - {b, own}))
        for b, own, states in zip(before, last, inside, strict=False)
    ]
    return np.array(wobbles, bool)
