"""Rows of the ladder as columns. Pure numpy.

A row depends on the samples of its own bucket only. Times are ms; samples are in the order of their own time, and bad
ones are counted in `n_bad` and enter nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NONE = -1  # the time of what a bucket does not have


@dataclass(frozen=True, slots=True)
class Rows:
    """One row for each bucket that holds samples, ascending; all columns have one length.

    `t`: the bucket's start. `n` usable and `n_bad` bad samples. `first`, `last`, `min`, `max` with their times: the
    first smallest and the last largest of equal ones. `sum`, and `m2`, the sum of squared deviations from the mean.
    `inc`: how much a counter grew from the first to the last sample, resets accounted for. Of texts `first` and `last`
    are str objects, and the numbers of `min` to `inc` mean nothing. `held`: the time in each state, from the first
    sample to the last, a state holding until the next one or to its limit; None of sensors whose values are no states.
    A bucket of bad samples only has times NONE.
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
        """The rows of these indexes, or where this mask is true."""
        columns: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, column in columns.items():
            columns[name] = None if column is None else column[chosen]
        return Rows(**columns)

    def filled(self) -> Rows:
        """The rows that hold usable samples."""
        full = self.n > 0
        return self if full.all() else self.take(full)


def joined(parts: list[Rows], text: bool = False) -> Rows:
    """Rows one after another, in the order of time."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return no_rows(text)
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {}
    for field in fields(Rows):
        given = [getattr(part, field.name) for part in parts]
        columns[field.name] = None if any(column is None for column in given) else np.concatenate(given)
    rows = Rows(**columns)
    if (rows.t[1:] >= rows.t[:-1]).all():
        return rows
    return rows.take(np.argsort(rows.t, kind="stable"))


def no_rows(text: bool = False) -> Rows:
    return empty_rows(np.zeros(0, np.int64), text)


def empty_rows(t: Ints, text: bool) -> Rows:
    """What stands for buckets that hold no samples (any more): n = 0."""
    held = np.empty(len(t), object)
    held[:] = [{} for _ in range(len(t))]
    zero = np.zeros(len(t), np.int64)
    return replace(blank_rows(t, zero, zero, text), held=held)


def blank_rows(t: Ints, n: Ints, n_bad: Ints, text: bool) -> Rows:
    """Rows that say nothing yet but how many samples there are."""

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
