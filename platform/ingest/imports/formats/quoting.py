"""Rows of delimited text whose quotation marks cannot be relied on: inch marks, marks that are never closed.

A mark opens a quoted cell only at the cell's beginning. A cell may hold line breaks if what results is a row; where it
does not, only the line with the open mark is given up, and reading resumes with the next one. Each character is looked
at a bounded number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WHITESPACE = "whitespace"  # the delimiter that is any run of blanks and tabs
MAX_CELL_LINES = 100  # in one quoted cell
MAX_CELL_CHARS = 1 << 20  # of a cell over several lines
MIN_SWALLOWED = 3  # lines within a cell that look like rows each: then the mark was never closed
NOT_CLOSED = "a quotation mark is opened and not closed"


@dataclass(frozen=True, slots=True)
class ScannedRow:
    """A row, or with `cells` None a line that is none. `line` is counted from 0, `lines` are those that it takes."""

    line: int
    cells: list[str] | None
    lines: int = 1
    why: str = ""


class _Mark:
    """One character cuts a line into cells."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def split(self, line: str) -> list[str]:
        return line.split(self.mark)

    def count(self, line: str) -> int:
        return line.count(self.mark) + 1

    def begin(self, text: str, start: int, stop: int) -> int:
        return start

    def find(self, text: str, place: int, stop: int) -> tuple[int, int]:
        """Where the cell at `place` ends, and where the next one begins or -1."""
        end = text.find(self.mark, place, stop)
        return (stop, -1) if end < 0 else (end, end + 1)

    def follows(self, text: str, place: int) -> bool:
        return text.startswith(self.mark, place)


class _Blanks:
    """Runs of blanks cut it; those around a line mean nothing."""

    _run = re.compile("[ \\t]+")

    def split(self, line: str) -> list[str]:
        return self._run.split(line.strip(" \t"))

    def count(self, line: str) -> int:
        return len(self.split(line))

    def begin(self, text: str, start: int, stop: int) -> int:
        blanks = self._run.match(text, start, stop)
        return start if blanks is None else blanks.end()

    def find(self, text: str, place: int, stop: int) -> tuple[int, int]:
        blanks = self._run.search(text, place, stop)
        if blanks is None:
            return stop, -1
        at_end = blanks.end() == stop or text[blanks.end() : stop] == "\r"
        return blanks.start(), -1 if at_end else blanks.end()

    def follows(self, text: str, place: int) -> bool:
        return text[place : place + 1] in (" ", "\t")


class RowScanner:
    """Iterate over it once; `lines` is then how many of the text's lines were used.

    `width` is how many cells a row has, if that is known. Unless `final`, the text ends with a line break, and a row
    that its end may have cut is left for the next text.
    """

    def __init__(self, text: str, delimiter: str, width: int | None = None, final: bool = True) -> None:
        self._text, self._width, self._final = text, width, final
        self._cut = _Blanks() if delimiter == WHITESPACE else _Mark(delimiter)
        self.lines = 0

    def __iter__(self) -> Iterator[ScannedRow]:
        text, start = self._text, 0
        while start < len(text):
            stop = self._line_end(start)
            if text.find('"', start, stop) < 0:
                yield ScannedRow(self.lines, self._cut.split(text[start:stop].removesuffix("\r")))
                self.lines, start = self.lines + 1, stop + 1
                continue
            found = self._quoted(start, stop)
            if found is None:
                return
            cells, end = found
            lines = text.count("\n", start, end) + 1
            yield ScannedRow(self.lines, cells or None, lines, "" if cells else NOT_CLOSED)
            self.lines, start = self.lines + lines, end + 1

    def _quoted(self, start: int, stop: int) -> tuple[list[str], int] | None:
        """The cells from `start` on and where their last line ends; no cells: it is broken; None: the text ends."""
        text, cut = self._text, self._cut
        first_stop, place, cells = stop, cut.begin(text, start, stop), list[str]()
        while True:
            if not text.startswith('"', place):
                end, following = cut.find(text, place, stop)
                cells.append(text[place:end])
            else:
                close = self._closing(place + 1, stop)
                if close < 0 and self._may_go_on(place):
                    return None
                if close < 0 or (close > stop and not self._encloses(place, close)):
                    return [], first_stop
                if close > stop:
                    stop = self._line_end(close)
                end, following = cut.find(text, close + 1, stop)
                rest = text[close + 1 : end]
                cells.append(text[place + 1 : close].replace('""', '"') + rest.removesuffix("\r"))
            if following < 0:
                break
            place = following
        cells[-1] = cells[-1].removesuffix("\r")
        if stop > first_stop and self._width is not None and len(cells) != self._width:
            return [], first_stop
        return cells, stop

    def _closing(self, place: int, stop: int) -> int:
        """Where the mark that closes the cell stands, or -1."""
        text, bound = self._text, max(stop, place + MAX_CELL_CHARS)
        while (place := text.find('"', place, bound)) >= 0 and text.startswith('"', place + 1):
            place += 2
        return place

    def _encloses(self, place: int, close: int) -> bool:
        """Whether the marks around a text of several lines are a cell's."""
        text = self._text
        if text[close + 1 : close + 2] not in ("\n", "\r", "") and not self._cut.follows(text, close + 1):
            return False
        lines = text[place:close].split("\n", MAX_CELL_LINES + 1)[1:-1]
        if len(lines) >= MAX_CELL_LINES:
            return False
        rows = sum(self._cut.count(line) == self._width for line in lines)
        return not (len(lines) >= MIN_SWALLOWED and self._width != 1 and rows == len(lines))

    def _may_go_on(self, place: int) -> bool:
        """Whether the next text may close what is opened here."""
        if self._final or len(self._text) - place > MAX_CELL_CHARS:
            return False
        return self._text.count("\n", place) <= MAX_CELL_LINES

    def _line_end(self, place: int) -> int:
        end = self._text.find("\n", place)
        return len(self._text) if end < 0 else end


def cut_after(data: bytes, lines: int) -> int:
    """How many bytes the first `lines` lines of whole lines have; quick where nearly all are meant."""
    end = len(data)
    for _ in range(data.count(b"\n") - lines):
        end = data.rfind(b"\n", 0, end - 1) + 1
    return end


def rows_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows that can be read, without empty ones."""
    for row in RowScanner(text, delimiter):
        if row.cells and any(cell.strip() for cell in row.cells):
            yield row.cells
