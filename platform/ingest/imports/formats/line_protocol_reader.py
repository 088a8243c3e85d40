"""InfluxDB line protocol in files: one row per line in our own form (value, quality), else one per field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from msgspec import structs

from ingest.imports.formats.files import Source
from ingest.imports.formats.rows import SAMPLE_ROWS, Head, sample
from ingest.imports.formats.table import MAX_TABLE_BYTES, Table
from ingest.imports.formats.typed_cells import cell_text
from ingest.imports.mapping.model import Mapping
from ingest.line_protocol.line import FIELDS, LineError, LineParts, read_parts
from kernel.errors import BadRequest

TIME, MEASUREMENT, FIELD, VALUE, QUALITY = "time", "measurement", "field", "value", "quality"
MAX_LINE, MAX_TAGS = 1 << 20, 1_000
_PASSED_OVER = (b"#", b"CREATE DATABASE")  # also written by `influx_inspect export`
Line = tuple[int, LineParts | str]  # its number, and its parts or what is wrong with it


def is_line_protocol(head: str) -> bool:
    """Whether the first line that is neither empty nor a comment is line protocol."""
    for _, parts in islice(_parsed(head[:MAX_LINE].encode(), 1), 1):
        return not isinstance(parts, str) and (bool(parts.tags) or bool(parts.time))
    return False


class LineProtocolReader:
    encoding, delimiter = "line protocol", ""

    def __init__(self, path: Path, source: Source) -> None:
        self.name, self._source = path.name, source
        self._own = False
        self._headers: list[str] = []

    def adapt(self, mapping: Mapping) -> Mapping:
        """Unless the mapping says otherwise: lines in our own form name site, sensor and quality themselves."""
        if mapping.layout == "long" or mapping.columns is not None or not self._own:
            return mapping
        return structs.replace(
            mapping,
            layout="long",
            sensor_column="sensor",
            value_column=VALUE,
            quality_column=QUALITY,
            site_column=mapping.site_column or MEASUREMENT,
        )

    def head(self) -> Head | None:
        lines = [parts for _, parts in islice(_parsed(self._source.head().encode(), 1), SAMPLE_ROWS)]
        read = [parts for parts in lines if not isinstance(parts, str)]
        if not read:
            return None
        self._own = all("sensor" in parts.tags and set(parts.fields) <= set(FIELDS) for parts in read)
        tags = dict.fromkeys(key for parts in read for key in parts.tags)
        columns = [VALUE, QUALITY] if self._own else [FIELD, VALUE]
        self._headers = list(dict.fromkeys([TIME, MEASUREMENT, *islice(tags, MAX_TAGS), *columns]))
        rows = (self._row(parts, field, self._headers) for parts in read for field in self._fields(parts))
        return Head(self._headers, sample(rows))

    def tables(self, wanted: Sequence[str], large: bool = False) -> Iterator[Table]:
        """Call `head` before."""
        rest, line = b"", 1
        for chunk in self._source.chunks():
            data = rest + chunk.data
            end = len(data) if chunk.last else data.rfind(b"\n") + 1
            data, rest = data[:end], data[end:]
            if len(rest) > MAX_LINE:
                raise BadRequest(f"{self.name}: a line is longer than {MAX_LINE >> 20} MiB.", slug="bad-file")
            for table in self._tables(data, line, wanted, chunk.at):
                self._source.budget.spend(rows=len(table), bytes=table.bytes)
                yield table
            line += data.count(b"\n")

    def close(self) -> None:
        self._source.close()

    def _tables(self, data: bytes, first: int, wanted: Sequence[str], at: int) -> Iterator[Table]:
        """A line's tags are repeated in the rows of all its fields, so a few lines may make several tables."""
        rows = _Rows(wanted)
        for number, parts in _parsed(data, first):
            if isinstance(parts, str):
                rows.wrong.append((number, parts))
                continue
            if not parts.time:
                rows.wrong.append((number, "has no timestamp"))
                continue
            for field in self._fields(parts):
                rows.add(number, self._row(parts, field, wanted))
                if rows.chars > MAX_TABLE_BYTES:
                    yield rows.table(at)
                    rows = _Rows(wanted)
        yield rows.table(at)

    def _fields(self, parts: LineParts) -> Iterable[str]:
        """The fields that become a row each."""
        return ("",) if self._own else parts.fields

    def _row(self, parts: LineParts, field: str, names: Sequence[str]) -> list[str]:
        return [self._cell(parts, field, name) for name in names]

    def _cell(self, parts: LineParts, field: str, name: str) -> str:
        match name:
            case "time":
                return parts.time
            case "measurement":
                return parts.measurement
            case "value":
                own = parts.fields.get("value", parts.fields.get("text", ""))
                return cell_text(own if self._own else parts.fields[field])
            case "quality" if self._own:
                return cell_text(parts.fields.get("quality", ""))
            case "field" if not self._own:
                return field
        return parts.tags.get(name, "")


class _Rows:
    """Rows of a table that is being made."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._columns: dict[str, list[str]] = {name: [] for name in wanted}
        self._lines: list[int] = []
        self.wrong: list[tuple[int, str]] = []
        self.chars = 0

    def add(self, line: int, row: Sequence[str]) -> None:
        self._lines.append(line)
        for column, cell in zip(self._columns.values(), row, strict=True):
            column.append(cell)
            self.chars += len(cell)

    def table(self, at: int) -> Table:
        arrays = {name: pa.array(column, pa.string()) for name, column in self._columns.items()}
        return Table(arrays, np.array(self._lines, np.int64), self.wrong, at)


def _parsed(data: bytes, first: int) -> Iterator[Line]:
    """The parts of each line, without empty lines and comments."""
    for number, line in enumerate(data.split(b"\n"), first):
        if not line.strip() or line.startswith(_PASSED_OVER):
            continue
        if len(line) > MAX_LINE:
            yield number, f"is longer than {MAX_LINE >> 20} MiB"
            continue
        try:
            yield number, read_parts(line)
        except LineError as error:
            yield number, str(error)
