"""Samples as columns. Pure numpy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.samples import BAD
from kernel.times import NS_PER_MS

Values = npt.NDArray[np.float64] | npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Raw:
    """Stored samples, ascending: `t` int64 ns, `v` float64 (text: str objects), `q` uint8."""

    t: npt.NDArray[np.int64]
    v: Values
    q: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.t)

    @property
    def t_ms(self) -> npt.NDArray[np.int64]:
        """Times rounded down to the ms, before 1970 too."""
        return self.t // NS_PER_MS

    def usable(self) -> Raw:
        """Without the samples of bad quality."""
        keep = self.q < BAD
        return self if keep.all() else Raw(self.t[keep], self.v[keep], self.q[keep])


def joined_raw(parts: Sequence[Raw]) -> Raw:
    """Concatenate the samples of consecutive ranges; at least one."""
    return Raw(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("t", "v", "q")))


NO_NUMBERS = Raw(np.zeros(0, np.int64), np.zeros(0, np.float64), np.zeros(0, np.uint8))
NO_TEXTS = Raw(np.zeros(0, np.int64), np.zeros(0, object), np.zeros(0, np.uint8))


def no_samples(text: bool) -> Raw:
    return NO_TEXTS if text else NO_NUMBERS


@dataclass(frozen=True, slots=True)
class RowColumns:
    """Rows of a rung, ascending: `t` int64 ns, and the requested columns in their order.

    A column is float64, NaN where a row lacks it, or for texts str objects and None. Whole numbers are exact up to
    2**53, which no number of samples or of milliseconds in a bucket reaches.
    """

    t: npt.NDArray[np.int64]
    columns: tuple[npt.NDArray[Any], ...]

    def __len__(self) -> int:
        return len(self.t)


def row_columns_of(rows: Sequence[Sequence[Any]], texts: Collection[int] = ()) -> RowColumns:
    """Convert rows of start and columns; `texts`: the places of those that have texts."""
    if texts:
        starts, *columns = zip(*rows, strict=True)
        kinds = [object if place in texts else np.float64 for place in range(len(columns))]
        arrays = tuple(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True))
        return RowColumns(np.array(starts, np.int64), arrays)
    t = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    width = len(rows[0]) if rows else 1
    # One pass over all numbers is three times faster than one for each column.
    table = np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * width).reshape(-1, width)
    return RowColumns(t, tuple(table[:, place] for place in range(1, width)))


def raw_of(rows: Sequence[Sequence[Any]], text: bool) -> Raw:
    """Convert rows of time, value and quality to columns; rows without a value, of another kind, are left out."""
    if not rows:
        return no_samples(text)
    t, v, q = zip(*rows, strict=True)
    if None in v:
        return raw_of([row for row in rows if row[1] is not None], text)
    if None in q:
        q = tuple(quality or 0 for quality in q)
    return Raw(np.array(t, np.int64), np.array(v, object if text else np.float64), np.array(q, np.uint8))
