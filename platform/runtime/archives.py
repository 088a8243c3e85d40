"""Archives of ours: a gzipped tar whose first member says what it is and whose last one says that it is whole."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMPLETE = "complete"
FASTEST = 1  # samples are compressed already


class BadArchive(Exception):
    """Why the file cannot be restored, in a sentence."""


@contextmanager
def writing(path: Path, name: str, about: bytes) -> Iterator[tarfile.TarFile]:
    """A tar that appears under `path` only when it is whole and on the disk; `about` is its first member."""
    aside = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=FASTEST) as tar:
                add_bytes(tar, name, about)
                yield tar
                add_bytes(tar, COMPLETE, b"")
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
        with tarfile.open(path, "r:gz") as tar:
            first = tar.next()
            content = tar.extractfile(first) if first is not None and first.name == name else None
            if content is None:
                raise BadArchive(f"{path} {otherwise}")
            return content.read()
    except FileNotFoundError:
        raise BadArchive(f"There is no file {path}.") from None
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"{path} {otherwise} ({error})") from None


def unpack(path: Path, folder: Path) -> None:
    """Everything in the archive, below `folder`. Raises BadArchive if it is damaged or was cut off."""
    try:
        with gzip.open(path) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                folder.mkdir(parents=True, exist_ok=True)
                for member in tar:
                    _extract(tar, member, folder)
            while stream.read(2**20):  # the checksum stands behind the tar's own end
                pass
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"{path} is damaged: {error}.") from None
    if not (folder / COMPLETE).exists():
        raise BadArchive(f"{path} was cut off: its end is missing.")


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """A folder or a file of ours, below `folder`; anything else is none of our archives'.

    tarfile's own filters do as much, but not in the Python 3.11.2 of Debian 12.
    """
    parts = Path(member.name.lstrip("/")).parts
    if ".." in parts or not (member.isdir() or member.isreg()):
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
