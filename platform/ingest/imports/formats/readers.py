"""Chooses the reader for a file."""

from __future__ import annotations

from pathlib import Path

from ingest.imports.formats.annotated_reader import ANNOTATIONS, AnnotatedReader
from ingest.imports.formats.budget import Budget
from ingest.imports.formats.csv_reader import CsvReader
from ingest.imports.formats.files import Source
from ingest.imports.formats.line_protocol_reader import LineProtocolReader, is_line_protocol
from ingest.imports.formats.rows import RowReader
from ingest.imports.formats.unpacking import is_zip
from ingest.imports.mapping.model import Mapping
from kernel.errors import BadRequest


def open_reader(path: Path, mapping: Mapping, budget: Budget | None = None) -> RowReader:
    """The reader for a file, by its first bytes. `mapping` is that of this file. BadRequest if it cannot be read.

    The budget is by default what a job may read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}.", slug="bad-file") from None
    budget = budget or Budget(path)
    # Readers of rarer formats are imported on use: they bring large libraries.
    if start.startswith(b"PAR1") or start.startswith(b"ARROW1"):
        from ingest.imports.formats.columnar_reader import ColumnarReader

        return ColumnarReader(path, budget, parquet=start.startswith(b"PAR1"))
    if start.startswith(b"PK\x03\x04"):
        if is_zip(path, path.name):
            raise BadRequest(f"{path.name} is an archive within an archive; unpack it first.", slug="bad-file")
        from ingest.imports.formats.workbook_reader import WorkbookReader

        return WorkbookReader(path, mapping, budget)
    source = Source(path, mapping.encoding, budget)
    head = source.head()
    if head.startswith(ANNOTATIONS):
        return AnnotatedReader(path, source)
    if mapping.delimiter == "auto" and is_line_protocol(head):
        return LineProtocolReader(path, source)
    return CsvReader(path, mapping, source)
