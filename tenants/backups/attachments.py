"""Attachments of events in an archive: one file per day, as an archive has a bounded number of entries. A file of an
annotation is one of its own: their number is bounded.

Each is `name length (1), name, packed length (4, big endian), content packed by zlib`. It is packed here, not only by
the archive, because a restore bounds by how much an archive may grow, and logs shrink to a hundredth.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from runtime.archives import BadArchive

FOLDER = "attachments"
MAX_BYTES = 6 << 20  # of one; an event is smaller, and so is a file of an annotation

Contents = Iterable[tuple[str, bytes]]


def write_day(path: Path, contents: Contents) -> None:
    with path.open("wb") as out:
        for name, content in contents:
            packed, encoded = zlib.compress(content, 1), name.encode()
            out.write(bytes([len(encoded)]) + encoded + len(packed).to_bytes(4) + packed)


def read_day(path: Path) -> Iterator[tuple[str, bytes]]:
    """Raises BadArchive."""
    with path.open("rb") as source:
        while length := source.read(1):
            name = _exactly(source, length[0], path)
            size = int.from_bytes(_exactly(source, 4, path))
            if size > MAX_BYTES:
                raise _damaged(path)
            yield name.decode("ascii", "replace"), _unpacked(_exactly(source, size, path), path)


def days_in(folder: Path) -> Iterator[Path]:
    """The files of an unpacked archive."""
    yield from sorted((folder / FOLDER).glob("*"))


def _exactly(source: IO[bytes], size: int, path: Path) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise _damaged(path)
    return data


def _unpacked(packed: bytes, path: Path) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(packed, MAX_BYTES)
    except zlib.error:
        raise _damaged(path) from None
    if not unpacking.eof:
        raise _damaged(path)
    return content


def _damaged(path: Path) -> BadArchive:
    return BadArchive(f"The attachments of {path.name} in the archive are damaged.")
