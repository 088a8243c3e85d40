"""Zip archives of history files: members take the archive's place; sizes are bounded before unpacking."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ingest.imports.formats.budget import MAX_UNPACKED
from ingest.imports.formats.file_names import file_name
from kernel.errors import BadRequest

MAX_MEMBERS = 10_000
MAX_RATIO = 200  # numbers as text compress to about a tenth
PIECE = 1 << 20
MAX_CONTENTS = 8 << 20  # bytes of an archive's list of its members


class Archive(zipfile.ZipFile):
    """An archive whose list of members is bounded before it is read: it may be longer than the files. BadRequest."""

    def __init__(self, path: Path, name: str) -> None:
        self._source = _Source(path, name)
        try:
            super().__init__(self._source)
        except BaseException:
            self._source.close()
            raise
        self._source.is_bounded = False

    def close(self) -> None:
        super().close()
        self._source.close()


class _Source(io.BufferedReader):
    """zipfile reads the list at once, before anything else."""

    is_bounded = True

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(io.FileIO(path))
        self._name = name

    def read(self, size: int | None = -1, /) -> bytes:
        if self.is_bounded and size is not None and size > MAX_CONTENTS:
            raise BadRequest(f"{self._name} lists more files than an archive may hold; split it.", slug="bad-file")
        return super().read(size)


def is_zip(path: Path, name: str) -> bool:
    """Whether it is an archive of files; a workbook is a zip too, but is read as a workbook."""
    try:
        with Archive(path, name) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def member_sizes(path: Path, name: str) -> list[int]:
    """What each file in the archive unpacks to. BadRequest if that is implausible."""
    with _told(name), Archive(path, name) as archive:
        return [member.file_size for member in _members(archive, name)]


def unpack(
    path: Path, name: str, folder: Path, passed: Callable[[], None] = lambda: None
) -> Iterator[tuple[str, Path]]:
    """Name and path of each file in the archive, in its order, each in a folder of its own. BadRequest.

    `passed` is called after each piece, and may end it.
    """
    with _told(name), Archive(path, name) as archive:
        for number, member in enumerate(_members(archive, name)):
            inner = _plain_name(member) or ""
            place = folder / str(number) / inner
            place.parent.mkdir(parents=True)
            _copy(archive, member, place, name, passed)
            yield inner, place


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise BadRequest(f"{name} cannot be unpacked: {error}.", slug="bad-file") from None


def _members(archive: Archive, name: str) -> list[zipfile.ZipInfo]:
    members = [each for each in archive.infolist() if not each.is_dir() and _plain_name(each) is not None]
    _check(name, members)
    return members


def _check(name: str, members: Sequence[zipfile.ZipInfo]) -> None:
    if not members:
        raise BadRequest(f"{name} holds no files.", slug="bad-file")
    if len(members) > MAX_MEMBERS:
        raise BadRequest(f"{name} holds {len(members):,} files; at most {MAX_MEMBERS:,} are accepted.", slug="bad-file")
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED or any(m.file_size > MAX_RATIO * max(m.compress_size, PIECE) for m in members):
        raise BadRequest(f"{name} unpacks to {total:,} bytes, which is implausible for its size.", slug="bad-file")


def _copy(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, name: str, passed: Callable[[], None]
) -> None:
    """Copies no more than the declared size."""
    left = member.file_size
    with archive.open(member) as packed, place.open("wb") as out:
        while piece := packed.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise BadRequest(f"{name} is damaged: {member.filename[:80]} is longer than it says.", slug="bad-file")
            out.write(piece)
            passed()


def _plain_name(member: zipfile.ZipInfo) -> str | None:
    """The name without folders, so that it cannot escape; None for files that operating systems add."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.parts[:1] == ("__MACOSX",) or path.name in ("", "..", ".DS_Store", "Thumbs.db", "desktop.ini"):
        return None
    return file_name(path.name)
