"""Our archives: a gzipped tar whose first member says what it is and whose last member says that it is complete.

All of it is signed. What is unpacked is bounded, as somebody may want to restore an archive that we did not sign.
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
FASTEST_COMPRESSION = 1  # samples are compressed already
MAX_ABOUT_BYTES = 2**20
MAX_HEADER_BYTES = 2**16  # of a long name: tarfile reads all of it into memory
MIN_FREE_BYTES = 2**30  # on the disk that is unpacked to
HARMLESS_BYTES = 64 * 2**20  # not a zip bomb, however well it was compressed


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may unpack to. `max_ratio`: unpacked bytes per packed byte; InfluxDB's files hardly shrink."""

    max_bytes: int = 2**43
    max_entries: int = 1_000_000
    max_ratio: int = 200

    @classmethod
    def of_disk(cls, folder: Path) -> Self:
        """No more than there is room for."""
        return cls(max_bytes=max(0, shutil.disk_usage(folder).free - MIN_FREE_BYTES))

    def for_file(self, path: Path) -> int:
        """How many bytes it may unpack to."""
        return min(self.max_bytes, max(HARMLESS_BYTES, path.stat().st_size * self.max_ratio))


class BadArchive(Exception):
    """Why the file cannot be restored, in a sentence."""


class Unauthenticated(BadArchive):
    """Nothing proves that this installation wrote it, or that it is unchanged."""


@contextmanager
def writing(path: Path, name: str, about: bytes, key: SigningKey) -> Iterator[tarfile.TarFile]:
    """A tar that appears as `path` only when it is complete and on disk; `about` is its first member."""
    partial = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            signed = Signing(file, key)
            with tarfile.open(fileobj=cast(Any, signed), mode="w:gz", compresslevel=FASTEST_COMPRESSION) as tar:
                add_bytes(tar, name, about)
                yield tar
                add_bytes(tar, COMPLETE, b"")
            signed.sign()
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)


def add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def read_first(path: Path, name: str, otherwise: str) -> bytes:
    """The content of the first member, which has that name. Raises BadArchive, with `otherwise` as what is wrong."""
    try:
        with tarfile.open(path, "r:gz", tarinfo=_Member) as tar:
            first = tar.next()
            content = tar.extractfile(first) if first is not None and first.name == name else None
            if first is None or content is None or first.size > MAX_ABOUT_BYTES:
                raise BadArchive(f"{path} {otherwise}")
            return content.read()
    except FileNotFoundError:
        raise BadArchive(f"There is no file {path}.") from None
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"{path} {otherwise} ({error})") from None


def authenticate(path: Path, keys: Mapping[str, SigningKey]) -> None:
    """The whole file is read before any of it is trusted. Raises Unauthenticated; BadArchive if there is no file."""
    authenticate_by(path, lambda signature: why_not_ours(signature, keys))


def authenticate_by(path: Path, judge: Callable[[Signature], str]) -> None:
    """The same where somebody else has the keys: `judge` says why the signature is not ours, or nothing."""
    try:
        signature = read_signature(path)
    except FileNotFoundError:
        raise BadArchive(f"There is no file {path}.") from None
    why = UNSIGNED if signature is None else judge(signature)
    if why:
        raise Unauthenticated(f"{path} {why}. If you know where it comes from, restore it as unauthenticated.")


def unpack(path: Path, folder: Path, bounds: Bounds | None = None) -> None:
    """Unpack everything below `folder`. Raises BadArchive if it is damaged, truncated or too large."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        bounds = bounds or Bounds.of_disk(folder)
        with gzip.open(path) as packed:
            stream = _Bounded(packed, bounds.for_file(path))
            # tarfile's `errorlevel` does not cover what the stream raises; `r|` keeps no list of members.
            with tarfile.open(fileobj=cast(Any, stream), mode="r|", tarinfo=_Member) as tar:
                for count, member in enumerate(tar, 1):
                    if count > bounds.max_entries:
                        raise TooLarge(f"it has more than {bounds.max_entries:,} entries")
                    _extract(tar, member, folder)
                    tar.members.clear()  # type: ignore[attr-defined]  # missing in the stubs
            while stream.read(2**20):  # the checksum follows the end of the tar
                pass
    except TooLarge as error:
        raise BadArchive(f"{path} is not unpacked: {error}.") from None
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"{path} is damaged: {error}.") from None
    if not (folder / COMPLETE).exists():
        raise BadArchive(f"{path} was cut off: its end is missing.")


class TooLarge(Exception):
    """Which bound it exceeds."""


class _Bounded:
    """Counts what is really unpacked: what an archive says of itself need not be true."""

    def __init__(self, stream: gzip.GzipFile, max_bytes: int) -> None:
        self._stream, self._remaining, self._max_bytes = stream, max_bytes, max_bytes

    def read(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self._remaining -= len(piece)
        if self._remaining < 0:
            raise TooLarge(f"it would take more than {self._max_bytes / 1e6:,.0f} MB")
        return piece


class _Member(tarfile.TarInfo):
    """tarfile reads long names and attributes into memory, however long they are."""

    def _proc_member(self, tar: tarfile.TarFile) -> Any:
        if self.type in _HEADERS and self.size > MAX_HEADER_BYTES:
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
    """A folder or a file below `folder`; our archives contain nothing else.

    tarfile's own filters would do, but Python 3.11.2 of Debian 12 does not have them.
    """
    parts = Path(member.name.lstrip("/")).parts
    if ".." in parts or not (member.isdir() or member.isreg()) or member.issparse():
        raise tarfile.TarError(f"{member.name} is not allowed in it")
    path = folder.joinpath(*parts)
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    content = tar.extractfile(member)
    assert content is not None  # a regular file has content
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
