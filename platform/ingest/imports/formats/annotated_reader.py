"""InfluxDB 2's annotated CSV: consecutive tables, each with its own header and defaults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import structs

from ingest.imports.formats.files import Chunk, Source
from ingest.imports.formats.quoting import RowScanner
from ingest.imports.formats.rows import SAMPLE_ROWS, Head, sample
from ingest.imports.formats.table import MAX_TABLE_BYTES, Block, Cells, Table, joined, read_table
from ingest.imports.mapping.model import Mapping
from kernel.errors import BadRequest

TIME, VALUE, FIELD, MEASUREMENT = "_time", "_value", "_field", "_measurement"
ANNOTATIONS = ("#datatype", "#group", "#default")
MAX_HEADER_LINE, MAX_COLUMNS = 1 << 20, 5_000
MAX_TABLES = 100_000
ROWS_PER_TABLE = 20_000  # small tables are handed on together
_OURS = ("", "result", "table", "_start", "_stop")  # about the query, not the samples


@dataclass(slots=True)
class _Schema:
    """The annotations and the header that precede some rows."""

    places: dict[str, int] = field(default_factory=dict)  # of the columns, by name
    defaults: list[str] = field(default_factory=list)

    def default_of(self, name: str) -> str:
        place = self.places[name]
        return self.defaults[place] if place < len(self.defaults) else ""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Whole lines from `line` on; `at` is the position of their end in the file on disk."""

    line: int
    data: bytes
    at: int


_NO_LINES = np.array([], np.int64)


class AnnotatedReader:
    encoding, delimiter = "annotated CSV", ","

    def __init__(self, path: Path, source: Source) -> None:
        self.name, self._source = path.name, source
        self._headers: list[str] = []

    def adapt(self, mapping: Mapping) -> Mapping:
        """Unless the mapping says otherwise, the field of each row names the sensor."""
        if mapping.layout == "long" or mapping.columns is not None or VALUE not in self._headers:
            return mapping
        return structs.replace(mapping, layout="long", sensor_column=FIELD, value_column=VALUE)

    def head(self) -> Head | None:
        names: dict[str, None] = {}
        tables: list[Table] = []
        rows = 0
        head = self._source.head().encode()
        for schema, block in self._blocks(iter([Chunk(head, len(head), True)])):
            names.update(dict.fromkeys(name for name in schema.places if name not in _OURS))
            if rows < SAMPLE_ROWS:
                tables += self._read(schema, block, list(schema.places))
                rows += len(tables[-1])
            if len(names) > MAX_COLUMNS:
                raise BadRequest(f"{self.name} has more than {MAX_COLUMNS:,} columns.", slug="bad-file")
        if not names:
            return None
        self._headers = sorted(names, key=lambda name: name != TIME)
        return Head(self._headers, sample(self._sample(tables)))

    def tables(self, wanted: Sequence[str], large: bool = False) -> Iterator[Table]:
        """Call `head` before."""
        waiting: list[Table] = []
        rows = bytes = 0
        for schema, block in self._blocks(self._source.chunks()):
            for table in self._read(schema, block, wanted):
                self._source.budget.spend(rows=len(table), bytes=table.bytes)
                waiting.append(table)
                rows, bytes = rows + len(table), bytes + table.bytes
                if rows >= ROWS_PER_TABLE or bytes >= MAX_TABLE_BYTES:
                    yield joined(waiting)
                    waiting, rows, bytes = [], 0, 0
        if waiting:
            yield joined(waiting)

    def close(self) -> None:
        self._source.close()

    def _sample(self, tables: Sequence[Table]) -> Iterator[list[str]]:
        for table in tables:
            columns = [
                table.columns[name].to_pylist() if name in table.columns else [""] * len(table)
                for name in self._headers
            ]
            for row in zip(*columns, strict=True):
                yield list(row)

    def _blocks(self, chunks: Iterator[Chunk]) -> Iterator[tuple[_Schema, _Rows]]:
        """Rows that share a header, in pieces."""
        schema, line, rest = _Schema(), 1, b""
        reading_header, headers = True, 0
        for chunk in chunks:
            data = rest + chunk.data
            end = len(data) if chunk.last else data.rfind(b"\n") + 1
            data, rest = data[:end], data[end:]
            at = 0
            while at < len(data):
                if reading_header or data.startswith(b"#", at):
                    stop = data.find(b"\n", at) + 1 or len(data)
                    schema, reading_header = self._header_line(data[at:stop], schema, reading_header, line)
                    headers += not reading_header
                    if headers > MAX_TABLES:
                        raise BadRequest(
                            f"{self.name} has more than {MAX_TABLES:,} tables with a header each; export the rows "
                            "of all series as one table (`group()` in Flux).",
                            slug="bad-file",
                        )
                    self._source.budget.check()
                else:
                    stop = data.find(b"\n#", at) + 1 or len(data)
                    yield schema, _Rows(line, data[at:stop], chunk.at)
                line += data.count(b"\n", at, stop)
                at = stop
            if len(rest) > MAX_HEADER_LINE:
                raise BadRequest(f"{self.name}, line {line} is longer than a row can be.", slug="bad-file")

    def _header_line(self, data: bytes, schema: _Schema, reading: bool, line: int) -> tuple[_Schema, bool]:
        """The schema after this line, and whether its header is yet to come."""
        text = data.decode("utf-8", "replace").strip("\r\n")
        if not text.strip():
            return schema, reading
        row = next(iter(RowScanner(text, ",")))
        if row.cells is None:
            raise BadRequest(f"{self.name}, line {line}: a quotation mark in a header is not closed.", slug="bad-file")
        if not text.startswith("#"):
            names = [name.strip() for name in row.cells]
            if len(set(names)) < len(names):
                raise BadRequest(f"{self.name}, line {line}: two columns have the same name.", slug="bad-file")
            if "error" in names and TIME not in names:
                raise BadRequest(f"{self.name} holds an error of the query instead of its result.", slug="bad-file")
            return _Schema({name: place for place, name in enumerate(names)}, schema.defaults), False
        schema = schema if reading else _Schema()
        if text.startswith("#default"):
            schema.defaults = ["", *row.cells[1:]]
        return schema, True

    def _read(self, schema: _Schema, rows: _Rows, wanted: Sequence[str]) -> Iterator[Table]:
        """The rows, in several tables if the defaults of their empty cells take more room than one may."""
        there = [name for name in wanted if name in schema.places]
        if not there:
            there = list(schema.places)[:1]
        block = Block(rows.line, rows.data.rstrip(b"\r\n") + b"\n")
        if not block.data.strip():
            yield Table({name: pa.array([], pa.string()) for name in wanted}, _NO_LINES, [], rows.at)
            return
        table, _ = read_table(block, Cells(list(schema.places), there, ","))
        table.at = rows.at
        defaults = {name: schema.default_of(name) for name in wanted if name in schema.places}
        step = max(1, MAX_TABLE_BYTES // max(1, sum(map(len, defaults.values()))))
        if len(table) <= step:
            yield _filled(table, wanted, defaults)
            return
        yield Table(_filled(table.rows(0, 0), wanted, defaults).columns, _NO_LINES, table.wrong, rows.at)
        for start in range(0, len(table), step):
            yield _filled(table.rows(start, start + step), wanted, defaults)


def _filled(table: Table, wanted: Sequence[str], defaults: dict[str, str]) -> Table:
    """The wanted columns, with the defaults where cells are empty; `defaults` has the columns that are there."""
    columns = {}
    for name in wanted:
        if name not in defaults:
            columns[name] = pa.array([""] * len(table), pa.string())
            continue
        column, default = table.columns[name], defaults[name]
        columns[name] = pc.if_else(pc.equal(column, ""), default, column) if default else column
    return Table(columns, table.lines, table.wrong, table.at)
