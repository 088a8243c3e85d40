"""Backup of a running installation.

Order matters: Redis is copied before the InfluxDBs, so a batch that moves between them is in both (writing it twice is
harmless) and never in neither.
"""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from config.backup.archive import FORMAT, SMALL_FILES, About, ArchivedTenant, writing
from config.backup.sqlite import copy_sqlite
from ingest.events import attachments
from kernel.progress import Report
from runtime.home import Home
from stores.redis.dumping import dump_keys
from tenants import crypto
from tenants.backups.attachments import FOLDER, write_day
from tenants.backups.slots import holding_slot
from tenants.drivers.local.backup import disk_folder, running_tenants, save_samples
from tenants.interfaces import data_plane
from tenants.leases import claim_idle
from tenants.lifecycle import State
from tenants.models import KeptDisk, Tenant
from tenants.steps import server_of

WAIT_S = 60.0


class CannotBackUp(Exception):
    """The reason, in a sentence."""


def back_up(home: Home, path: Path, report: Report) -> int:
    """Back up the installation into one archive and return its size in bytes. `path` appears only when complete."""
    _clean_up(path)
    with ExitStack() as stack:
        beside = tempfile.TemporaryDirectory(prefix=f".{path.name}.", suffix=".staging", dir=path.parent)
        staging = Path(stack.enter_context(beside))
        report = _hold_slots(home, stack, report)
        control = _lease_all_tenants(staging, stack)
        tenants, keys = _archived_tenants(home), [crypto.fingerprint(key) for key in settings.FERNET_KEYS]
        about = About(FORMAT, int(time.time() * 1000), keys, tenants)
        with writing(path, about) as tar:
            tar.add(control, "control.sqlite3")
            for small in SMALL_FILES:
                if (home.path / small).exists():
                    tar.add(home.path / small, small)
            _add_keys(tar, staging, tenants, report)
            _add_samples(tar, staging, home, tenants, report)
            _add_documents(tar, staging, home, report)
            _add_attachments(tar, staging, tenants, report)
    return path.stat().st_size


def _clean_up(path: Path) -> None:
    """Remove what killed backups of this name left behind."""
    path.with_name(f".{path.name}.part").unlink(missing_ok=True)
    for folder in path.parent.glob(f".{path.name}.*.staging"):
        shutil.rmtree(folder)


def _hold_slots(home: Home, stack: ExitStack, report: Report) -> Report:
    """Of the tenants that run: no correction is between two of its steps, and what one held is there again."""
    running = running_tenants(home)
    for tenant in Tenant.objects.filter(pk__in=running, state=State.ready):
        report = stack.enter_context(holding_slot(tenant.pk, tenant.slug, report))
        data_plane().put_back_samples(tenant.connection())
    return report


def _lease_all_tenants(staging: Path, stack: ExitStack) -> Path:
    """Lease every tenant, and copy the control plane's database while all leases are held."""
    leased: set[str] = set()
    copy = staging / "control.sqlite3"
    while True:
        for tenant in Tenant.objects.exclude(pk__in=leased):
            stack.enter_context(_lease(tenant))
            leased.add(tenant.pk)
        copy.unlink(missing_ok=True)
        copy_sqlite(Path(settings.DATABASES["default"]["NAME"]), copy)
        with closing(sqlite3.connect(copy)) as connection:
            if {pk for (pk,) in connection.execute("SELECT id FROM tenants_tenant")} <= leased:
                return copy


@contextmanager
def _lease(tenant: Tenant) -> Iterator[None]:
    deadline = time.monotonic() + WAIT_S
    while (lease := claim_idle(tenant.pk, timezone.now())) is None:
        if time.monotonic() > deadline:
            raise CannotBackUp(f"Something is under way with tenant {tenant.slug}; try again when it has finished.")
        if not Tenant.objects.filter(pk=tenant.pk).exists():
            break
        time.sleep(0.2)
    if lease is None:
        yield
        return
    with lease:
        yield


def _archived_tenants(home: Home) -> list[ArchivedTenant]:
    running = running_tenants(home)
    return [ArchivedTenant(each.id, each.slug, each.disk, each.id in running) for each in Tenant.objects.all()]


def _add_keys(tar: tarfile.TarFile, staging: Path, tenants: list[ArchivedTenant], report: Report) -> None:
    path = staging / "keys"
    prefixes = {f"pt:{name}:" for each in tenants for name in (each.id, each.disk)}
    report(f"{dump_keys(settings.REDIS_URL, sorted(prefixes), path)} keys of Redis")
    tar.add(path, "keys")


def _add_samples(
    tar: tarfile.TarFile, staging: Path, home: Home, tenants: list[ArchivedTenant], report: Report
) -> None:
    for each in tenants:
        if each.online:
            folder = staging / each.id
            folder.mkdir()
            save_samples(server_of(Tenant.objects.get(pk=each.id)), folder)
            tar.add(folder, f"influx/{each.id}")
            shutil.rmtree(folder)
            report(f"Samples of {each.slug}")
        else:
            _add_disk(tar, home, each.disk, report, f"Disk of {each.slug}, which is stopped")
    for disk in _kept_disks():
        _add_disk(tar, home, disk, report, f"Kept disk {disk}")


def _add_disk(tar: tarfile.TarFile, home: Home, disk: str, report: Report, what: str) -> None:
    folder = disk_folder(home, disk)
    if folder.exists():
        tar.add(folder, f"disks/{disk}")
        report(what)


def _add_documents(tar: tarfile.TarFile, staging: Path, home: Home, report: Report) -> None:
    databases = sorted(home.folder("ferretdb").glob("*.sqlite"))
    for database in databases:
        copy = staging / database.name
        copy_sqlite(database, copy)
        tar.add(copy, f"documents/{database.name}")
        copy.unlink()
    report(f"{len(databases)} document databases")


def _add_attachments(tar: tarfile.TarFile, staging: Path, tenants: list[ArchivedTenant], report: Report) -> None:
    """After the samples, so that no event in the archive lacks them: they are stored first."""
    file, days = staging / "day", 0
    for disk in dict.fromkeys([*(each.disk or each.id for each in tenants), *_kept_disks()]):
        for day, contents in attachments.dump(disk):
            write_day(file, contents)
            tar.add(file, f"{FOLDER}/{disk}/{day}")
            days += 1
    file.unlink(missing_ok=True)
    report(f"Attachments of events of {days} days")


def _kept_disks() -> list[str]:
    return [disk.id for disk in KeptDisk.objects.filter(dropping=False)]
