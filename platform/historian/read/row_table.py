"""A sensor's rows as columns of numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kernel.times import NS_PER_MS


@dataclass(frozen=True, slots=True)
class RowTable:
    """`start`: of each row's bucket (ms), ascending. Missing numbers are NaN."""

    start: npt.NDArray[np.int64]
    columns: Mapping[str, npt.NDArray[Any]]

    def __len__(self) -> int:
        return len(self.start)


def row_table(table: pa.Table) -> RowTable:
    """From the rows that a source gives, whose `time` is in ns."""
    columns = {name: table[name].to_numpy() for name in table.column_names if name not in ("time", "tags")}
    return RowTable(table["time"].to_numpy() // NS_PER_MS, columns)


def no_rows_of(types: Mapping[str, pa.DataType]) -> RowTable:
    return RowTable(np.zeros(0, np.int64), {name: np.zeros(0, kind.to_pandas_dtype()) for name, kind in types.items()})
