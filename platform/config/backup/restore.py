"""Restore into an empty folder, in two processes: the first installs the archive's secrets; the second, whose settings
contain them, restores the rest. The control plane's database comes last.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from django.conf import settings

from config import platform
from config.backup.archive import SMALL_FILES, About, ArchivedTenant, authenticate, read_about, unpack
from ingest.events import attachments
from kernel.progress import Report
from runtime.home import PROJECT, Home, write_private
from runtime.supervisor import Supervisor
from stores.redis.dumping import restore_keys
from stores.redis.marks import EPOCH_KEY
from tenants import crypto
from tenants.backups.attachments import FOLDER, read_day
from tenants.backups.samples import has_shards
from tenants.drivers import Server
from tenants.drivers.local.backup import restore_disk

UNPACKED = "restoring"
NO_DATA = {"secrets.json", "ports.json", "run", "log", "uploads", "celery"}  # created by any command


class CannotRestore(Exception):
    """The reason, in a sentence."""


def restore(home: Home, path: Path, unauthenticated: bool = False) -> About:
    """Check and unpack the archive, install its secrets, run `restore_data` in a new process.

    Raises BadArchive, CannotRestore.
    """
    about = read_about(path)
    _check_empty(home)
    if not unauthenticated:
        authenticate(path)
    folder = home.folder(UNPACKED)
    try:
        unpack(path, folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    for small in SMALL_FILES:
        if (folder / small).exists():
            write_private(home.path / small, (folder / small).read_text())
    command = [sys.executable, str(PROJECT / "manage.py"), "restore", str(path), "--data-only"]
    if subprocess.run(command, env={**os.environ, "PLANTRACE_HOME": str(home.path)}).returncode:
        raise CannotRestore(f"The restore stopped half way. Empty {home.path} and restore again.")
    return about


def restore_data(home: Home, path: Path, report: Report) -> None:
    """Restore everything but the secrets. Runs in a process whose settings have the archive's secrets."""
    folder, about = home.folder(UNPACKED), read_about(path)
    _check_keys(about)
    _move_all(folder / "documents", home.folder("ferretdb"))
    _move_all(folder / "disks", home.folder("disks"))
    platform.ensure_stores(home)
    try:
        # Samples were copied after the Redis keys, so marks may be missing. Without an epoch every ladder is rebuilt.
        count = restore_keys(settings.REDIS_URL, folder / "keys", skipped=[EPOCH_KEY])
        report(f"{count} keys of Redis")
        for disk in sorted((folder / FOLDER).glob("*")):
            for day in sorted(disk.iterdir()):
                attachments.load(disk.name, day.name, read_day(day))
        for each in about.tenants:
            if each.online:
                _restore_samples(each, folder / "influx" / each.id)
                report(f"Samples of {each.slug}")
    finally:
        platform.down(home)
    _reset_tenants(folder / "control.sqlite3")
    (folder / "control.sqlite3").rename(home.path / "control.sqlite3")
    shutil.rmtree(folder)


def _check_empty(home: Home) -> None:
    if Supervisor(home).is_up():
        raise CannotRestore(f"An installation runs in {home.path}; restore into an empty folder.")
    found = sorted(path.name for path in home.path.iterdir() if path.name not in NO_DATA)
    if found:
        raise CannotRestore(f"{home.path} is not empty: it has {', '.join(found[:5])}. Restore into an empty folder.")


def _check_keys(about: About) -> None:
    known = {crypto.fingerprint(key) for key in settings.FERNET_KEYS}
    if not known & set(about.keys):
        raise CannotRestore("FERNET_KEYS has none of the keys of that installation; set it as it was there.")


def _move_all(source: Path, target: Path) -> None:
    for path in source.iterdir() if source.exists() else ():
        path.rename(target / path.name)


def _restore_samples(tenant: ArchivedTenant, samples: Path) -> None:
    if has_shards(samples):  # a tenant without samples is set up by the reconciler
        restore_disk(Server(tenant.id, tenant.slug, tenant.disk, "", {}), samples)
    shutil.rmtree(samples)


def _reset_tenants(database: Path) -> None:
    """Release all leases and have every open tenant provisioned again, with new ports and users."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE tenants_tenant SET lease_owner = '', lease_until = NULL, not_before = NULL, attempts = 0,"
            " endpoints = '{}'"
        )
        connection.execute(
            "UPDATE tenants_tenant SET state = 'provisioning', plan = 'provision' WHERE state IN ('ready', 'upgrading')"
        )
