"""Rows as columns of text: what every reader turns a file into, and all that the rest of an import sees of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ingest.imports.formats.quoting import WHITESPACE, RowScanner, cut_after
from ingest.imports.times.zones import Ints

MAX_TABLE_BYTES = 64 << 20  # of a table whose cells take more room than in their file


@dataclass(slots=True)
class Table:
    """`columns` by name; `lines` is each row's line in the file; `wrong` has (line, reason) of lines that are no rows.

    `at` is the position of its end in the file on disk.
    """

    columns: dict[str, pa.StringArray]
    lines: Ints
    wrong: list[tuple[int, str]]
    at: int = 0

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def bytes(self) -> int:
        return sum(column.nbytes for column in self.columns.values())

    def rows(self, start: int, stop: int) -> Table:
        """Some of its rows, without `wrong`."""
        columns = {name: column.slice(start, stop - start) for name, column in self.columns.items()}
        return Table(columns, self.lines[start:stop], [], self.at)

    def after(self, earlier: Table) -> Table:
        """Its rows appended to those of an earlier table."""
        return joined([earlier, self])


def joined(tables: Sequence[Table]) -> Table:
    """The rows of consecutive tables as one."""
    if len(tables) == 1:
        return tables[0]
    last = tables[-1]
    columns = {name: pa.concat_arrays([table.columns[name] for table in tables]) for name in last.columns}
    wrong = [line for table in tables for line in table.wrong]
    return Table(columns, np.concatenate([table.lines for table in tables]), wrong, last.at)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines; `line` is the number of the first. `final`: the file ends here; else a row may continue after it."""

    line: int
    data: bytes
    final: bool = True


@dataclass(frozen=True, slots=True)
class Cells:
    """How to split a block's lines: all columns by name, those that are wanted, and the delimiter."""

    names: Sequence[str]
    wanted: Sequence[str]
    delimiter: str


def read_table(block: Block, cells: Cells) -> tuple[Table, int]:
    """The block's rows, and how many of its bytes they use; fast if every line is a row of the right width."""
    table = _fast_blanks(block, cells) if cells.delimiter == WHITESPACE else _fast(block, cells)
    return read_carefully(block, cells) if table is None else (table, len(block.data))


def read_carefully(block: Block, cells: Cells) -> tuple[Table, int]:
    """The same, row by row; lines that are not rows are listed in `wrong`."""
    names = cells.names
    scanner = RowScanner(block.data.decode("utf-8", "replace"), cells.delimiter, len(names), block.final)
    numbered = {name: place for place, name in enumerate(names)}
    places = [numbered[name] for name in cells.wanted]
    columns: list[list[str]] = [[] for _ in places]
    lines: list[int] = []
    wrong: list[tuple[int, str]] = []
    for scanned in scanner:
        row, line = scanned.cells, block.line + scanned.line
        if row is None:
            wrong.append((line, scanned.why))
            continue
        if len(row) > len(names) and not any(row[len(names) :]):
            row = row[: len(names)]  # a delimiter at the end of each line
        if len(row) != len(names):
            if any(cell.strip() for cell in row):
                wrong.append((line, f"has {len(row)} cells instead of {len(names)}"))
            continue
        if len(row) == 1 and not row[0].strip():
            continue
        lines.append(line)
        for column, place in zip(columns, places, strict=True):
            column.append(row[place])
    arrays = {name: pa.array(column, pa.string()) for name, column in zip(cells.wanted, columns, strict=True)}
    used = len(block.data) if block.final else cut_after(block.data, scanner.lines)
    return Table(arrays, np.array(lines, np.int64), wrong), used


_BLANKS = re.compile(rb"[ \t]+")
_QUOTED = re.compile(rb'(?<![^ \t\n])"[^"\n]*"(?![^ \t\r\n])')
_BLANKS_OUTSIDE_QUOTED = re.compile(_QUOTED.pattern + rb"|[ \t]+")
_AT_LINE_ENDS = re.compile(rb"\t?(\r?\n)\t?")


def _fast_blanks(block: Block, cells: Cells) -> Table | None:
    """None also for quotation marks that are no cell's of one line."""
    if b'"' in block.data and b'"' in _QUOTED.sub(b"", block.data):
        return None
    return _fast(Block(block.line, squeeze(block.data), block.final), replace(cells, delimiter="\t"))


def squeeze(data: bytes) -> bytes:
    """Each run of blanks as one tab, none at the ends of lines; quoted cells stay as they are."""
    if b'"' in data:
        data = _BLANKS_OUTSIDE_QUOTED.sub(lambda found: found[0] if found[0].startswith(b'"') else b"\t", data)
    else:
        data = _BLANKS.sub(b"\t", data)
    return _AT_LINE_ENDS.sub(rb"\1", data).removeprefix(b"\t")


def _fast(block: Block, cells: Cells) -> Table | None:
    data = block.data
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            arrow_csv.ReadOptions(column_names=list(cells.names), use_threads=False, block_size=len(data) + 1),
            arrow_csv.ParseOptions(delimiter=cells.delimiter, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(
                include_columns=list(cells.wanted),
                column_types=dict.fromkeys(cells.wanted, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except ValueError:
        return None  # a line of another width, an empty one, a byte that is not text; a delimiter beyond ASCII
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    if table.num_rows != lines or (len(cells.names) == 1 and b"\n\n" in data) or _ends_open(data, cells):
        return None  # a line break inside quotation marks
    columns = {name: table.column(name).combine_chunks() for name in cells.wanted}
    return Table({name: _one(column) for name, column in columns.items()}, np.arange(lines) + block.line, [])


def _ends_open(data: bytes, cells: Cells) -> bool:
    """Whether the last line opens a quotation mark that it does not close."""
    last = data[data.rfind(b"\n", 0, len(data) - 1) + 1 :]
    if b'"' not in last:
        return False
    scanner = RowScanner(last.decode("utf-8", "replace"), cells.delimiter)
    return any(row.cells is None for row in scanner)


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
