"""Backups that people ask for over HTTP. The row is the wish; any worker may take it up, and again after a crash."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kernel.errors import Conflict, PlantraceError
from runtime.archives import BadArchive
from tenants.backups import queries
from tenants.backups.restore import Busy, restore
from tenants.backups.take import not_ready, take
from tenants.drivers import DriverError
from tenants.leases import LeaseLost, claim_idle
from tenants.lifecycle import BackupState, Plan, State
from tenants.models import Backup, Tenant
from tenants.waking import BACKUPS, wake

log = logging.getLogger(__name__)

OPEN = (BackupState.requested.value, BackupState.running.value)
EXPECTED = (PlantraceError, DriverError, OSError)


def request(tenant: Tenant, who: str) -> Backup:
    """Raises Conflict where it cannot be, or one is being taken."""
    if tenant.state != State.ready:
        raise not_ready(tenant)
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)  # one request after the other
        if Backup.objects.filter(tenant=tenant.pk, state__in=OPEN).exists():
            raise Conflict(f"A backup of {tenant.slug} is being taken already.", slug="wrong-state")
        made = Backup.objects.create(tenant=tenant.pk, slug=tenant.slug, name=tenant.name, created_by=who)
    wake(BACKUPS)
    return made


def remove(backup: Backup) -> None:
    """Archive and row are gone. Raises Conflict while it is taken or restored from."""
    if backup.state in OPEN or Tenant.objects.filter(restoring=backup.pk).exists():
        raise Conflict(f"Backup {backup.pk} is being worked on; try again when that has ended.", slug="wrong-state")
    queries.archive_of(backup.pk).remove()
    backup.delete()


def work(now: datetime) -> None:
    """Take every backup that is asked for; fill every tenant that waits for one."""
    for backup in Backup.objects.filter(state__in=OPEN).order_by("created"):
        _take(backup)
    waiting = Tenant.objects.exclude(restoring="").filter(state=State.provisioning.value, plan=Plan.none.value)
    for tenant in waiting:
        if Backup.objects.filter(pk=tenant.restoring).exists():  # else somebody restores it from a file by hand
            _restore(tenant)


def _take(backup: Backup) -> None:
    """The tenant's lease lets one worker take it; a dead one's is free after 30 s."""
    row = Backup.objects.filter(pk=backup.pk, state__in=OPEN)
    lease = claim_idle(backup.tenant, timezone.now())
    if lease is None:
        if not Tenant.objects.filter(pk=backup.tenant).exists():
            row.update(state=BackupState.failed.value, error="The tenant is gone.", ended=timezone.now())
        return
    with lease:
        try:
            location = queries.archive_of(backup.pk)
            row.update(state=BackupState.running.value, doing="")
            take(lease, location, backup.pk, lambda doing: _tell(row, doing))
            size = location.size() or 0
            row.update(state=BackupState.done.value, size=size, doing="", error="", ended=timezone.now())
        except LeaseLost:
            log.warning("Another worker took over tenant %s", backup.slug)
        except EXPECTED as error:
            log.error("Backup %s of %s failed: %s", backup.pk, backup.slug, error)
            row.update(state=BackupState.failed.value, doing="", error=str(error), ended=timezone.now())


def _tell(row: QuerySet[Backup], doing: str) -> None:
    row.update(doing=doing)


def _restore(tenant: Tenant) -> None:
    mine = Tenant.objects.filter(pk=tenant.pk, restoring=tenant.restoring, state=State.provisioning.value)
    try:
        restore(tenant, queries.archive_of(tenant.restoring))
    except Busy:
        return
    except LeaseLost:
        log.warning("Another worker took over tenant %s", tenant.slug)
    except BadArchive as error:  # nothing to wait for; once it is mended, a retry takes it up
        mine.update(state=State.failed.value, plan=Plan.provision.value, error=str(error))
    except EXPECTED as error:
        log.error("The restore into %s has to wait: %s", tenant.slug, error)
        mine.update(error=str(error))
