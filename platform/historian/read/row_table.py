"""A sensor's rows as columns of numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kernel.times import NS_PER_MS, TimeRange

TEXT_BYTES = 100  # about what a text of a row takes in memory


@dataclass(frozen=True, slots=True)
class RowTable:
    """`start`: of each row's bucket (ms), ascending. Missing numbers are NaN."""

    start: npt.NDArray[np.int64]
    columns: Mapping[str, npt.NDArray[Any]]

    def __len__(self) -> int:
        return len(self.start)

    def between(self, span: TimeRange) -> RowTable:
        """The rows whose buckets start in `span`, in the same memory."""
        first, stop = np.searchsorted(self.start, [span.start, span.end]).tolist()
        if stop - first == len(self):
            return self
        return RowTable(self.start[first:stop], {name: column[first:stop] for name, column in self.columns.items()})

    def copy(self) -> RowTable:
        return RowTable(self.start.copy(), {name: column.copy() for name, column in self.columns.items()})

    @property
    def bytes(self) -> int:
        texts = sum(column.dtype == object for column in self.columns.values())
        return self.start.nbytes + sum(each.nbytes for each in self.columns.values()) + texts * TEXT_BYTES * len(self)


def row_table(table: pa.Table) -> RowTable:
    """From the rows that a source gives, whose `time` is in ns."""
    columns = {name: table[name].to_numpy() for name in table.column_names if name not in ("time", "tags")}
    return RowTable(table["time"].to_numpy() // NS_PER_MS, columns)


def no_rows_of(types: Mapping[str, pa.DataType]) -> RowTable:
    return RowTable(np.zeros(0, np.int64), {name: np.zeros(0, kind.to_pandas_dtype()) for name, kind in types.items()})


def joined_tables(parts: Sequence[RowTable]) -> RowTable:
    """The rows of consecutive spans; at least one."""
    filled = [part for part in parts if len(part)] or [parts[0]]
    if len(filled) == 1:
        return filled[0]
    return RowTable(
        np.concatenate([part.start for part in filled]),
        {name: np.concatenate([part.columns[name] for part in filled]) for name in filled[0].columns},
    )
