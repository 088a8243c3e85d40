"""A file as text, chunk by chunk, whatever its compression and encoding; memory does not grow with it."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from ingest.imports.formats.budget import Budget
from ingest.imports.formats.encodings import guess_encoding
from ingest.imports.mapping.encodings import codec_named
from kernel.errors import BadRequest

BLOCK = 4 << 20
HEAD = 1 << 20  # thousands of columns have a long header
PLAIN = ("utf-8", "utf-8-sig", "ascii")  # is UTF-8 already


@dataclass(frozen=True, slots=True)
class Chunk:
    """Part of the file as UTF-8 with line feeds; `at` is the position of its end in the file on disk."""

    data: bytes
    at: int
    last: bool


class Source:
    """An open file. `encoding` is auto or a codec's name; afterwards the one in use."""

    def __init__(self, path: Path, encoding: str, budget: Budget | None = None) -> None:
        self.name = path.name
        codec = None if encoding == "auto" else codec_named(encoding)
        try:
            self._raw: BufferedReader = path.open("rb")
        except OSError as error:
            raise BadRequest(f"{path} cannot be read: {error.strerror}.", slug="bad-file") from None
        self.budget = budget or Budget(path)
        packed = self._raw.peek(2)[:2] == b"\x1f\x8b"
        self._stream: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw)) if packed else self._raw
        self._start = self._read(HEAD)
        self.encoding = codec or guess_encoding(self._start)
        text = self._decoded(codecs.getincrementaldecoder(self.encoding)("replace"), self._start)
        self._returns_only = "\r" in text and "\n" not in text
        self._head = self._feeds(text).removeprefix("\ufeff")
        if "\0" in self._head:
            self.close()
            raise BadRequest(f"{self.name} is not a text file; CSV is expected.", slug="bad-file")

    @property
    def whole(self) -> bool:
        """Whether the head is the whole file."""
        return len(self._start) < HEAD

    def head(self) -> str:
        """The first megabyte as text, in whole lines."""
        return self._head if self.whole else self._head[: self._head.rfind("\n") + 1] or self._head

    def chunks(self, size: int = BLOCK) -> Iterator[Chunk]:
        """The file from its beginning, without a byte order mark. Can be read once."""
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        data = self._start
        while True:
            following = self._read(size)
            yield Chunk(self._utf8(data, decoder, not following), self._raw.tell(), not following)
            if not following:
                return
            data = following

    def close(self) -> None:
        self._stream.close()
        self._raw.close()

    def _utf8(self, data: bytes, decoder: codecs.IncrementalDecoder, last: bool) -> bytes:
        if self.encoding in PLAIN and not self._returns_only:
            return data.removeprefix(codecs.BOM_UTF8) if data is self._start else data
        text = self._decoded(decoder, data, last)
        if data is self._start:
            text = text.removeprefix("\ufeff")
        return self._feeds(text).encode("utf-8", "replace")

    def _decoded(self, decoder: codecs.IncrementalDecoder, data: bytes, last: bool = False) -> str:
        """BadRequest for what `replace` cannot fix: UTF-16 and UTF-32 without a byte order."""
        try:
            return decoder.decode(data, last)
        except UnicodeError as error:
            self.close()
            raise BadRequest(f"{self.name} is not {self.encoding}: {error}.", slug="bad-file") from None

    def _feeds(self, text: str) -> str:
        return text.replace("\r", "\n") if self._returns_only else text

    def _read(self, size: int) -> bytes:
        try:
            data = self._stream.read(size)
            self.budget.spend(bytes=len(data))
            return data
        except (OSError, EOFError, zlib.error) as error:
            self.close()
            raise BadRequest(f"{self.name} cannot be read: {error}.", slug="bad-file") from None
        except BaseException:
            self.close()
            raise
