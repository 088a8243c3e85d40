"""Where an archive lies: in a folder, or as an object in a bucket. It is written and read as a local file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from kernel.errors import BadRequest, Conflict, NotFound
from runtime.archives import BadArchive
from runtime.scratch import scratch
from stores.objects import Address, Objects
from tenants.backups.archive import About, read_about

Report = Callable[[str], None]
REPORT_INTERVAL_S = 2.0
HEAD_BYTES = 2**16  # enough for the archive's first member


class Location(Protocol):
    """An archive's, which need not be there yet. What asks a bucket raises Unavailable."""

    def check_free(self) -> None:
        """Raises BadRequest, Conflict where nothing can be written or something is there."""

    def writing(self, report: Report) -> AbstractContextManager[Path]:
        """As a context the path to write to; the archive is in place when it ends well, and else is not there."""

    def reading(self, report: Report) -> AbstractContextManager[Path]:
        """As a context the path to read from. Raises BadArchive where there is none."""

    def about(self) -> About:
        """Raises BadArchive."""

    def size(self) -> int | None:
        """Bytes; None where there is none."""

    def remove(self) -> None:
        """It is gone, also if it was before."""


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
    """Which of the archives are there; of a bucket, by one request for all of them."""
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
            upload.send(path, _now_and_then("Sending it to the bucket", report))

    @contextmanager
    def reading(self, report: Report) -> Iterator[Path]:
        with scratch(settings.HOME.run) as folder, self._named(folder / self.address.name) as path:
            _objects().download(self.address, path, _now_and_then("Fetching it from the bucket", report))
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
        """What is wrong with the local file is said of the object."""
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


def _now_and_then(what: str, report: Report) -> Callable[[int, int], None]:
    """The first and the last step, and between them one each two seconds."""
    reported = 0.0

    def on_progress(done: int, size: int) -> None:
        nonlocal reported
        if done == size or time.monotonic() - reported > REPORT_INTERVAL_S:
            reported = time.monotonic()
            report(f"{what}: {done / 1e6:,.0f} of {size / 1e6:,.0f} MB")

    return on_progress
