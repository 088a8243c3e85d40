"""Local tenants' disks in a backup of the whole installation: copied from a running influxd, loaded into a new one."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from tenants import influx
from tenants.backups import samples
from tenants.backups.samples import save_samples
from tenants.drivers import driver_named
from tenants.drivers.base import DriverError, Server
from tenants.drivers.blocking import wait_for_server
from tenants.drivers.local.driver import disk_folder, running_tenants
from tenants.secrets import make_secrets

__all__ = ["disk_folder", "restore_disk", "running_tenants", "save_samples"]

LOADED_WITHIN_S = 300.0
POLL_INTERVAL_S = 0.1


def restore_disk(server: Server, folder: Path) -> None:
    """Replace the content of the server's disk with the samples of a backup. It is stopped afterwards."""
    driver = driver_named("local")
    server = replace(server, endpoints=driver.allocate_endpoints(server))
    disk = disk_folder(settings.HOME, server.disk)
    shutil.rmtree(disk, ignore_errors=True)
    wait_for_server(driver, server)
    _load_samples(server, folder, disk)
    # By a temporary admin user: the reconciler gives it the saved password, and creates the others.
    url, temporary = server.endpoints["http"], make_secrets()
    influx.ensure_admin(url, temporary, lambda name: driver.admin_token(server, name))
    influx.wait_readable(url, temporary)
    driver.stop_server(server)


def _load_samples(server: Server, folder: Path, disk: Path) -> None:
    """influxd answers before the last shards are in place, and loses them if it is stopped then.

    So this waits until every shard of the backup has its files.
    """
    samples.load_samples(server, folder)
    wanted = samples.filled_shards(folder)
    deadline = time.monotonic() + LOADED_WITHIN_S
    while (found := _loaded_shards(disk)) < wanted:
        if time.monotonic() > deadline:
            raise DriverError(f"Only {found} of {wanted} shards of {server.slug} were loaded.")
        time.sleep(POLL_INTERVAL_S)


def _loaded_shards(disk: Path) -> int:
    """Shards (`data/<database>/<policy>/<shard>`) with samples, none of whose files is still being written."""
    shards = {path.parent for path in disk.glob("data/*/*/*/*.tsm")}
    return sum(not any(shard.glob("*.tmp")) for shard in shards)
