"""A file as blocks of whole lines in UTF-8, whatever it is packed or written in; memory does not grow with it."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from kernel.errors import BadRequest

BLOCK = 4 << 20
LONG_BLOCK = 16 << 20  # of a row a sample, so that many sensors have many rows each
MOST_UNCLOSED = 32 << 20  # a quotation mark that is never closed would swallow the rest of the file
HEAD = 1 << 20  # thousands of columns have a long header


@dataclass(slots=True)
class Block:
    """Whole lines; `line` is the number of the first, `at` how far in the file on the disk its end is."""

    line: int
    data: bytes
    at: int


class Source:
    """An open file. `encoding` is auto or a codec's name; afterwards the one that is used."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.name = path.name
        codec = None if encoding == "auto" else _codec(encoding)
        try:
            self._raw: BufferedReader = path.open("rb")
        except OSError as error:
            raise BadRequest(f"{path} cannot be read: {error.strerror}.", slug="bad-file") from None
        packed = self._raw.peek(2)[:2] == b"\x1f\x8b"
        self._stream: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw)) if packed else self._raw
        self._start = self._read(HEAD)
        self.encoding = codec or _encoding_of(self._start)

    def head(self) -> list[str]:
        """The first lines as text."""
        text = codecs.getincrementaldecoder(self.encoding)("replace").decode(self._start)
        lines = [line.rstrip("\r") for line in text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")]
        return lines[:-1] if len(lines) > 1 else lines

    def blocks(self, skip: int, size: int = BLOCK) -> Iterator[Block]:
        """The file after its first `skip` lines."""
        rest, line = b"", 1
        for data, at in self._utf8(size):
            data = rest + data
            while skip and (end := data.find(b"\n") + 1):
                data, skip, line = data[end:], skip - 1, line + 1
            if skip:
                rest = data
                continue
            cut = _end_of_rows(data)
            if not cut and len(data) > MOST_UNCLOSED:
                raise BadRequest(
                    f"{self.name}, line {line}: a quotation mark is opened and never closed.", slug="bad-file"
                )
            if cut:
                yield Block(line, data[:cut], at)
                line += data.count(b"\n", 0, cut)
            rest = data[cut:]
        if rest and not skip:
            yield Block(line, rest, self._raw.tell())

    def close(self) -> None:
        self._stream.close()
        self._raw.close()

    def _utf8(self, size: int) -> Iterator[tuple[bytes, int]]:
        """UTF-8 without a byte order mark, and the position on the disk."""
        plain = self.encoding in ("utf-8", "utf-8-sig", "ascii")
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        data = self._start
        if plain:
            data = data.removeprefix(codecs.BOM_UTF8)
        while data:
            if b"\r" in data and b"\n" not in data:
                data = data.replace(b"\r", b"\n")
            yield (data if plain else decoder.decode(data).encode()), self._raw.tell()
            data = self._read(size)

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            self.close()
            raise BadRequest(f"{self.name} cannot be read: {error}.", slug="bad-file") from None


def _end_of_rows(data: bytes) -> int:
    """Where the last whole row ends: behind a line break that no quotation mark encloses."""
    end = data.rfind(b"\n") + 1
    if b'"' not in data:
        return end
    quotes = data.count(b'"', 0, end)
    while end and quotes % 2:
        previous = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', previous, end)
        end = previous
    return end


def _encoding_of(head: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise BadRequest(f"There is no encoding {name!r}; such as utf-8, cp1252, utf-16.", slug="bad-mapping") from None
