"""What every reader provides: a head, then tables. Nothing behind it knows the file's format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.imports.formats.table import Table
from ingest.imports.mapping.model import Mapping, header_name

SAMPLE_ROWS = 1_000


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


def column_names(cells: Sequence[str], header: bool) -> list[str]:
    """Unique names of the columns: the header's cells on one line each, or 1, 2, 3, …"""
    if not header:
        return [str(place + 1) for place in range(len(cells))]
    names: dict[str, None] = {}
    for place, cell in enumerate(cells):
        name = header_name(cell) or f"column {place + 1}"
        names[name if name not in names else f"{name} #{place + 1}"] = None
    return list(names)
