"""CSV and its variants: one delimiter, and quotation marks where needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.imports.formats.delimiters import DELIMITERS, guess_delimiter
from ingest.imports.formats.files import BLOCK, Source
from ingest.imports.formats.quoting import RowScanner, ScannedRow
from ingest.imports.formats.rows import SAMPLE_ROWS, Head, column_names
from ingest.imports.formats.table import Block, Cells, Table, read_table
from ingest.imports.mapping.model import Mapping
from kernel.errors import BadRequest

LARGE_BLOCK = 16 << 20
MAX_LINE = 32 << 20


class CsvReader:
    def __init__(self, path: Path, mapping: Mapping, source: Source | None = None) -> None:
        self._source, self._mapping = source or Source(path, mapping.encoding), mapping
        self.name, self.encoding = self._source.name, self._source.encoding
        self.delimiter = "" if mapping.delimiter == "auto" else mapping.delimiter
        self._headers: list[str] = []
        self._skip = mapping.skip  # lines before the first row

    def head(self) -> Head | None:
        lines = self._source.head().split("\n", self._mapping.skip)
        text = lines[-1] if len(lines) > self._mapping.skip else ""
        if not text.strip():
            return None
        self.delimiter = self.delimiter or self._guess(text)
        first: ScannedRow | None = None
        rows: list[list[str]] = []
        for row in RowScanner(text, self.delimiter):
            if row.cells is None and first is None:
                raise BadRequest(
                    f"{self.name}, line {self._skip + row.line + 1}: a quotation mark in the header is not closed.",
                    slug="bad-file",
                )
            if row.cells is None or not any(cell.strip() for cell in row.cells):
                continue
            first = first or row
            rows.append(row.cells)
            if len(rows) > SAMPLE_ROWS:
                break
        if first is None or first.cells is None:
            return None
        header = self._mapping.header
        self._skip = self._mapping.skip + first.line + (first.lines if header else 0)
        self._headers = column_names(first.cells, header)
        return Head(self._headers, rows[1:] if header else rows)

    def adapt(self, mapping: Mapping) -> Mapping:
        return mapping

    def tables(self, wanted: Sequence[str], large: bool = False) -> Iterator[Table]:
        """Call `head` before."""
        cells = Cells(self._headers, wanted, self.delimiter)
        rest, line, skip = b"", 1, self._skip
        for chunk in self._source.chunks(LARGE_BLOCK if large else BLOCK):
            data, rest = rest + chunk.data, b""
            while skip and (end := data.find(b"\n") + 1):
                data, skip, line = data[end:], skip - 1, line + 1
            end = len(data) if chunk.last else data.rfind(b"\n") + 1
            if skip or not end:
                rest = self._bounded(data, line)
                continue
            whole, begun = data[:end], data[end:]
            table, used = read_table(Block(line, whole, chunk.last), cells)
            self._source.budget.spend(rows=len(table))
            table.at = chunk.at
            yield table
            line += whole.count(b"\n", 0, used)
            rest = whole[used:] + begun

    def close(self) -> None:
        self._source.close()

    def _guess(self, text: str) -> str:
        try:
            return guess_delimiter(text, self.name)
        except BadRequest:
            if self._mapping.time.without_column:  # then a single column will do
                return DELIMITERS[0]
            raise

    def _bounded(self, data: bytes, line: int) -> bytes:
        if len(data) > MAX_LINE:
            raise BadRequest(f"{self.name}, line {line} is longer than {MAX_LINE >> 20} MiB.", slug="bad-file")
        return data
