"""What the pages of a Parquet column unpack to, by their own headers: the library unpacks what these say.

A header is a PageHeader in Thrift's compact protocol (parquet.thrift).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kernel.errors import BadRequest

MAX_PAGE_BYTES = 256 << 20  # usual are 1 MiB
HEADER_BYTES, MAX_HEADER_BYTES = 1 << 10, 1 << 20
_UNPACKED, _PACKED, _DATA, _DATA_V2 = 2, 3, 5, 8  # fields of a header
_VALUES = 1  # field of a data page's header


def pages(path: Path, column: Any) -> Iterator[tuple[int, int]]:
    """Values and unpacked bytes of each page of a column chunk, in order. A dictionary has no values."""
    start = column.data_page_offset
    if column.has_dictionary_page and 0 < column.dictionary_page_offset < start:
        start = column.dictionary_page_offset
    end = start + column.total_compressed_size
    with path.open("rb") as file:
        while start < end:
            file.seek(start)
            head = file.read(HEADER_BYTES)
            header, size = _header(head) or _header(head + file.read(MAX_HEADER_BYTES)) or ({}, 0)
            unpacked, packed = header.get(_UNPACKED, -1), header.get(_PACKED, -1)
            if unpacked < 0 or packed < 0:
                raise BadRequest(f"{path.name} cannot be read: a page of it is damaged.", slug="bad-file")
            if unpacked > MAX_PAGE_BYTES:
                raise BadRequest(
                    f"{path.name}: a page unpacks to {unpacked:,} bytes; write the file with pages of at most "
                    f"{MAX_PAGE_BYTES:,}.",
                    slug="bad-file",
                )
            data = header.get(_DATA) or header.get(_DATA_V2) or {}
            yield int(data.get(_VALUES, 0)), int(unpacked)
            start += size + packed


def _header(data: bytes) -> tuple[dict[int, Any], int] | None:
    """A page's header and its length; None if it does not end within these bytes."""
    reader = _Compact(data)
    try:
        return reader.struct(), reader.at
    except IndexError:
        return None


class _Compact:
    """Thrift's compact protocol, as far as a page's header uses it. IndexError at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def struct(self) -> dict[int, Any]:
        """Its fields by number."""
        fields: dict[int, Any] = {}
        number = 0
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._integer()
            fields[number] = self._value(kind & 15)
        return fields

    def _value(self, kind: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._integer()
        if kind == 7:
            return self._skip(8)
        if kind == 8:
            return self._skip(self._varint())
        if kind == 12:
            return self.struct()
        raise IndexError  # lists and maps are in no header

    def _skip(self, count: int) -> None:
        self.at += count
        if self.at > len(self._data):
            raise IndexError

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
