"""A local tenant's samples, out of its influxd and back into one. Users are not among them: they are made anew."""

from __future__ import annotations

import subprocess
from pathlib import Path

from runtime.programs import binary
from tenants.drivers.base import DriverError, Server


def save_samples(server: Server, folder: Path) -> None:
    """InfluxDB's own portable backup, taken while it runs."""
    _influxd("backup", server, folder)


def load_samples(server: Server, folder: Path) -> None:
    """Into a server that runs and has no database yet."""
    _influxd("restore", server, folder)


def _influxd(action: str, server: Server, folder: Path) -> None:
    command = [binary("influxd"), action, "-portable", "-host", server.endpoints["backup"], str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if result.returncode:
        last = " ".join((result.stderr or result.stdout).split())[-300:]
        raise DriverError(f"The {action} of {server.slug}'s InfluxDB failed: {last}")
