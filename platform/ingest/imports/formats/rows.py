"""What every reader provides: a head, then tables. Nothing behind it knows the file's format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.imports.formats.table import Table
from ingest.imports.mapping.model import Mapping, header_name

SAMPLE_ROWS = 1_000
MAX_COLUMNS = 16_384  # of formats whose columns need not be written out; as in spreadsheets
MAX_SAMPLE_CELLS, MAX_SAMPLE_CHARS = 1_000_000, 16 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """The start of a file: unique trimmed names of its columns, and its first rows (at most 1,000)."""

    headers: list[str]
    rows: list[list[str]]


class RowReader(Protocol):
    """An open file. `tables` may be read once; it has the columns `wanted` (names from the head), as text."""

    @property
    def name(self) -> str: ...

    @property
    def encoding(self) -> str: ...

    @property
    def delimiter(self) -> str: ...

    def head(self) -> Head | None:
        """None if the file is empty. BadRequest if it is not in this format."""

    def adapt(self, mapping: Mapping) -> Mapping:
        """The mapping, completed by what the file itself says about its columns. Call `head` first."""

    def tables(self, wanted: Sequence[str], large: bool) -> Iterator[Table]:
        """All rows in order; `large`: in larger pieces."""

    def close(self) -> None: ...


def sample(rows: Iterable[list[str]]) -> list[list[str]]:
    """The first rows, at most 1,000, and fewer if they are wide or long."""
    taken: list[list[str]] = []
    cells = chars = 0
    for row in rows:
        cells, chars = cells + len(row), chars + sum(map(len, row))
        if taken and (cells > MAX_SAMPLE_CELLS or chars > MAX_SAMPLE_CHARS):
            break
        taken.append(row)
        if len(taken) == SAMPLE_ROWS:
            break
    return taken


def column_names(cells: Sequence[str], header: bool) -> list[str]:
    """Unique names of the columns: the header's cells on one line each, or 1, 2, 3, …"""
    if not header:
        return [str(place + 1) for place in range(len(cells))]
    names: dict[str, None] = {}
    for place, cell in enumerate(cells):
        name = header_name(cell) or f"column {place + 1}"
        names[name if name not in names else f"{name} #{place + 1}"] = None
    return list(names)
