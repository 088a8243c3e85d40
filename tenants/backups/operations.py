"""Backups requested over HTTP. The row is the request; a job picks it up, again after a crash."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from jobs import Queue, wake
from kernel.errors import Conflict
from tenants.backups import queries
from tenants.backups.take import not_ready
from tenants.lifecycle import OPEN_BACKUPS, BackupState, State
from tenants.models import Backup, Tenant


def request(tenant: Tenant, who: str) -> Backup:
    """Raises Conflict if it is impossible, or one is being taken."""
    if tenant.state != State.ready:
        raise not_ready(tenant)
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)  # one request at a time
        if Backup.objects.filter(tenant=tenant.pk, state__in=OPEN_BACKUPS).exists():
            raise Conflict(f"A backup of {tenant.slug} is being taken already.", slug="wrong-state")
        backup = Backup.objects.create(tenant=tenant.pk, slug=tenant.slug, name=tenant.name, created_by=who)
    transaction.on_commit(lambda: wake(Queue.long))
    return backup


def cancel(backup: Backup) -> Backup:
    """Cancel a requested or running one; the worker leaves nothing of it. Raises Conflict if it has ended."""
    rows = Backup.objects.filter(pk=backup.pk, state__in=OPEN_BACKUPS)
    if not rows.update(state=BackupState.cancelled, doing="", ended=timezone.now()):
        backup.refresh_from_db()
        raise Conflict(f"Backup {backup.pk} is {backup.state} already.", slug="already-ended")
    backup.refresh_from_db()
    return backup


def remove(backup: Backup) -> None:
    """Delete archive and row. Raises Conflict while it is being taken or restored."""
    if backup.state in OPEN_BACKUPS or Tenant.objects.filter(restoring=backup.pk).exists():
        raise Conflict(f"Backup {backup.pk} is being worked on; try again when that has ended.", slug="wrong-state")
    queries.archive_of(backup.pk).remove()
    backup.delete()
