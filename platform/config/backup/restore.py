"""Restoring a backup into an empty folder, in two processes: the first brings the archive's secrets into place; the
second, which reads its settings again, everything else. The control plane's database comes last of all.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.conf import settings

from config import platform
from config.backup.archive import SMALL_FILES, About, Held, authenticate, read_about, unpack
from runtime.home import PROJECT, Home, write_private
from runtime.supervisor import Supervisor
from stores.redis.dumping import restore_keys
from stores.redis.marks import EPOCH_KEY
from tenants import crypto
from tenants.backups.samples import has_shards
from tenants.drivers import Server
from tenants.drivers.local.backup import restore_disk

Report = Callable[[str], None]
UNPACKED = "restoring"
NO_DATA = {"secrets.json", "ports.json", "run", "log", "uploads", "celery"}  # any command makes these


class CannotRestore(Exception):
    """Why not, in a sentence."""


def restore(home: Home, path: Path, unauthenticated: bool = False) -> About:
    """The first process: check, unpack, place the secrets, start the second. Raises BadArchive, CannotRestore."""
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
    command = [sys.executable, str(PROJECT / "manage.py"), "restore", str(path), "--second-half"]
    if subprocess.run(command, env={**os.environ, "PLANTRACE_HOME": str(home.path)}).returncode:
        raise CannotRestore(f"The restore stopped half way. Empty {home.path} and restore again.")
    return about


def second_half(home: Home, path: Path, report: Report) -> None:
    """The second process, with the archive's own secrets in its settings."""
    folder, about = home.folder(UNPACKED), read_about(path)
    _check_keys(about)
    _move_all(folder / "documents", home.folder("ferretdb"))
    _move_all(folder / "disks", home.folder("disks"))
    platform.ensure_stores(home)
    try:
        # Samples are copied after the keys, so the marks of some may be missing: without its epoch all of a ladder is
        # built again.
        count = restore_keys(settings.REDIS_URL, folder / "keys", skipped=[EPOCH_KEY])
        report(f"{count} keys of Redis")
        for each in about.tenants:
            if each.online:
                _restore_samples(each, folder / "influx" / each.id)
                report(f"Samples of {each.slug}")
    finally:
        platform.down(home)
    _set_at_work(folder / "control.sqlite3")
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


def _restore_samples(held: Held, samples: Path) -> None:
    if has_shards(samples):  # else a tenant that never had a sample: the reconciler makes what it had
        restore_disk(Server(held.id, held.slug, held.disk, "", {}), samples)
    shutil.rmtree(samples)


def _set_at_work(database: Path) -> None:
    """Nobody holds a lease, and every tenant that was open is set up again: new ports, users, its server."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE tenants_tenant SET lease_owner = '', lease_until = NULL, not_before = NULL, attempts = 0,"
            " endpoints = '{}'"
        )
        connection.execute(
            "UPDATE tenants_tenant SET state = 'provisioning', plan = 'provision' WHERE state IN ('ready', 'upgrading')"
        )
