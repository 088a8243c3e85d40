"""What a run has made on this machine, written down before or as it is made, so that anybody can end exactly that."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from tests.testbed.addresses import Addresses
from tests.testbed.places import RUNS
from tests.testbed.processes import Identity, is_running


class Program(msgspec.Struct, frozen=True):
    """One process of a cluster, as it is started again too."""

    name: str
    command: list[str]
    environment: dict[str, str] = {}


class Record(msgspec.Struct):
    run: str  # a short random id, in the names of namespace, cgroups and folders
    folder: str
    namespace: str  # a network namespace
    index: int = 0
    owner: Identity | None = None  # once this process is gone, so should the cluster be
    beside: str = ""  # the run whose namespace this is
    programs: dict[str, Program] = {}
    processes: dict[str, Identity] = {}

    @property
    def path(self) -> Path:
        return Path(self.folder)

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.index)

    @property
    def is_abandoned(self) -> bool:
        return self.owner is not None and not is_running(self.owner)

    def save(self) -> None:
        RUNS.mkdir(mode=0o700, exist_ok=True)
        aside = RUNS / f".{self.run}.{os.getpid()}"
        aside.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
        aside.rename(_file(self.run))

    def forget(self) -> None:
        _file(self.run).unlink(missing_ok=True)


def all_records() -> list[Record]:
    found = []
    for file in sorted(RUNS.glob("*.json")):
        with contextlib.suppress(FileNotFoundError):  # ended this moment
            found.append(msgspec.json.decode(file.read_bytes(), type=Record))
    return found


def find(folder: Path) -> Record | None:
    """The record of the cluster in that folder."""
    wanted = str(folder.resolve())
    return next((record for record in all_records() if record.folder == wanted), None)


def _file(run: str) -> Path:
    return RUNS / f"{run}.json"
