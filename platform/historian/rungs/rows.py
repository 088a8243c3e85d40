"""Ladder rows as columns. Pure numpy.

A row depends only on the samples of its own bucket. Times are in ms; samples are ordered by their own time. Bad ones
are counted in `n_bad` and otherwise ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NONE = -1  # the time of a missing sample


@dataclass(frozen=True, slots=True)
class Rows:
    """One row per bucket that has samples, ascending; all columns have the same length.

    `t`: the bucket's start. `n`, `n_bad`: number of usable and bad samples. `first`, `last`, `min`, `max` with their
    times: of equal samples, the first minimum and the last maximum. `sum`; `m2`: the sum of squared deviations from the
    mean. `inc`: the increase of a counter from the first to the last sample, resets accounted for. For texts `first`
    and `last` are str objects, and `min` to `inc` are meaningless. `held`: the time in each state from the first sample
    to the last, a state being held until the next sample or its limit; None for sensors without states. In a bucket
    with bad samples only, times are NONE.
    """

    t: Ints
    n: Ints
    n_bad: Ints
    tfirst: Ints
    tlast: Ints
    tmin: Ints
    tmax: Ints
    first: npt.NDArray[Any]
    last: npt.NDArray[Any]
    min: Floats
    max: Floats
    sum: Floats
    m2: Floats
    inc: Floats
    held: npt.NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(self.t)

    def take(self, chosen: npt.NDArray[Any] | slice) -> Rows:
        """The rows at these indexes, or where this mask is true."""
        columns = (getattr(self, name) for name in _NAMES)
        return Rows(*(None if column is None else column[chosen] for column in columns))  # type: ignore[arg-type]

    def filled(self) -> Rows:
        """The rows that have usable samples."""
        full = self.n > 0
        return self if full.all() else self.take(full)


_NAMES = tuple(field.name for field in fields(Rows))


def joined(parts: list[Rows], text: bool = False) -> Rows:
    """Concatenate rows and sort them by time."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return no_rows(text)
    if len(parts) == 1:
        return parts[0]
    columns: list[Any] = []
    for name in _NAMES:
        given = [getattr(part, name) for part in parts]
        columns.append(None if any(column is None for column in given) else np.concatenate(given))
    rows = Rows(*columns)
    if (rows.t[1:] >= rows.t[:-1]).all():
        return rows
    return rows.take(np.argsort(rows.t, kind="stable"))


def no_rows(text: bool = False) -> Rows:
    return empty_rows(np.zeros(0, np.int64), text)


def empty_rows(t: Ints, text: bool) -> Rows:
    """Rows for buckets without samples (any more): n = 0."""
    held = np.empty(len(t), object)
    held[:] = [{} for _ in range(len(t))]
    zero = np.zeros(len(t), np.int64)
    return replace(blank_rows(t, zero, zero, text), held=held)


def blank_rows(t: Ints, n: Ints, n_bad: Ints, text: bool) -> Rows:
    """Rows with sample counts only."""

    def times() -> Ints:
        return np.full(len(t), NONE, np.int64)

    def values() -> npt.NDArray[Any]:
        return np.full(len(t), "", object) if text else np.zeros(len(t))

    def numbers() -> Floats:
        return np.zeros(len(t))

    return Rows(
        t, n, n_bad, times(), times(), times(), times(), values(), values(),
        numbers(), numbers(), numbers(), numbers(), numbers(),
    )  # fmt: skip
