"""Where an archive is stored: in a folder, or as an object in a bucket. It is written and read as a local file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from kernel.errors import BadRequest, Conflict, NotFound
from kernel.progress import Report
from runtime.archives import BadArchive
from runtime.scratch import scratch
from stores.objects import Address, Objects
from tenants.backups.archive import About, read_about

REPORT_INTERVAL_S = 2.0
HEAD_BYTES = 2**16  # enough for the archive's first member


class Location(Protocol):
    """Of an archive, which may not exist yet. Methods that access a bucket raise Unavailable."""

    def check_free(self) -> None:
        """Raises BadRequest if nothing can be written there, Conflict if something exists."""

    def writing(self, report: Report) -> AbstractContextManager[Path]:
        """A context with the path to write to; the archive appears only if it exits without an error."""

    def reading(self, report: Report) -> AbstractContextManager[Path]:
        """A context with the path to read from. Raises BadArchive if there is none."""

    def about(self) -> About:
        """Raises BadArchive."""

    def size(self) -> int | None:
        """Bytes; None if there is none."""

    def remove(self) -> None:
        """Ensure that it is gone."""


def location_of(text: str | Path) -> Location:
    """A file's path, or `s3://bucket/name`. Raises BadRequest."""
    if "://" not in str(text):
        return FileLocation(Path(text).resolve())
    try:
        address = Address.parse(str(text))
    except ValueError as error:
        raise BadRequest(str(error)) from None
    if not address.key:
        raise BadRequest(f"{text} names no archive: a name must follow the bucket's.")
    return ObjectLocation(address)


def present(folder: str, names: Iterable[str]) -> set[str]:
    """Which of the archives exist; for a bucket, with one request for all."""
    if "://" in folder:
        return set(names) & _objects().sizes(Address.parse(folder)).keys()
    return {name for name in names if (Path(folder) / name).exists()}


@dataclass(frozen=True)
class FileLocation:
    path: Path

    def check_free(self) -> None:
        if not self.path.parent.is_dir():
            raise BadRequest(f"There is no folder {self.path.parent}.")
        if self.path.exists():
            raise Conflict(f"{self.path} exists; name another file.")

    @contextmanager
    def writing(self, report: Report) -> Iterator[Path]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield self.path

    @contextmanager
    def reading(self, report: Report) -> Iterator[Path]:
        yield self.path

    def about(self) -> About:
        return read_about(self.path)

    def size(self) -> int | None:
        return self.path.stat().st_size if self.path.exists() else None

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class ObjectLocation:
    address: Address

    def check_free(self) -> None:
        if self.size() is not None:
            raise Conflict(f"{self} exists; name another object.")

    @contextmanager
    def writing(self, report: Report) -> Iterator[Path]:
        with _objects().upload(self.address) as upload, scratch(settings.HOME.run) as folder:
            path = folder / self.address.name
            yield path
            upload.send(path, _throttled("Uploading to the bucket", report))

    @contextmanager
    def reading(self, report: Report) -> Iterator[Path]:
        with scratch(settings.HOME.run) as folder, self._named(folder / self.address.name) as path:
            _objects().download(self.address, path, _throttled("Downloading from the bucket", report))
            yield path

    def about(self) -> About:
        with scratch(settings.HOME.run) as folder, self._named(folder / self.address.name) as path:
            path.write_bytes(_objects().head(self.address, HEAD_BYTES))
            return read_about(path)

    def size(self) -> int | None:
        return _objects().size(self.address)

    def remove(self) -> None:
        _objects().remove(self.address)

    @contextmanager
    def _named(self, path: Path) -> Iterator[Path]:
        """Errors about the local file name the object instead."""
        try:
            yield path
        except NotFound as error:
            raise BadArchive(error.detail) from None
        except BadArchive as error:
            raise type(error)(str(error).replace(str(path), str(self))) from None

    def __str__(self) -> str:
        return str(self.address)


def _objects() -> Objects:
    return Objects(settings.AWS_ENDPOINT_URL)


def _throttled(what: str, report: Report) -> Callable[[int, int], None]:
    """Reports the first and the last step, and one every two seconds in between."""
    reported = 0.0

    def on_progress(done: int, size: int) -> None:
        nonlocal reported
        if done == size or time.monotonic() - reported > REPORT_INTERVAL_S:
            reported = time.monotonic()
            report(f"{what}: {done / 1e6:,.0f} of {size / 1e6:,.0f} MB")

    return on_progress
