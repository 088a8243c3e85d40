"""Parquet and Arrow files: typed columns, read in batches of rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.imports.formats.arrow_file import ArrowFile
from ingest.imports.formats.budget import Budget
from ingest.imports.formats.parquet_file import ParquetFile
from ingest.imports.formats.rows import MAX_COLUMNS, MAX_SAMPLE_CELLS, SAMPLE_ROWS, Head, column_names, sample
from ingest.imports.formats.table import MAX_TABLE_BYTES, Table
from ingest.imports.formats.typed_cells import cell_text
from ingest.imports.mapping.model import Mapping
from kernel.errors import BadRequest

ROWS_PER_TABLE = 50_000
MAX_TABLE_CELLS = 4_000_000


class _File(Protocol):
    """A file of typed columns. It spends the bytes that it unpacks, before it does."""

    schema: pa.Schema

    def batches(self, places: Sequence[int], rows: int) -> Iterator[tuple[pa.RecordBatch, float]]:
        """These columns (ascending), at most so many rows at a time, with the share of the file that is read then."""

    def close(self) -> None: ...


class ColumnarReader:
    delimiter = ""

    def __init__(self, path: Path, budget: Budget, parquet: bool) -> None:
        self.name, self.encoding = path.name, "parquet" if parquet else "arrow"
        self._size, self._budget = path.stat().st_size, budget
        try:
            self._file: _File = ParquetFile(path, budget) if parquet else ArrowFile(path, budget)
        except (pa.ArrowException, OSError) as error:
            raise BadRequest(f"{path.name} cannot be read: {str(error)[:200]}.", slug="bad-file") from None
        self._schema = self._file.schema
        if len(self._schema) > MAX_COLUMNS:
            self.close()
            raise BadRequest(
                f"{path.name} has {len(self._schema):,} columns; at most {MAX_COLUMNS:,} are accepted: split it into "
                "several files.",
                slug="bad-file",
            )
        self._places = {name: place for place, name in enumerate(column_names(self._schema.names, True))}

    def head(self) -> Head | None:
        names = list(self._places)
        if not names:
            return None
        rows = min(SAMPLE_ROWS, max(1, MAX_SAMPLE_CELLS // len(names)))
        for table in self._read(names, rows):
            columns = [table.columns[name].to_pylist() for name in names]
            return Head(names, sample(map(list, zip(*columns, strict=True))))
        return Head(names, [])

    def adapt(self, mapping: Mapping) -> Mapping:
        return mapping

    def tables(self, wanted: Sequence[str], large: bool = False) -> Iterator[Table]:
        for name in wanted:
            kind = self._schema.field(self._places[name]).type
            if _is_opaque(kind):
                raise BadRequest(f"{self.name}: the column {name} holds {kind}, not single values.", slug="bad-file")
        return self._read(wanted, min(ROWS_PER_TABLE, max(1, MAX_TABLE_CELLS // max(1, len(wanted)))))

    def close(self) -> None:
        self._file.close()

    def _read(self, wanted: Sequence[str], rows: int) -> Iterator[Table]:
        places = {name: self._places[name] for name in wanted}
        plain = sorted(place for place in set(places.values()) if not _is_opaque(self._schema.field(place).type))
        line = 1
        try:
            for whole, share in self._file.batches(plain, rows) if plain else ():
                for batch in _pieces(whole):
                    texts = {place: _texts(column) for place, column in zip(plain, batch.columns, strict=True)}
                    nothing = pa.array([""] * batch.num_rows, pa.string())
                    columns = {name: texts.get(place, nothing) for name, place in places.items()}
                    lines = np.arange(batch.num_rows, dtype=np.int64) + line
                    table = Table(columns, lines, [], round(self._size * share))
                    self._budget.spend(rows=len(table), bytes=table.bytes)
                    yield table
                    line += batch.num_rows
        except (pa.ArrowException, OSError, struct.error) as error:
            raise BadRequest(f"{self.name} cannot be read: {str(error)[:200]}.", slug="bad-file") from None


def _is_opaque(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_opaque(kind.value_type)
    return bool(
        pa.types.is_nested(kind)
        or pa.types.is_run_end_encoded(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in parts whose cells fit into a table: a text that many rows share is stored once."""
    if batch.num_rows > 1 and sum(map(_text_bytes, batch.columns)) > MAX_TABLE_BYTES:
        half = batch.num_rows // 2
        yield from _pieces(batch.slice(0, half))
        yield from _pieces(batch.slice(half))
    else:
        yield batch


def _text_bytes(column: pa.Array) -> int:
    """How much room the column's texts take, each written out."""
    if pa.types.is_dictionary(column.type):
        if not _is_text(column.type.value_type) or not len(column.dictionary):
            return 0
        return int(pc.sum(pc.binary_length(column.dictionary).take(column.indices)).as_py() or 0)
    return int(pc.sum(_lengths(column)).as_py() or 0) if _is_text(column.type) else 0


def _lengths(column: pa.Array) -> pa.Array:
    if not pa.types.is_string_view(column.type):
        return pc.binary_length(column)
    views = np.frombuffer(column.buffers()[1], np.int32)[4 * column.offset :: 4][: len(column)]
    return pa.array(views)  # of an empty cell the length is zero


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _texts(column: pa.Array) -> pa.StringArray:
    """Each value as text; numbers and timestamps by Arrow, which is some ten times faster."""
    kind, is_ = column.type, pa.types
    if is_.is_floating(kind) or is_.is_decimal(kind) or is_.is_time(kind) or is_.is_duration(kind):
        return pa.array([cell_text(value) for value in column.to_pylist()], pa.string())
    return pc.fill_null(pc.cast(column, pa.string()), "")
