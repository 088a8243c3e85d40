"""Rows of InfluxDB's msgpack answers, read as one table if all are of the same size.

A row is then the same sequence of markers (`0xcb`: a float64 follows, `0xd3`: an int64) at the same distances, so numpy
reads thousands of them at once, while a list of each takes longer than InfluxDB needs to find them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import msgpack
import numpy as np
import numpy.typing as npt

TIME = "c0"  # the field of a table
MAX_COLUMNS = 15  # more have another marker for the row
FLOAT64, INT64 = 0xCB, 0xD3
MAX_SMALL = 0x7F  # up to which a whole number is its own marker
Table = npt.NDArray[np.void]  # fields `c0` (the time), `c1`, ...


class Layout(NamedTuple):
    """Of one row: its fields, the places of markers, and those of small whole numbers."""

    dtype: np.dtype[np.void]
    markers: npt.NDArray[np.intp]
    small: npt.NDArray[np.intp]


def table_of(body: bytes, at: int, rows: int) -> Table | None:
    """The rows that start at a place of an answer; None if they differ in size, or lack a value."""
    markers = _first_row(body, at)
    if markers is None:
        return None
    layout = _layout(markers)
    size = layout.dtype.itemsize
    if at + rows * size > len(body):
        return None
    every = np.frombuffer(body, np.uint8, rows * size, at).reshape(rows, size)
    if (every[:, layout.markers] != every[0, layout.markers]).any() or (every[:, layout.small] > MAX_SMALL).any():
        return None
    return np.frombuffer(body, layout.dtype, rows, at)


def column_of(table: Table, place: int, kind: type[np.generic]) -> npt.NDArray[Any]:
    """A column as an array of its own, in the machine's byte order."""
    return table[f"c{place}"].astype(kind)


def rows_of(table: Table) -> list[list[Any]]:
    return [list(row) for row in table[_columns(table)].tolist()]


def columns_of(table: Table, kind: type[np.generic]) -> tuple[npt.NDArray[Any], ...]:
    """All columns but the time."""
    return tuple(table[name].astype(kind) for name in _columns(table)[1:])


def _columns(table: Table) -> list[str]:
    return [name for name in table.dtype.names or () if name.startswith("c")]


def _first_row(body: bytes, at: int) -> bytes | None:
    """The markers of a row, its own first; None if it has a value that is not a number."""
    if at >= len(body):
        return None
    found = bytearray([body[at]])
    columns = body[at] - 0x90
    if not 0 < columns <= MAX_COLUMNS:
        return None
    at += 1
    for _ in range(columns):
        marker = body[at] if at < len(body) else 0xC0
        if marker in (FLOAT64, INT64):
            found.append(marker)
            at += 9
        elif marker <= MAX_SMALL:
            found.append(0)
            at += 1
        else:
            return None
    return bytes(found)


@lru_cache(maxsize=200)
def _layout(markers: bytes) -> Layout:
    fields: list[tuple[str, str]] = [("row", "u1")]
    places, small, at = [0], [], 1
    for place, marker in enumerate(markers[1:]):
        if marker:
            fields += [(f"m{place}", "u1"), (f"c{place}", ">f8" if marker == FLOAT64 else ">i8")]
            places.append(at)
            at += 9
        else:
            fields.append((f"c{place}", "u1"))
            small.append(at)
            at += 1
    return Layout(np.dtype(fields), np.array(places, np.intp), np.array(small, np.intp))


class Unpacker:
    """Walks through an answer. `tell()` is the place in it."""

    def __init__(self, body: bytes) -> None:
        self._walk = msgpack.Unpacker(raw=False, max_buffer_size=max(len(body), 1))
        self._walk.feed(body)
        self.body = body

    def map(self) -> int:
        return int(self._walk.read_map_header())

    def array(self) -> int:
        return int(self._walk.read_array_header())

    def value(self) -> Any:
        return self._walk.unpack()

    def rows(self) -> Table | list[list[Any]]:
        """A list of rows, as a table if they are of one size."""
        count, at = self.array(), self._walk.tell()
        table = table_of(self.body, at, count) if count else None
        if table is None:
            return [self.value() for _ in range(count)]
        self._walk.read_bytes(table.nbytes)
        return table
