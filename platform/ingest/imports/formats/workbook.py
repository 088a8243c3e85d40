"""A workbook's sheet, row by row, out of a zip archive of XML whose parts are bounded as they are unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml import DEFUSEDXML
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from ingest.imports.formats.budget import Budget, LookEnded
from ingest.imports.formats.rows import MAX_COLUMNS
from ingest.imports.formats.typed_cells import cell_text
from ingest.imports.formats.unpacking import Archive
from kernel.errors import BadRequest

MAX_SHEET_ROWS = 1_048_576  # Excel's limit
MAX_ROW_BYTES = 8 << 20  # of XML
MAX_TEXTS = 256 << 20  # bytes of a workbook's shared strings, which have to be in memory
MAX_SETTINGS, SETTINGS_WEIGHT = 16 << 20, 16  # styles and such are read as a whole, slowly
MAX_UNPACKED, MAX_RATIO = 8 << 30, 200
_ROW, _DATA = f"{{{SHEET_MAIN_NS}}}row", f"{{{SHEET_MAIN_NS}}}sheetData"
Cells = dict[int, str]  # by the number of their column, without empty ones


class Workbook:
    def __init__(self, path: Path, sheet: str, budget: Budget) -> None:
        if not DEFUSEDXML:
            raise RuntimeError("openpyxl needs defusedxml, or a workbook could name any file")
        self._name, self._budget = path.name, budget
        self._sheet: _Metered | None = None
        try:
            self._parts = _Parts(path, budget)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise BadRequest(f"{path.name} is not a workbook: {error}.", slug="bad-file") from None
        try:
            self._parts.check(path.stat().st_size)
            with self._told("is not a readable workbook"):
                reader: Any = ExcelReader(self._parts.fp, read_only=True, data_only=True, keep_links=False)
                reader.archive = self._parts
                reader.read_manifest()
                reader.read_strings()
                reader.read_workbook()
                apply_stylesheet(reader.archive, reader.wb)
                sheets = {s.name: rel.target for s, rel in reader.parser.find_sheets() if "worksheet" in rel.Type}
            self._book, self._texts = reader.wb, reader.shared_strings
            self._target = self._chosen(sheets, sheet)
        except BaseException:
            self.close()
            raise

    @property
    def share(self) -> float:
        """How much of the sheet is read."""
        return 0.0 if self._sheet is None else self._sheet.share

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Number and cells of each row that is written, from the beginning."""
        with self._told("cannot be read to its end"), self._parts.sheet(self._target) as self._sheet:
            parser: Any = WorkSheetParser(
                self._sheet,
                self._texts,
                data_only=True,
                epoch=self._book.epoch,
                date_formats=self._book._date_formats,
                timedelta_formats=self._book._timedelta_formats,
            )
            data: Any = None
            for event, element in iterparse(self._sheet, ("start", "end")):
                if element.tag == _DATA and event == "start":
                    data = element
                elif element.tag == _DATA:
                    return
                elif element.tag == _ROW and event == "end":
                    number, cells = parser.parse_row(element)
                    parser.row_dimensions.clear()
                    data.clear()
                    self._sheet.begin_row()
                    yield self._checked(number, {cell["column"]: cell_text(cell["value"]) for cell in cells})

    def close(self) -> None:
        self._parts.close()

    def _chosen(self, sheets: dict[str, str], name: str) -> str:
        if not sheets:
            raise BadRequest(f"{self._name} has no sheet with cells.", slug="bad-file")
        if name and name not in sheets:
            raise BadRequest(
                f"{self._name} has no sheet “{name[:60]}”; it has {', '.join(list(sheets)[:20])}.", slug="bad-mapping"
            )
        return sheets[name or next(iter(sheets))]

    def _checked(self, number: int, cells: Cells) -> tuple[int, Cells]:
        filled = {column: text for column, text in cells.items() if text.strip()}
        if not 1 <= number <= MAX_SHEET_ROWS:
            raise BadRequest(
                f"{self._name} has a row {str(number)[:20]}; a sheet has at most {MAX_SHEET_ROWS:,}.", slug="bad-file"
            )
        if filled and max(filled) > MAX_COLUMNS:
            raise BadRequest(
                f"{self._name}, row {number}: a cell is in column {max(filled):,}; {MAX_COLUMNS:,} are accepted.",
                slug="bad-file",
            )
        return number, filled

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """openpyxl raises anything: KeyError, BadZipFile, errors of the XML library."""
        try:
            yield
        except (BadRequest, LookEnded):
            raise
        except Exception as error:
            raise BadRequest(f"{self._name} {what} ({type(error).__name__}).", slug="bad-file") from None


class _Parts(Archive):
    """The parts of a workbook. Their declared sizes are enforced by zipfile while it unpacks."""

    def __init__(self, path: Path, budget: Budget) -> None:
        super().__init__(path, path.name)
        self._name, self._budget = path.name, budget

    def check(self, size: int) -> None:
        total = sum(part.file_size for part in self.infolist())
        if total > MAX_UNPACKED or total > MAX_RATIO * max(size, 1 << 20):
            raise self._too_large(total)

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """A part that openpyxl reads as a whole."""
        size = self._size(name)
        if size > MAX_SETTINGS:
            raise self._too_large(size)
        self._budget.spend(bytes=SETTINGS_WEIGHT * size)
        return super().read(name, pwd)

    def open(self, name: str | zipfile.ZipInfo, *arguments: Any, **options: Any) -> Any:
        if (size := self._size(name)) > MAX_TEXTS:
            raise self._too_large(size)
        return _Metered(super().open(name, *arguments, **options), size, self._budget, self._name)

    def sheet(self, name: str) -> _Metered:
        return _Metered(super().open(name), self._size(name), self._budget, self._name, MAX_ROW_BYTES)

    def _size(self, name: str | zipfile.ZipInfo) -> int:
        return (self.getinfo(name) if isinstance(name, str) else name).file_size

    def _too_large(self, total: int) -> BadRequest:
        return BadRequest(
            f"{self._name} unpacks to {total:,} bytes; save it as CSV, which has no such limit.", slug="bad-file"
        )


class _Metered:
    """A part that is being unpacked. `max_row`: how many bytes may be read until `begin_row` is called."""

    def __init__(self, file: IO[bytes], size: int, budget: Budget, book: str, max_row: int | None = None) -> None:
        self._file, self._size, self._budget, self._book, self._max_row = file, size, budget, book, max_row
        self._done = self._row = 0

    @property
    def share(self) -> float:
        return min(1.0, self._done / max(1, self._size))

    def begin_row(self) -> None:
        self._row = 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._budget.spend(bytes=len(data))
        self._done += len(data)
        self._row += len(data)
        if self._max_row is not None and self._row > self._max_row:
            raise BadRequest(
                f"{self._book}: a row is longer than {self._max_row >> 20} MiB; save it as CSV.", slug="bad-file"
            )
        return data

    def __enter__(self) -> _Metered:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
