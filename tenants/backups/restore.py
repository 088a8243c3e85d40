"""Restores a tenant's archive into a new tenant: ids in documents and samples stay, users and streams are its own.

Meanwhile the tenant is closed. An interrupted restore is repeated from the start, with the same archive.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kernel.errors import Conflict
from kernel.progress import Report
from kernel.tenancy import Limits, TenantConnection
from runtime import archives
from runtime.scratch import scratch
from tenants import influx, steps
from tenants.backups.archive import DOCUMENTS, SAMPLES, SUFFIX, About, authenticate, read_about
from tenants.backups.attachments import days_in, read_day
from tenants.backups.location import Location
from tenants.backups.progress import RestoreProgress, add_steps
from tenants.backups.samples import load_samples
from tenants.interfaces import data_plane
from tenants.leases import Lease, claim_idle
from tenants.lifecycle import Plan, State
from tenants.models import Tenant
from tenants.signals import announce
from tenants.steps import FILL_DOCUMENTS, FILL_SAMPLES, UNPACK, server_of

PIECE = 4 * 2**20


class Busy(Conflict):
    """Another worker is working on it."""


def restore(
    tenant: Tenant, location: Location, report: Report = lambda line: None, unauthenticated: bool = False
) -> About:
    """Raises BadArchive; Conflict where the tenant is not new; Busy; Unavailable.

    `unauthenticated`: accept an archive that this installation did not sign; otherwise that raises Unauthenticated.
    """
    lease = claim_idle(tenant.pk, timezone.now())
    if lease is None:
        raise Busy(f"Another operation is in progress on tenant {tenant.slug}; try again when it has finished.")
    with lease, scratch(settings.HOME.run) as folder:
        steps_shown = RestoreProgress(tenant, report)
        steps_shown.reset()

        def progress(line: str) -> None:
            lease.progressed(line)
            steps_shown.report(line)
            report(line)

        with steps_shown.step(UNPACK), location.reading(progress) as path:
            if not unauthenticated:
                authenticate(path)
            about = read_about(path)
            archives.unpack(path, folder)  # a damaged one is detected before anything is changed
        now = close(lease, about.id, about.slug)
        with steps_shown.step(FILL_SAMPLES):
            _samples(now, folder / SAMPLES, about, progress)
        with steps_shown.step(FILL_DOCUMENTS):
            load_attachments(now.connection(), folder)
            data_plane().load_documents(now.connection(), dict(read_documents(folder / DOCUMENTS)))
            data_plane().follow_samples(now.connection())
        reopen(lease, limits=msgspec.to_builtins(msgspec.convert(about.limits, Limits)))
    return about


def close(lease: Lease, backup: str, of: str) -> Tenant:
    """Close the tenant to everybody else. It must be new, or this very archive was being restored into it."""
    tenant = lease.read()
    resuming = tenant.state == State.provisioning and tenant.restoring == backup
    if not resuming:
        if tenant.state not in (State.ready, State.provisioning) or not tenant.endpoints:
            raise Conflict(f"Tenant {tenant.slug} is {tenant.state}; only a ready one can be restored into.")
        if data_plane().has_documents(tenant.connection()) or _has_samples(tenant):
            raise Conflict(f"Tenant {tenant.slug} has data already; restore into a new one.", slug="not-new")
        with transaction.atomic():
            note = f"Being restored from a backup of {of}; if that was cut short, restore it again."
            lease.save(state=State.provisioning, plan=Plan.none, restoring=backup, error=note)
            announce(tenant.id, tenant.slug, State.provisioning)
            add_steps(tenant)
        time.sleep(steps.SETTLE_S)
    return lease.read()


def reopen(lease: Lease, **fields: Any) -> None:
    """Everything is restored: make it ready."""
    tenant = lease.read()
    with transaction.atomic():
        lease.save(
            state=State.ready,
            restoring="",
            restore_unauthenticated=False,
            error="",
            attempts=0,
            not_before=None,
            **fields,
        )
        announce(tenant.id, tenant.slug, State.ready)


def _has_samples(tenant: Tenant) -> bool:
    known = tenant.secrets
    return known is not None and not influx.is_empty(tenant.endpoints["http"], known)


def _samples(tenant: Tenant, folder: Path, about: About, report: Report) -> None:
    known, url = tenant.secrets, tenant.endpoints["http"]
    assert known is not None  # or it would have no endpoints
    influx.drop_database(url, known)
    load_samples(server_of(tenant), folder)
    if wanted := about.shards:
        influx.wait_filled(url, known, wanted, report=lambda found: report(f"{found} of {wanted} shards are there"))
    prepare_samples(tenant)
    shutil.rmtree(folder)


def prepare_samples(tenant: Tenant) -> None:
    """Restored samples get the users and policies of a new tenant."""
    known, url = tenant.secrets, tenant.endpoints["http"]
    assert known is not None
    influx.ensure_users(url, known)
    influx.ensure_database(url, known)
    influx.verify(url, known)


def load_attachments(tenant: TenantConnection, folder: Path) -> None:
    """Of the archive that was unpacked into the folder."""
    data_plane().load_attachments(tenant, ((day.name, read_day(day)) for day in days_in(folder)))


def read_documents(folder: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    for file in sorted(folder.glob(f"*{SUFFIX}")) if folder.exists() else ():
        yield file.stem, _pieces(file)


def _pieces(file: Path) -> Iterator[bytes]:
    """Whole documents, some megabytes at a time: each starts with its own length."""
    with file.open("rb") as source:
        piece = bytearray()
        while head := source.read(4):
            piece += head + source.read(int.from_bytes(head, "little") - 4)
            if len(piece) > PIECE:
                yield bytes(piece)
                piece.clear()
        if piece:
            yield bytes(piece)
