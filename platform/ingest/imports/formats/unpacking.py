"""Zip archives of history files: their members in the place of the archive, bounded before they are unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ingest.imports.formats.file_names import file_name
from kernel.errors import BadRequest

MAX_MEMBERS = 10_000
MAX_UNPACKED = 16 << 30
MAX_RATIO = 200  # of what a member unpacks to; text of numbers is packed to a tenth
PIECE = 1 << 20


def is_zip(path: Path) -> bool:
    """An archive of files; a workbook is one too, but is read as what it is."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def unpack(path: Path, name: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and place of each file in the archive, in its order, each in a folder of its own. BadRequest."""
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
        raise BadRequest(f"{name} unpacks to {total:,} bytes, which is too much for it.", slug="bad-file")


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, name: str) -> None:
    """No more than the archive said of it, whatever comes out."""
    left = member.file_size
    with archive.open(member) as packed, place.open("wb") as out:
        while piece := packed.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise BadRequest(f"{name} is damaged: {member.filename[:80]} is longer than it says.", slug="bad-file")
            out.write(piece)


def _plain_name(member: zipfile.ZipInfo) -> str | None:
    """Without folders, so that it can lie nowhere else; None of what operating systems put beside files."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.parts[:1] == ("__MACOSX",) or path.name in ("", "..", ".DS_Store", "Thumbs.db", "desktop.ini"):
        return None
    return file_name(path.name)
