"""Zip archives of history files: members take the archive's place; sizes are bounded before unpacking."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ingest.imports.formats.file_names import file_name
from kernel.errors import BadRequest

MAX_MEMBERS = 10_000
MAX_UNPACKED = 16 << 30
MAX_RATIO = 200  # numbers as text compress to about a tenth
PIECE = 1 << 20


def is_zip(path: Path) -> bool:
    """Whether it is an archive of files; a workbook is a zip too, but is read as a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def unpack(path: Path, name: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and path of each file in the archive, in its order, each in a folder of its own. BadRequest."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir() and _plain_name(each) is not None]
            _check(name, members)
            for number, member in enumerate(members):
                inner = _plain_name(member) or ""
                place = folder / str(number) / inner
                place.parent.mkdir(parents=True)
                _copy(archive, member, place, name)
                yield inner, place
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise BadRequest(f"{name} cannot be unpacked: {error}.", slug="bad-file") from None


def _check(name: str, members: Sequence[zipfile.ZipInfo]) -> None:
    if not members:
        raise BadRequest(f"{name} holds no files.", slug="bad-file")
    if len(members) > MAX_MEMBERS:
        raise BadRequest(f"{name} holds {len(members):,} files; at most {MAX_MEMBERS:,} are taken.", slug="bad-file")
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED or any(m.file_size > MAX_RATIO * max(m.compress_size, PIECE) for m in members):
        raise BadRequest(f"{name} unpacks to {total:,} bytes, which is implausible for its size.", slug="bad-file")


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, name: str) -> None:
    """Copies no more than the declared size."""
    left = member.file_size
    with archive.open(member) as packed, place.open("wb") as out:
        while piece := packed.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise BadRequest(f"{name} is damaged: {member.filename[:80]} is longer than it says.", slug="bad-file")
            out.write(piece)


def _plain_name(member: zipfile.ZipInfo) -> str | None:
    """The name without folders, so that it cannot escape; None for files that operating systems add."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.parts[:1] == ("__MACOSX",) or path.name in ("", "..", ".DS_Store", "Thumbs.db", "desktop.ini"):
        return None
    return file_name(path.name)
