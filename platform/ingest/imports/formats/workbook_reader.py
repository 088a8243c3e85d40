"""Excel workbooks (.xlsx), row by row; sizes are bounded before unpacking."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.xml import DEFUSEDXML

from ingest.imports.formats.rows import SAMPLE_ROWS, Head, column_names
from ingest.imports.formats.table import Table
from ingest.imports.formats.typed_cells import cell_text, table_of
from ingest.imports.mapping.model import Mapping
from kernel.errors import BadRequest

ROWS_PER_TABLE = 20_000
MAX_COLUMNS = 16_384  # Excel's limit
MAX_TEXTS = 256 << 20  # bytes of a workbook's shared strings, which have to be in memory
MAX_UNPACKED, MAX_RATIO = 8 << 30, 200


class WorkbookReader:
    """The sheet that the mapping names, else the first."""

    encoding, delimiter = "xlsx", ""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.name, self._mapping = path.name, mapping
        if not DEFUSEDXML:
            raise RuntimeError("openpyxl needs defusedxml, or a workbook could name any file")
        _check_size(path)
        self._size = path.stat().st_size
        try:
            self._book: Any = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl raises anything: KeyError, BadZipFile, errors of the XML library
            raise BadRequest(
                f"{path.name} is not a readable workbook ({type(error).__name__}).", slug="bad-file"
            ) from None
        names = self._book.sheetnames
        if mapping.sheet and mapping.sheet not in names:
            self.close()
            raise BadRequest(
                f"{path.name} has no sheet “{mapping.sheet[:60]}”; it has {', '.join(names[:20])}.", slug="bad-mapping"
            )
        self._sheet = self._book[mapping.sheet or names[0]]
        self._headers: list[str] = []
        self._header_row = 0

    def head(self) -> Head | None:
        found: list[tuple[int, list[str]]] = []
        for number, cells in self._rows():
            if any(cell.strip() for cell in cells):
                found.append((number, cells))
            if len(found) > SAMPLE_ROWS:
                break
        if not found:
            return None
        first, cells = found[0]
        while cells and not cells[-1].strip():  # cells that are only formatted
            cells = cells[:-1]
        self._headers = column_names(cells, self._mapping.header)
        self._header_row = first if self._mapping.header else first - 1
        rows = [_fitted(row, len(cells)) for _, row in found]
        return Head(self._headers, rows[1:] if self._mapping.header else rows)

    def adapt(self, mapping: Mapping) -> Mapping:
        return mapping

    def tables(self, wanted: Sequence[str], large: bool = False) -> Iterator[Table]:
        """Call `head` before."""
        numbered = {name: place for place, name in enumerate(self._headers)}
        places = [numbered[name] for name in wanted]
        rows = (pair for pair in self._rows() if pair[0] > self._header_row)
        done = 0
        while some := list(islice(rows, ROWS_PER_TABLE)):
            fitted = [_fitted(cells, len(self._headers)) for _, cells in some]
            done = min(done + len(some) * 8, self._size)  # the position in the file is not known
            yield table_of(wanted, ([row[place] for row in fitted] for place in places), some[0][0], done)

    def close(self) -> None:
        self._book.close()

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number and cells of each row after the skipped ones."""
        try:
            for number, row in enumerate(self._sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), 1):
                if number > self._mapping.skip:
                    yield number, [cell_text(value) for value in row]
        except BadRequest:
            raise
        except Exception as error:  # as above: the sheet is parsed only now
            raise BadRequest(
                f"{self.name} cannot be read to its end ({type(error).__name__}).", slug="bad-file"
            ) from None


def _fitted(cells: list[str], count: int) -> list[str]:
    return cells[:count] + [""] * (count - len(cells))


def _check_size(path: Path) -> None:
    """By the declared sizes, which zipfile enforces while unpacking."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadRequest(f"{path.name} is not a workbook: {error}.", slug="bad-file") from None
    total, texts = sum(part.file_size for part in parts), 0
    texts = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if total > MAX_UNPACKED or texts > MAX_TEXTS or total > MAX_RATIO * max(path.stat().st_size, 1 << 20):
        raise BadRequest(
            f"{path.name} unpacks to {total:,} bytes; save it as CSV, which has no such limit.", slug="bad-file"
        )
