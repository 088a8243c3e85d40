"""Which reader reads a file."""

from __future__ import annotations

from pathlib import Path

from ingest.imports.csv_reader import CsvReader
from ingest.imports.mapping import Mapping
from ingest.imports.rows import RowReader
from kernel.errors import BadRequest

_PACKED = {b"PK\x03\x04": "a zip archive or a workbook (.xlsx)", b"PAR1": "a Parquet file", b"ARROW1": "an Arrow file"}


def open_reader(path: Path, mapping: Mapping) -> RowReader:
    """The reader for a file, by what its first bytes say. BadRequest if it cannot be read; `mapping` is that of it."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}.", slug="bad-file") from None
    for mark, what in _PACKED.items():
        if start.startswith(mark):
            raise BadRequest(f"{path.name} is {what}; send CSV, plain or gzipped.", slug="bad-file")
    return CsvReader(path, mapping)
