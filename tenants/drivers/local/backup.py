"""Samples into a local tenant's influxd that is stopped soon afterwards."""

from __future__ import annotations

import time
from pathlib import Path

from tenants.backups import samples
from tenants.backups.samples import save_samples
from tenants.drivers.base import DriverError, Server

__all__ = ["load_samples", "save_samples"]

LOADED_WITHIN_S = 300.0


def load_samples(server: Server, folder: Path, disk: Path) -> None:
    """influxd answers before the last shards are in place, and one that is stopped then has lost them.

    So this waits until every shard of the backup has its files.
    """
    samples.load_samples(server, folder)
    wanted = samples.filled_shards(folder)
    deadline = time.monotonic() + LOADED_WITHIN_S
    while (found := _loaded_shards(disk)) < wanted:
        if time.monotonic() > deadline:
            raise DriverError(f"Only {found} of {wanted} shards of {server.slug} were loaded.")
        time.sleep(0.1)


def _loaded_shards(disk: Path) -> int:
    """Shards (`data/<database>/<policy>/<shard>`) with samples, none of whose files is still being written."""
    shards = {path.parent for path in disk.glob("data/*/*/*/*.tsm")}
    return sum(not any(shard.glob("*.tmp")) for shard in shards)
