"""Small objects by key, in a folder or in a bucket: written whole, durable when `put` returns."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Protocol

from kernel.errors import NotFound, Unavailable
from stores.objects.address import SCHEME, Address
from stores.objects.client import Objects

_KEY = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")


class Blobs(Protocol):
    """Keys are names of letters, digits, `_` and `-`, joined by `/`. All methods raise Unavailable."""

    def put(self, key: str, data: bytes) -> bool:
        """Ensure the object. What has a key never changes, so one that exists is left alone: False."""

    def get(self, key: str) -> bytes:
        """Raises NotFound."""

    def names(self, prefix: str) -> list[str]:
        """What there is directly below the prefix, sorted."""

    def size(self, prefix: str) -> int:
        """The bytes of all objects below the prefix."""

    def remove(self, prefix: str) -> None:
        """Ensure that there is no object of that key, and nothing below it."""


def blobs_at(place: str, endpoint: str = "") -> Blobs:
    """A folder's path, or `s3://bucket/prefix`."""
    return BucketBlobs(Address.parse(place), endpoint) if place.startswith(SCHEME) else FolderBlobs(Path(place))


class FolderBlobs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, data: bytes) -> bool:
        path = self._folder / _checked(key)
        try:
            if path.exists():
                return False
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            _write_durably(temporary, data)
            temporary.replace(path)
            for parent in (path.parent, path.parent.parent):
                _sync(parent)
        except OSError as error:
            raise _failed(error) from None
        return True

    def get(self, key: str) -> bytes:
        try:
            return (self._folder / _checked(key)).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"There is no object {key}.") from None
        except OSError as error:
            raise _failed(error) from None

    def names(self, prefix: str) -> list[str]:
        try:
            return sorted(each.name for each in (self._folder / _checked(prefix)).iterdir() if each.name[0] != ".")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _failed(error) from None

    def size(self, prefix: str) -> int:
        return sum(each.stat().st_size for each in (self._folder / _checked(prefix)).rglob("*") if each.is_file())

    def remove(self, prefix: str) -> None:
        path = self._folder / _checked(prefix)
        try:
            for unfinished in path.parent.glob(f".{path.name}.*"):  # of a killed `put`
                unfinished.unlink(missing_ok=True)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except FileNotFoundError:  # somebody else removes it, too
            return
        except OSError as error:
            raise _failed(error) from None


class BucketBlobs:
    def __init__(self, prefix: Address, endpoint: str) -> None:
        self._prefix, self._objects = prefix, Objects(endpoint)

    def put(self, key: str, data: bytes) -> bool:
        address = self._prefix / _checked(key)
        if self._objects.size(address) == len(data):
            return False
        self._objects.write(address, data)
        return True

    def get(self, key: str) -> bytes:
        return self._objects.read(self._prefix / _checked(key))

    def names(self, prefix: str) -> list[str]:
        return sorted(name for name, _ in self._objects.below(self._prefix / _checked(prefix)))

    def size(self, prefix: str) -> int:
        return sum(size for _, size in self._objects.below(self._prefix / _checked(prefix), recursive=True))

    def remove(self, prefix: str) -> None:
        self._objects.remove(self._prefix / _checked(prefix))
        self._objects.remove_below(self._prefix / _checked(prefix))


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise NotFound(f"There is no object {key[:80]}.")
    return key


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """So that the names in it are durable, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failed(error: OSError) -> Unavailable:
    return Unavailable(f"The store of attachments failed: {error.strerror}. Try again later.", part="attachments")
