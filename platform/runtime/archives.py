"""Archives of ours: a gzipped tar whose first member says what it is and whose last one says that it is whole.

All of it is signed. Whatever is unpacked is bounded, as somebody may want to restore an archive that we did not sign.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from runtime.signing import Signature, Signing, SigningKey, read_signature, why_not_ours

COMPLETE = "complete"
UNSIGNED = "is not signed: it was taken by an older version, written elsewhere, or cut off"
FASTEST = 1  # samples are compressed already
MAX_ABOUT = 2**20
MAX_HEADER = 2**16  # of a long name: tarfile reads it into memory as a whole
RESERVE = 2**30  # of the disk that is unpacked to stays free
SMALL = 64 * 2**20  # what is no bomb, however well it was compressed


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may unpack to. `ratio`: bytes unpacked for each packed one; InfluxDB's files hardly shrink."""

    max_bytes: int = 2**43
    max_entries: int = 1_000_000
    max_ratio: int = 200

    @classmethod
    def of_disk(cls, folder: Path) -> Self:
        """No more than there is room for."""
        return cls(max_bytes=max(0, shutil.disk_usage(folder).free - RESERVE))

    def for_file(self, path: Path) -> int:
        """How many bytes it may unpack to."""
        return min(self.max_bytes, max(SMALL, path.stat().st_size * self.max_ratio))


class BadArchive(Exception):
    """Why the file cannot be restored, in a sentence."""


class Unauthenticated(BadArchive):
    """Nothing shows that this installation wrote it, or that it is still what was written."""


@contextmanager
def writing(path: Path, name: str, about: bytes, key: SigningKey) -> Iterator[tarfile.TarFile]:
    """A tar that appears under `path` only when it is whole and on the disk; `about` is its first member."""
    aside = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            signed = Signing(file, key)
            with tarfile.open(fileobj=cast(Any, signed), mode="w:gz", compresslevel=FASTEST) as tar:
                add_bytes(tar, name, about)
                yield tar
                add_bytes(tar, COMPLETE, b"")
            signed.sign()
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)
    _sync_folder(path.parent)


def add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def read_first(path: Path, name: str, otherwise: str) -> bytes:
    """The first member, which has that name. Raises BadArchive: `otherwise` says what the file is not."""
    try:
        with tarfile.open(path, "r:gz", tarinfo=_Member) as tar:
            first = tar.next()
            content = tar.extractfile(first) if first is not None and first.name == name else None
            if first is None or content is None or first.size > MAX_ABOUT:
                raise BadArchive(f"{path} {otherwise}")
            return content.read()
    except FileNotFoundError:
        raise BadArchive(f"There is no file {path}.") from None
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"{path} {otherwise} ({error})") from None


def authenticate(path: Path, keys: Mapping[str, SigningKey]) -> None:
    """All of it is read before any of it is believed. Raises Unauthenticated; BadArchive where there is no file."""
    authenticate_by(path, lambda signature: why_not_ours(signature, keys))


def authenticate_by(path: Path, judge: Callable[[Signature], str]) -> None:
    """The same where somebody else has the keys: `judge` says why the signature is none of ours, or nothing."""
    try:
        signature = read_signature(path)
    except FileNotFoundError:
        raise BadArchive(f"There is no file {path}.") from None
    why = UNSIGNED if signature is None else judge(signature)
    if why:
        raise Unauthenticated(f"{path} {why}. If you know where it comes from, restore it as unauthenticated.")


def unpack(path: Path, folder: Path, bounds: Bounds | None = None) -> None:
    """Everything in the archive, below `folder`. Raises BadArchive if it is damaged, was cut off or is too large."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        bounds = bounds or Bounds.of_disk(folder)
        with gzip.open(path) as packed:
            stream = _Bounded(packed, bounds.for_file(path))
            # Its own `errorlevel` has no say in what the stream raises; `r|` keeps no list of members.
            with tarfile.open(fileobj=cast(Any, stream), mode="r|", tarinfo=_Member) as tar:
                for count, member in enumerate(tar, 1):
                    if count > bounds.max_entries:
                        raise TooLarge(f"it has more than {bounds.max_entries:,} entries")
                    _extract(tar, member, folder)
                    tar.members.clear()  # type: ignore[attr-defined]  # the stubs do not know it
            while stream.read(2**20):  # the checksum stands behind the tar's own end
                pass
    except TooLarge as error:
        raise BadArchive(f"{path} is not unpacked: {error}.") from None
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"{path} is damaged: {error}.") from None
    if not (folder / COMPLETE).exists():
        raise BadArchive(f"{path} was cut off: its end is missing.")


class TooLarge(Exception):
    """What bound it is beyond."""


class _Bounded:
    """What is unpacked is counted as it comes: what an archive says of itself need not be so."""

    def __init__(self, stream: gzip.GzipFile, max_bytes: int) -> None:
        self._stream, self._left, self._most = stream, max_bytes, max_bytes

    def read(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise TooLarge(f"it would take more than {self._most / 1e6:,.0f} MB")
        return piece


class _Member(tarfile.TarInfo):
    """tarfile reads names and attributes that have blocks of their own into memory, however long they are."""

    def _proc_member(self, tar: tarfile.TarFile) -> Any:
        if self.type in _HEADERS and self.size > MAX_HEADER:
            raise tarfile.ReadError(f"a header has {self.size:,} bytes")
        return super()._proc_member(tar)  # type: ignore[misc]


_HEADERS = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """A folder or a file of ours, below `folder`; anything else is none of our archives'.

    tarfile's own filters do as much, but not in the Python 3.11.2 of Debian 12.
    """
    parts = Path(member.name.lstrip("/")).parts
    if ".." in parts or not (member.isdir() or member.isreg()) or member.issparse():
        raise tarfile.TarError(f"{member.name} cannot be in it")
    path = folder.joinpath(*parts)
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    content = tar.extractfile(member)
    assert content is not None  # of a file there is always one
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as out:
        path.chmod(member.mode & 0o755 | 0o600)
        shutil.copyfileobj(content, out, 2**20)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
