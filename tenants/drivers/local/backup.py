"""A local tenant's samples, out of its influxd and back into one. Users are not among them: they are made anew."""

from __future__ import annotations

import subprocess
import tarfile
import time
from pathlib import Path

from runtime.programs import binary
from tenants.drivers.base import DriverError, Server

LOADED_WITHIN_S = 300.0


def save_samples(server: Server, folder: Path) -> None:
    """InfluxDB's own portable backup, taken while it runs."""
    _influxd("backup", server, folder)


def load_samples(server: Server, folder: Path, disk: Path) -> None:
    """Into a server that runs and has no database yet.

    influxd answers before it has put the last shards into place, so a server that is stopped then has lost them: this
    waits until every shard of the backup has its files.
    """
    _influxd("restore", server, folder)
    wanted = sum(_has_samples(archive) for archive in folder.glob("*.tar.gz"))
    deadline = time.monotonic() + LOADED_WITHIN_S
    while (found := _loaded_shards(disk)) < wanted:
        if time.monotonic() > deadline:
            raise DriverError(f"Only {found} of {wanted} shards of {server.slug} were loaded.")
        time.sleep(0.1)


def _has_samples(archive: Path) -> bool:
    with tarfile.open(archive) as tar:
        return any(member.name.endswith(".tsm") for member in tar)


def _loaded_shards(disk: Path) -> int:
    """Shards (`data/<database>/<policy>/<shard>`) with samples, none of whose files is still being written."""
    shards = {path.parent for path in disk.glob("data/*/*/*/*.tsm")}
    return sum(not any(shard.glob("*.tmp")) for shard in shards)


def _influxd(action: str, server: Server, folder: Path) -> None:
    command = [binary("influxd"), action, "-portable", "-host", server.endpoints["backup"], str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if result.returncode:
        last = " ".join((result.stderr or result.stdout).split())[-300:]
        raise DriverError(f"The {action} of {server.slug}'s InfluxDB failed: {last}")
