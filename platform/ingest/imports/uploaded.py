"""The files of an import on the disk. Archives are unpacked at once where that is quick, and otherwise by the job."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ingest.imports.formats.unpacking import MAX_MEMBERS, is_zip, member_sizes, unpack
from ingest.imports.records import ImportFile
from kernel.errors import BadRequest

MAX_BYTES_AT_ONCE, MAX_MEMBERS_AT_ONCE = 32 << 20, 100  # of archives that are unpacked while their uploader waits
MEMBERS, UNFINISHED = "members", "unpacking"  # folders in that of the import

Named = tuple[str, Path]  # a file's name and where it is


def sizes_of_members(files: Sequence[Named]) -> list[int]:
    """What the archives among the files unpack to. BadRequest if that is too much or implausible."""
    sizes: list[int] = []
    for name, path in files:
        if is_zip(path, name):
            sizes += member_sizes(path, name)
        if len(sizes) > MAX_MEMBERS:
            raise BadRequest(
                f"The archives hold {len(sizes):,} files or more; at most {MAX_MEMBERS:,} are accepted at once.",
                slug="bad-file",
            )
    return sizes


def is_quick(sizes: Sequence[int]) -> bool:
    """Whether archives with members of these sizes are unpacked at once."""
    return len(sizes) <= MAX_MEMBERS_AT_ONCE and sum(sizes) <= MAX_BYTES_AT_ONCE


def put(files: Iterable[Named], folder: Path) -> list[ImportFile]:
    """Moves the files into their places."""
    placed: list[ImportFile] = []
    for name, path in files:
        place = _place(folder, len(placed), name)
        shutil.move(path, place)
        placed.append(ImportFile(name, place.stat().st_size))
    return placed


def unpacked(files: Sequence[Named], folder: Path, passed: Callable[[], None] = lambda: None) -> Iterator[Named]:
    """The files, with archives replaced by their members, which are to be moved away. `passed`: after each piece."""
    for number, (name, path) in enumerate(files):
        if not is_zip(path, name):
            yield name, path
            continue
        inside = folder / f"zip{number}"
        inside.mkdir()
        yield from unpack(path, name, inside, passed)
        shutil.rmtree(inside)


def unpack_in_place(folder: Path, files: Sequence[ImportFile], passed: Callable[[], None]) -> None:
    """Replaces the archives among the import's files by their members; `discard_unfinished` what was killed first."""
    making = folder / UNFINISHED
    links = making / "links"
    links.mkdir(parents=True)
    placed: list[Named] = []
    for path in paths_of(folder, files):  # links, as what is no archive is moved from there
        link = links / str(len(placed))
        os.link(path, link)
        placed.append((path.name, link))
    put(unpacked(placed, making, passed), making)
    shutil.rmtree(links)
    making.rename(folder / MEMBERS)


def discard_unfinished(folder: Path) -> None:
    """Removes what a killed attempt has unpacked."""
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)


def is_unpacked(folder: Path) -> bool:
    return (folder / MEMBERS).is_dir()


def members_of(folder: Path) -> list[ImportFile]:
    """Of an import that is unpacked, the files; the archives that they came in are removed."""
    for place in folder.iterdir():
        if place.name.isdecimal():
            shutil.rmtree(place)
    places = sorted((folder / MEMBERS).iterdir(), key=lambda place: int(place.name))
    return [ImportFile(path.name, path.stat().st_size) for place in places for path in place.iterdir()]


def paths_of(folder: Path, files: Sequence[ImportFile]) -> list[Path]:
    inside = folder / MEMBERS if is_unpacked(folder) else folder
    return [_place(inside, number, file.name) for number, file in enumerate(files)]


def _place(folder: Path, number: int, name: str) -> Path:
    """Each file in a folder of its own, so that names may repeat and reports show them unchanged."""
    place = folder / str(number)
    place.mkdir(exist_ok=True)
    return place / name
