"""Parquet and Arrow files: typed columns, read in batches of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.imports.formats.rows import SAMPLE_ROWS, Head, column_names
from ingest.imports.formats.table import Table
from ingest.imports.formats.typed_cells import cell_text, table_of
from ingest.imports.mapping.model import Mapping
from kernel.errors import BadRequest

ROWS_PER_TABLE = 50_000


class ColumnarReader:
    delimiter = ""

    def __init__(self, path: Path, mapping: Mapping, parquet: bool) -> None:
        self.name, self.encoding = path.name, "parquet" if parquet else "arrow"
        self._size = path.stat().st_size
        try:
            self._file = pq.ParquetFile(path) if parquet else pa.ipc.open_file(pa.memory_map(str(path)))
            self._schema: pa.Schema = self._file.schema_arrow if parquet else self._file.schema
        except (pa.ArrowException, OSError) as error:
            raise BadRequest(f"{path.name} cannot be read: {str(error)[:200]}.", slug="bad-file") from None
        self._parquet = parquet
        self._places = {name: place for place, name in enumerate(column_names(self._schema.names, True))}

    def head(self) -> Head | None:
        names = list(self._places)
        for table in self._read(names, SAMPLE_ROWS):
            columns = [table.columns[name].to_pylist() for name in names]
            return Head(names, [list(row) for row in zip(*columns, strict=True)][:SAMPLE_ROWS])
        return Head(names, []) if names else None

    def adapt(self, mapping: Mapping) -> Mapping:
        return mapping

    def tables(self, wanted: Sequence[str], large: bool = False) -> Iterator[Table]:
        for name in wanted:
            kind = self._schema.field(self._places[name]).type
            if _is_opaque(kind):
                raise BadRequest(f"{self.name}: the column {name} holds {kind}, not single values.", slug="bad-file")
        return self._read(wanted, ROWS_PER_TABLE)

    def close(self) -> None:
        if self._parquet:
            self._file.close()

    def _read(self, wanted: Sequence[str], rows: int) -> Iterator[Table]:
        places = [self._places[name] for name in wanted]
        line = 1
        try:
            for batch in self._batches(places, rows):
                at = min(self._size, line * self._size // max(self._count(), 1))
                yield table_of(wanted, [_texts(column) for column in batch.columns], line, at)
                line += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise BadRequest(f"{self.name} cannot be read: {str(error)[:200]}.", slug="bad-file") from None

    def _count(self) -> int:
        return int(self._file.metadata.num_rows) if self._parquet else 0

    def _batches(self, places: Sequence[int], rows: int) -> Iterator[pa.RecordBatch]:
        if self._parquet:
            names = [self._schema.names[place] for place in places]
            for batch in self._file.iter_batches(rows, columns=names):
                yield batch.select(names)
            return
        for number in range(self._file.num_record_batches):
            batch = self._file.get_batch(number).select(list(places))
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)


def _is_opaque(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _texts(column: pa.Array) -> list[str]:
    """Each value as text; numbers and timestamps by Arrow, which is some ten times faster."""
    kind = column.type
    if _is_opaque(kind):
        return [""] * len(column)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_time(kind):
        return [cell_text(value) for value in column.to_pylist()]
    return [text or "" for text in pc.cast(column, pa.string()).to_pylist()]
