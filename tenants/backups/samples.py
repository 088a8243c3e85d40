"""Backup and restore of a tenant's samples, by InfluxDB's own protocol on its backup port.

Its users are not among them: they are created again.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from runtime.programs import binary
from tenants.drivers.base import DriverError, Server

ReportBytes = Callable[[int], None]
REPORT_INTERVAL_S = 2.0


def save_samples(server: Server, folder: Path, report: ReportBytes = lambda bytes: None) -> None:
    """Take a portable backup while the server runs. `report` gets the number of bytes from time to time."""
    _influxd("backup", server, folder, report)


def load_samples(server: Server, folder: Path) -> None:
    """Restore into a running server without a database. influxd responds before the last shards are in place."""
    if has_shards(folder):  # influxd refuses a backup of a tenant that never had a sample
        _influxd("restore", server, folder)


def has_shards(folder: Path) -> bool:
    """Whether a backup holds anything."""
    return any(folder.glob("*.tar.gz"))


def filled_shards(folder: Path) -> int:
    """How many shards of a backup hold samples."""
    return sum(_has_samples(archive) for archive in folder.glob("*.tar.gz"))


def _has_samples(archive: Path) -> bool:
    with tarfile.open(archive) as tar:
        return any(member.name.endswith(".tsm") for member in tar)


def _influxd(action: str, server: Server, folder: Path, report: ReportBytes = lambda bytes: None) -> None:
    command = [binary("influxd"), action, "-portable", "-host", server.endpoints["backup"], str(folder)]
    with tempfile.TemporaryFile("w+") as output:
        code = _follow(subprocess.Popen(command, stdout=output, stderr=output, cwd=folder), folder, report)
        output.seek(0)
        if code:
            last = " ".join(output.read().split())[-300:]
            raise DriverError(f"The {action} of {server.slug}'s InfluxDB failed: {last}")


def _follow(process: subprocess.Popen[bytes], folder: Path, report: ReportBytes) -> int:
    """Its exit code. It is killed if the caller is interrupted."""
    try:
        while True:
            try:
                return process.wait(REPORT_INTERVAL_S)
            except subprocess.TimeoutExpired:
                report(sum(each.stat().st_size for each in folder.glob("*")))
    finally:
        process.kill()
        process.wait()
