"""A block of lines as columns of text: fast where every line is a row of the right width, careful everywhere else."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ingest.imports.files import Block
from ingest.imports.zones import Ints


@dataclass(slots=True)
class Table:
    """`columns` by name; `lines` is each row's line in the file; `wrong` are (line, why) of lines that are no rows."""

    columns: dict[str, pa.StringArray]
    lines: Ints
    wrong: list[tuple[int, str]]

    def __len__(self) -> int:
        return len(self.lines)


def read_table(block: Block, names: Sequence[str], wanted: Sequence[str], delimiter: str) -> Table:
    return _fast(block, names, wanted, delimiter) or careful(block, names, wanted, delimiter)


def _fast(block: Block, names: Sequence[str], wanted: Sequence[str], delimiter: str) -> Table | None:
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(block.data),
            arrow_csv.ReadOptions(column_names=list(names), use_threads=False, block_size=len(block.data) + 1),
            arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(
                include_columns=list(wanted), column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None  # a line of another width, an empty one, a byte that is no text
    lines = block.data.count(b"\n") + (not block.data.endswith(b"\n"))
    if table.num_rows != lines or (len(names) == 1 and b"\n\n" in block.data):
        return None  # a line break inside quotation marks
    columns = {name: table.column(name).combine_chunks() for name in wanted}
    return Table({name: _one(column) for name, column in columns.items()}, np.arange(lines) + block.line, [])


def careful(block: Block, names: Sequence[str], wanted: Sequence[str], delimiter: str) -> Table:
    """The same by Python's own reader, row by row; what is no row is told with its line."""
    reader = csv.reader(io.StringIO(block.data.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    places = [names.index(name) for name in wanted]
    columns: list[list[str]] = [[] for _ in wanted]
    lines: list[int] = []
    wrong: list[tuple[int, str]] = []
    while True:
        line = block.line + reader.line_num
        try:
            row = next(reader, None)
        except csv.Error as error:
            wrong.append((line, str(error)))
            continue
        if row is None:
            break
        if len(row) > len(names) and not any(row[len(names) :]):
            row = row[: len(names)]  # a delimiter at the end of each line
        if len(row) != len(names):
            if any(cell.strip() for cell in row):
                wrong.append((line, f"has {len(row)} cells instead of {len(names)}"))
            continue
        lines.append(line)
        for column, place in zip(columns, places, strict=True):
            column.append(row[place])
    arrays = {name: pa.array(column, pa.string()) for name, column in zip(wanted, columns, strict=True)}
    return Table(arrays, np.array(lines, np.int64), wrong)


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
