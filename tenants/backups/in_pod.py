"""Backup and restore in a tenant's own process: with that tenant's credentials, and the control plane for the rest.

The control plane holds the tenant meanwhile, closes and opens it, and does what takes InfluxDB's admin user.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from kernel.errors import Conflict, NotFound, Unavailable
from kernel.ids import BACKUP, new_id
from kernel.progress import Report
from kernel.tenancy import TenantConnection
from runtime import archives
from runtime.scratch import scratch
from runtime.signing import Signature, SigningKey
from stores.renewer import Renewer
from tenants.backups import take
from tenants.backups.archive import DOCUMENTS, SAMPLES, About, read_about
from tenants.backups.location import Location
from tenants.backups.restore import load_attachments, read_documents
from tenants.backups.samples import load_samples
from tenants.backups.slots import holding_slot
from tenants.drivers.base import Server
from tenants.interfaces import data_plane
from tenants.leases import RENEW_S
from tenants.lifecycle import State
from web.pods.client import ControlPlane, control_plane, own_connection
from web.pods.messages import ArchiveSignature, Held, RestoredShards, RestoreStart

log = logging.getLogger(__name__)
FILLED_WITHIN_S = 600.0
CONFIRM_WITHIN_S = 60.0


class Hold:
    """The control plane's lease on the tenant. As a context it renews itself in a thread."""

    def __init__(self, control: ControlPlane, held: Held) -> None:
        self._control, self.row = control, held
        self._renewer = Renewer("hold", RENEW_S, self._renew)

    def __enter__(self) -> Self:
        self._renewer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._renewer.stop()
        try:
            self._control.release(self.row.owner)
        except Unavailable as trouble:
            log.warning("the hold on the tenant will expire: %s", trouble.detail)

    def check(self) -> None:
        """Check that it was not lost. Raises Conflict, or Unavailable if the control plane does not confirm in time."""
        deadline = time.monotonic() + CONFIRM_WITHIN_S
        while True:
            try:
                return self._control.renew(self.row.owner)
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _renew(self) -> bool:
        try:
            self._control.renew(self.row.owner)
        except Unavailable as trouble:
            log.warning("the hold on the tenant could not be renewed: %s", trouble.detail)
        except Conflict:
            return False  # `check` reports it
        return True


def back_up(slug: str, location: Location, report: Report) -> About:
    """Waits until nothing else is in progress on it. Raises NotFound (another's slug), Conflict, Unavailable.

    Samples that a killed correction held are not in it: they are on the workers' disk.
    """
    control, tenant = control_plane(), _own(slug)
    location.check_free()
    with holding_slot(tenant.id, slug, report) as report, _hold(control) as hold:
        if hold.row.state != State.ready:
            raise Conflict(f"Tenant {slug} is {hold.row.state}; only a ready one can be backed up.", slug="wrong-state")
        key = control.archive_key()
        source = take.Source(
            tenant,
            _server(tenant, hold.row),
            hold.row.release,
            hold.row.limits,
            hold.row.size,
            SigningKey(key.id, key.secret),
        )
        with location.writing(report) as path:
            about = take.write_archive(source, path, new_id(BACKUP), report)
            try:
                hold.check()
            except (Conflict, Unavailable):
                path.unlink(missing_ok=True)
                raise
    return about


def restore(slug: str, location: Location, report: Report, unauthenticated: bool) -> tuple[About, str]:
    """The archive's description, and this tenant's id. Raises as `tenants.backups.restore.restore`."""
    control, tenant = control_plane(), _own(slug)
    with _hold(control) as hold, scratch(settings.HOME.run) as folder:
        with location.reading(report) as path:
            about = read_about(path)
            if not unauthenticated:
                _authenticate(control, path, about)
            archives.unpack(path, folder)  # a damaged one is detected before anything is changed
        owner = hold.row.owner
        report("Restoring the samples")
        control.start_restore(RestoreStart(owner, about.id, about.slug))
        load_samples(_server(tenant, hold.row), folder / SAMPLES)
        _wait_filled(control, RestoredShards(owner, about.shards), report)
        report("Restoring the documents")
        load_attachments(tenant, folder)
        data_plane().load_documents(tenant, dict(read_documents(folder / DOCUMENTS)))
        data_plane().follow_samples(tenant)
        control.end_restore(owner)
    return about, tenant.id


def _own(slug: str) -> TenantConnection:
    """Whether it is open or not."""
    found = own_connection(control_plane().tenant())
    if found.slug != slug:
        raise NotFound(f"This process is {found.slug}'s own, and knows no tenant {slug[:80]}.")
    if not found.influx_url:
        raise Conflict(f"Tenant {slug} has no server yet.")
    return found


def _hold(control: ControlPlane) -> Hold:
    deadline = time.monotonic() + take.HELD_FOR_S
    while True:
        try:
            return Hold(control, control.hold())
        except Conflict:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _server(tenant: TenantConnection, row: Held) -> Server:
    return Server(tenant.id, tenant.slug, tenant.disk, "", {"http": tenant.influx_url, "backup": row.backup_endpoint})


def _authenticate(control: ControlPlane, path: Path, about: About) -> None:
    """Verified by the control plane, which has the keys, from the file's digest."""

    def judge(signature: Signature) -> str:
        return control.judge(ArchiveSignature(about.tenant, signature.key_id, signature.hmac, signature.digest))

    archives.authenticate_by(path, judge)


def _wait_filled(control: ControlPlane, restored: RestoredShards, report: Report) -> None:
    """InfluxDB's restore answers before the last shards are in place."""
    deadline = time.monotonic() + FILLED_WITHIN_S
    while not (filled := control.check_filled(restored)).done:
        if time.monotonic() > deadline:
            raise Unavailable(filled.message)
        report(filled.message)
