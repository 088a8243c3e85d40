"""Excel workbooks (.xlsx): the rows of one sheet that have cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingest.imports.formats.budget import Budget
from ingest.imports.formats.rows import Head, column_names, sample
from ingest.imports.formats.table import MAX_TABLE_BYTES, Table
from ingest.imports.formats.workbook import Cells, Workbook
from ingest.imports.mapping.model import Mapping

ROWS_PER_TABLE = 20_000


class WorkbookReader:
    """The sheet that the mapping names, else the first."""

    encoding, delimiter = "xlsx", ""

    def __init__(self, path: Path, mapping: Mapping, budget: Budget) -> None:
        self.name, self._mapping, self._budget = path.name, mapping, budget
        self._size = path.stat().st_size
        self._book = Workbook(path, mapping.sheet, budget)
        self._headers: list[str] = []
        self._header_row = 0

    def head(self) -> Head | None:
        rows = ((number, cells) for number, cells in self._rows() if cells)
        first = next(rows, None)
        if first is None:
            return None
        number, cells = first
        width = max(cells)
        self._headers = column_names(_texts(cells, width), self._mapping.header)
        self._header_row = number if self._mapping.header else number - 1
        found = (_texts(cells, width) for _, cells in (rows if self._mapping.header else (first, *rows)))
        return Head(self._headers, sample(found))

    def adapt(self, mapping: Mapping) -> Mapping:
        return mapping

    def tables(self, wanted: Sequence[str], large: bool = False) -> Iterator[Table]:
        """Call `head` before."""
        numbered = {name: place for place, name in enumerate(self._headers, 1)}
        places = [numbered[name] for name in wanted]
        lines: list[int] = []
        rows: list[list[str]] = []
        chars = 0
        for number, cells in self._rows():
            if number <= self._header_row:
                continue
            lines.append(number)
            rows.append([cells.get(place, "") for place in places])
            chars += sum(map(len, rows[-1]))
            if len(rows) == ROWS_PER_TABLE or chars > MAX_TABLE_BYTES:
                yield self._table(wanted, lines, rows)
                lines, rows, chars = [], [], 0
        if rows:
            yield self._table(wanted, lines, rows)

    def close(self) -> None:
        self._book.close()

    def _table(self, wanted: Sequence[str], lines: list[int], rows: list[list[str]]) -> Table:
        columns = {
            name: pa.array(column, pa.string()) for name, column in zip(wanted, zip(*rows, strict=True), strict=True)
        }
        table = Table(columns, np.array(lines, np.int64), [], round(self._size * self._book.share))
        self._budget.spend(rows=len(table), bytes=table.bytes)
        return table

    def _rows(self) -> Iterator[tuple[int, Cells]]:
        """Number and cells of each row after the skipped ones.

        Rows without cells are left out, unless each row's number determines its time.
        """
        last = self._mapping.skip
        for number, cells in self._book.rows():
            if number <= last:
                continue
            if self._mapping.time.without_column:
                yield from ((missing, {}) for missing in range(last + 1, number))
                yield number, cells
            elif cells:
                yield number, cells
            last = number


def _texts(cells: Cells, width: int) -> list[str]:
    return [cells.get(place, "") for place in range(1, width + 1)]
