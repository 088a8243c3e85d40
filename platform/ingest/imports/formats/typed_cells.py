"""Values of typed formats as the text that the rest of an import reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from ingest.imports.formats.table import Table


def cell_text(value: Any) -> str:
    """A timestamp as `2024-05-01 00:00:00`, a number as `12.5`, a boolean as `true`, an empty cell as nothing."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
        case datetime() | date() | time():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        case timedelta():
            return str(value.total_seconds())
    return str(value)


def table_of(names: Sequence[str], columns: Iterable[list[str]], first_line: int, at: int) -> Table:
    """Consecutive rows; `first_line` is the number of the first."""
    arrays = {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    count = len(next(iter(arrays.values()), []))
    return Table(arrays, np.arange(count, dtype=np.int64) + first_line, [], at)
