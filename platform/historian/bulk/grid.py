"""A time grid, and aggregation of rows into its cells. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from historian.rungs.rows import Ints, Rows
from historian.shape.algorithms import means_of
from historian.shape.buckets import Buckets, cut
from kernel.errors import BadRequest
from kernel.times import TimeRange

Figure = Literal["mean", "min", "max", "sum", "first", "last", "count"]
Column = npt.NDArray[np.float64] | npt.NDArray[np.object_]

# The columns of a rung's rows that each statistic needs, besides the sample count.
ROW_COLUMNS: Mapping[Figure, tuple[str, ...]] = {
    "mean": ("sum", "min", "max"),
    "min": ("min",),
    "max": ("max",),
    "sum": ("sum",),
    "first": ("first",),
    "last": ("last",),
    "count": (),
}
OF_TEXT: Mapping[Figure, tuple[str, ...]] = {"first": ("first_s",), "last": ("last_s",), "count": ()}


@dataclass(frozen=True, slots=True)
class Grid:
    """`count` cells of `step` ms from `start`, which is a multiple of the step since 1970-01-01 UTC."""

    start: int
    step: int
    count: int

    @classmethod
    def around(cls, span: TimeRange, step: int) -> Grid:
        """The cells that cover a range. Raises BadRequest if the step is below 1 ms."""
        if step < 1:
            raise BadRequest(f"A step of {step} ms is not 1 ms or more.", slug="bad-step", parameter="step")
        first, end = span.start // step, -(-span.end // step)
        return cls(first * step, step, max(end - first, 0))

    @property
    def span(self) -> TimeRange:
        return TimeRange(self.start, self.start + self.count * self.step)

    @property
    def t(self) -> Ints:
        """The start of each cell, in ms."""
        return self.start + self.step * np.arange(self.count, dtype=np.int64)

    def parts(self, cells: int) -> Iterator[Grid]:
        """The grid in consecutive parts of at most that many cells."""
        for first in range(0, self.count, cells):
            yield Grid(self.start + first * self.step, self.step, min(cells, self.count - first))


def columns_of(grid: Grid, rows: Rows, figures: tuple[Figure, ...], text: bool) -> dict[Figure, Column]:
    """One value per cell: NaN (for texts None) where it has no usable samples; the count is 0 there.

    A row belongs to the cell in which it starts; rows that start outside the grid are ignored.
    """
    rows = rows.filled()
    rows = rows.take((rows.t >= grid.span.start) & (rows.t < grid.span.end))
    if not len(rows):
        return {figure: _empty(grid, figure, text) for figure in figures}
    buckets = cut(rows.t, grid.span, grid.count)
    filled = (buckets.t - grid.start) // grid.step
    columns: dict[Figure, Column] = {}
    for figure in figures:
        column = columns[figure] = _empty(grid, figure, text)
        with np.errstate(over="ignore"):  # a sum may overflow float64
            column[filled] = _OF_CELLS[figure](rows, buckets)
    return columns


def _empty(grid: Grid, figure: Figure, text: bool) -> Column:
    if figure == "count":
        return np.zeros(grid.count)
    return np.full(grid.count, None, object) if text else np.full(grid.count, np.nan)


def _mean(rows: Rows, buckets: Buckets) -> Any:
    low, high = np.minimum.reduceat(rows.min, buckets.first), np.maximum.reduceat(rows.max, buckets.first)
    return np.clip(means_of(rows, buckets), low, high)


_OF_CELLS: Mapping[Figure, Callable[[Rows, Buckets], Any]] = {
    "mean": _mean,
    "min": lambda rows, buckets: np.minimum.reduceat(rows.min, buckets.first),
    "max": lambda rows, buckets: np.maximum.reduceat(rows.max, buckets.first),
    "sum": lambda rows, buckets: np.add.reduceat(rows.sum, buckets.first),
    "first": lambda rows, buckets: rows.first[buckets.first],
    "last": lambda rows, buckets: rows.last[buckets.stop - 1],
    "count": lambda rows, buckets: np.add.reduceat(rows.n, buckets.first),
}
