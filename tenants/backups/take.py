"""Taking a backup of one tenant while it is in use."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from kernel.errors import Conflict, Unavailable
from kernel.ids import BACKUP, new_id
from kernel.progress import Report
from kernel.tenancy import TenantConnection
from runtime.signing import SigningKey
from tenants.backups.archive import DOCUMENTS, FORMAT, SAMPLES, SUFFIX, About, writing
from tenants.backups.attachments import FOLDER, write_day
from tenants.backups.location import Location
from tenants.backups.samples import filled_shards, save_samples
from tenants.backups.slots import holding_slot
from tenants.drivers.base import Server, plain
from tenants.interfaces import data_plane
from tenants.leases import Lease, claim_idle
from tenants.lifecycle import State
from tenants.models import Tenant
from tenants.steps import server_of

WRITTEN_WITHIN_S = 60.0
HELD_FOR_S = 60.0


def back_up(tenant: Tenant, location: Location, report: Report = lambda line: None) -> About:
    """Waits until nothing else is in progress on it. Raises Conflict, Unavailable."""
    with holding_slot(tenant.pk, tenant.slug, report) as report, _idle(tenant) as lease:
        return take(lease, location, new_id(BACKUP), report)


def _idle(tenant: Tenant) -> Lease:
    deadline = time.monotonic() + HELD_FOR_S
    while (lease := claim_idle(tenant.pk, timezone.now())) is None:
        if time.monotonic() > deadline or not Tenant.objects.filter(pk=tenant.pk).exists():
            raise Conflict(f"Another operation is in progress on tenant {tenant.slug}; try again when it has finished.")
        time.sleep(0.2)
    return lease


def take(lease: Lease, location: Location, id: str, report: Report = lambda line: None) -> About:
    """Writes the tenant to one archive, which appears only when it is complete.

    The lease keeps others from upgrading, suspending or deleting the tenant; the caller holds its slot for long jobs as
    well. The archive has all samples accepted before, and possibly some that arrive meanwhile.
    """
    tenant = lease.read()
    if tenant.state != State.ready:
        raise not_ready(tenant)

    def progress(line: str) -> None:
        lease.progressed(line)
        report(line)

    with location.writing(progress) as path:  # a bucket that denies access is detected before anything is read
        data_plane().put_back_samples(tenant.connection())
        return write_archive(source_of(tenant), path, id, progress)


@dataclass(frozen=True, slots=True)
class Source:
    """The input of an archive. `key` signs it; None: this process derives it."""

    connection: TenantConnection
    server: Server
    release: str
    limits: dict[str, int]
    size: dict[str, int]
    key: SigningKey | None = None


def source_of(tenant: Tenant) -> Source:
    return Source(tenant.connection(), server_of(tenant), tenant.release, tenant.limits, plain(tenant.size_values))


def write_archive(source: Source, path: Path, id: str, report: Report) -> About:
    _clean_up(path)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", suffix=".staging", dir=path.parent) as beside:
        report("Waiting for accepted samples to be written")
        _wait_written(source.connection)
        samples = Path(beside) / SAMPLES
        samples.mkdir()
        report("Reading the samples")
        so_far = "Reading the samples: {:,.0f} MB so far"
        save_samples(source.server, samples, lambda size: report(so_far.format(size / 1e6)))
        with writing(path, about := _about(source, id, filled_shards(samples)), source.key) as tar:
            report("Reading the documents")
            for collection, pieces in data_plane().dump_documents(source.connection):
                file = Path(beside) / f"{collection}{SUFFIX}"
                with file.open("wb") as out:
                    out.writelines(pieces)
                tar.add(file, f"{DOCUMENTS}/{file.name}")
                file.unlink()
            report("Reading the attachments of events")
            for day, contents in data_plane().dump_attachments(source.connection):
                file = Path(beside) / day
                write_day(file, contents)
                tar.add(file, f"{FOLDER}/{day}")
                file.unlink()
            report("Packing the archive")
            tar.add(samples, SAMPLES)
    return about


def not_ready(tenant: Tenant) -> Conflict:
    return Conflict(f"Tenant {tenant.slug} is {tenant.state}; only a ready one can be backed up.", slug="wrong-state")


def _about(source: Source, id: str, shards: int) -> About:
    tenant, now = source.connection, int(time.time() * 1000)
    return About(
        FORMAT, id, now, tenant.id, tenant.slug, tenant.name, source.release, source.limits, source.size, shards
    )


def _wait_written(tenant: TenantConnection) -> None:
    """Waits until everything accepted before now is in InfluxDB."""
    started = time.time()
    while time.time() - data_plane().lag(tenant) < started and data_plane().pending(tenant):
        if time.time() - started > WRITTEN_WITHIN_S:
            raise Unavailable(f"Accepted samples of {tenant.slug} still wait for the ingest writer; is it running?")
        time.sleep(0.1)


def _clean_up(path: Path) -> None:
    """Removes what killed backups of this name left behind."""
    path.with_name(f".{path.name}.part").unlink(missing_ok=True)
    for folder in path.parent.glob(f".{path.name}.*.staging"):
        shutil.rmtree(folder)
