"""The durable record of a change: numbered files of samples before and after, each synced before it is applied."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest.changes.changes import Changes, changes_of, table_of
from kernel.tenancy import TenantConnection
from runtime.home import Home
from stores.documents import Document

FOLDER, SUFFIX = "changes", ".arrow"
TTL_S = 30 * 86_400
_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


@dataclass(slots=True)
class SensorRange:
    """The times of what was written for one sensor, in ms, both included.

    `replaced`: how many samples an undo would bring back; None in pieces of before 0.2.
    """

    start: int
    end: int
    samples: int
    replaced: int | None = None


class Journal:
    """Pieces are appended in the order in which InfluxDB gets them, and undone from the last to the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, changes: Sequence[Changes]) -> None:
        """Returns once the piece would survive a power failure."""
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(self.folder.parent)
            _sync_folder(self.folder.parent.parent)
        self._write(self.folder / f"{self.count() + 1:08d}{SUFFIX}", changes)

    def replace(self, number: int, changes: Sequence[Changes]) -> None:
        """Replace the piece of that number, of a change that is still being planned."""
        self._write(self._paths()[number], changes)

    def _write(self, path: Path, changes: Sequence[Changes]) -> None:
        ranges = {each.key: _range_of(each) for each in changes if len(each)}
        table = table_of(changes).replace_schema_metadata({"ranges": json.dumps(ranges)})
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            with pa.ipc.new_file(file, table.schema, options=_OPTIONS) as out:
                out.write_table(table)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _sync_folder(self.folder)

    def exists(self) -> bool:
        return self.count() > 0

    def count(self) -> int:
        return len(self._paths())

    def read(self, number: int) -> list[Changes]:
        """The piece of that number, counted from 0."""
        with pa.memory_map(str(self._paths()[number])) as source:
            return changes_of(pa.ipc.open_file(source).read_all())

    def ranges(self) -> dict[str, SensorRange]:
        """By `site/sensor`; samples that were written twice count twice."""
        found: dict[str, SensorRange] = {}
        for piece in self.ranges_by_piece():
            for key, part in piece.items():
                known = found.setdefault(key, SensorRange(part.start, part.end, 0))
                known.start, known.end = min(known.start, part.start), max(known.end, part.end)
                known.samples += part.samples
        return found

    def ranges_by_piece(self) -> Iterator[dict[str, SensorRange]]:
        """In the order of the pieces, without reading their samples; one that goes in the meantime is left out."""
        for path in self._paths():
            with suppress(FileNotFoundError):
                yield _ranges_in(path)

    def restorable(self) -> set[str]:
        """The ids of sensors of which an undo may bring samples back that were replaced or removed."""
        parts = (part for piece in self.ranges_by_piece() for part in piece.items())
        return {key.rpartition("/")[2] for key, part in parts if part.replaced != 0}

    def touch(self) -> None:
        """Restarts its 30 days."""
        if self.folder.is_dir():
            os.utime(self.folder)

    def clear(self) -> None:
        """Returns once it would not be there again after a power failure."""
        if self.folder.is_dir():
            shutil.rmtree(self.folder, ignore_errors=True)
            with suppress(FileNotFoundError):  # the tenant is gone
                _sync_folder(self.folder.parent)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob(f"*{SUFFIX}"))


def journal_of(tenant: TenantConnection, id: str) -> Journal:
    """Of an import or correction; filed under the name of the tenant's document database, which a kept disk keeps."""
    return Journal(Home.from_environment().folder(FOLDER) / tenant.documents / id)


def journals_of(tenant: TenantConnection) -> list[Journal]:
    """Of all imports and corrections that can be undone, if this process can see the files."""
    return [Journal(folder) for folder in (Home.from_environment().folder(FOLDER) / tenant.documents).glob("*")]


def is_undoable(tenant: TenantConnection, job: Document, now: int) -> bool:
    """Whether the import or correction may still be undone; `now` is epoch ms."""
    created: int = job["created"]
    return created >= now - TTL_S * 1000 or journal_of(tenant, job["_id"]).exists()


def delete_journals(tenant: TenantConnection) -> None:
    """Deletes all of a tenant's journals, if this process can see the files; called when its documents are deleted."""
    shutil.rmtree(Home.from_environment().folder(FOLDER) / tenant.documents, ignore_errors=True)


def purge_expired(now_s: float, is_gone: Callable[[str], bool]) -> None:
    """Deletes journals older than 30 days, and all those of tenants whose document database, by name, is gone."""
    for tenant in Home.from_environment().folder(FOLDER).iterdir():
        if is_gone(tenant.name):
            shutil.rmtree(tenant, ignore_errors=True)
            continue
        for folder in tenant.glob("*"):
            with suppress(FileNotFoundError):  # cleared in the meantime
                if now_s - folder.stat().st_mtime > TTL_S:
                    shutil.rmtree(folder, ignore_errors=True)


def _ranges_in(path: Path) -> dict[str, SensorRange]:
    with pa.memory_map(str(path)) as source:
        metadata = pa.ipc.open_file(source).schema.metadata
    return {key: SensorRange(*numbers) for key, numbers in json.loads(metadata[b"ranges"]).items()}


def _range_of(changes: Changes) -> tuple[int, int, int, int]:
    t, old, new = changes.old.t, changes.old.there, changes.new.there
    return int(t[0]) // 1_000_000, int(t[-1]) // 1_000_000, int(new.sum()), int(old.sum())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
