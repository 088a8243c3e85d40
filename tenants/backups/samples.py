"""A tenant's samples out of its influxd and back into one, by InfluxDB's own protocol on its backup port.

Its users are not among them: they are made anew.
"""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

from runtime.programs import binary
from tenants.drivers.base import DriverError, Server


def save_samples(server: Server, folder: Path) -> None:
    """A portable backup, taken while the server runs."""
    _influxd("backup", server, folder)


def load_samples(server: Server, folder: Path) -> None:
    """Into a server that runs and has no database yet. It answers before the last shards are in place."""
    _influxd("restore", server, folder)


def filled_shards(folder: Path) -> int:
    """How many shards of a backup hold samples."""
    return sum(_has_samples(archive) for archive in folder.glob("*.tar.gz"))


def _has_samples(archive: Path) -> bool:
    with tarfile.open(archive) as tar:
        return any(member.name.endswith(".tsm") for member in tar)


def _influxd(action: str, server: Server, folder: Path) -> None:
    command = [binary("influxd"), action, "-portable", "-host", server.endpoints["backup"], str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if result.returncode:
        last = " ".join((result.stderr or result.stdout).split())[-300:]
        raise DriverError(f"The {action} of {server.slug}'s InfluxDB failed: {last}")
