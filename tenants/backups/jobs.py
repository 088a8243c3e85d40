"""Backups and restores as jobs. Meanwhile they hold the tenant's lease."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from jobs import Cancelled, JobKind, JobRef, JobRun, JobStatus, Outcome, Postponed, Queue, attempt
from jobs.attempt import Clock
from kernel.errors import Conflict, NotFound, PlantraceError, Unavailable
from runtime.archives import BadArchive
from tenants.announcing import announce_change
from tenants.backups import queries
from tenants.backups.restore import Busy, restore
from tenants.backups.slots import slot_of
from tenants.backups.take import take
from tenants.drivers import DriverError
from tenants.leases import LeaseLost, claim_idle
from tenants.lifecycle import OPEN_BACKUPS, BackupState, Plan, State
from tenants.models import Backup, Tenant


class BackupRecord:
    """The row of a backup."""

    def __init__(self, id: str) -> None:
        self._rows: QuerySet[Backup] = Backup.objects.filter(pk=id, state__in=OPEN_BACKUPS)

    def read(self) -> JobStatus | None:
        found = self._rows.first()
        return None if found is None else JobStatus(True, found.attempts, _ms(found.not_before))

    def save(self, **fields: Any) -> None:
        if "not_before" in fields:
            fields["not_before"] = _moment(fields["not_before"])
        if not self._rows.update(**fields):
            raise Cancelled
        announce_change()

    def fail(self, error: PlantraceError, now: int) -> None:
        self.save(state=BackupState.failed, doing="", error=error.detail, ended=_moment(now))


class RestoreRecord:
    """The row of a tenant that waits for a restore. A damaged archive fails it; any other error is retried."""

    def __init__(self, tenant: Tenant) -> None:
        self._id, self._backup = tenant.pk, tenant.restoring
        self._rows = waiting_tenants().filter(pk=tenant.pk, restoring=tenant.restoring)

    def read(self) -> JobStatus | None:
        found = self._rows.first()
        return None if found is None else JobStatus(True, found.attempts, _ms(found.not_before))

    def save(self, **fields: Any) -> None:
        fields.pop("state", None)  # the tenant's state is not the job's
        if "not_before" in fields:
            fields["not_before"] = _moment(fields["not_before"])
        if not self._rows.update(**fields):
            raise Cancelled
        announce_change()

    def fail(self, error: PlantraceError, now: int) -> None:
        """After a fix, a retry resumes it."""
        failed = {"state": State.failed, "plan": Plan.provision, "attempts": 0, "not_before": None}
        if not self._rows.update(error=error.detail, **failed):
            raise Cancelled


def waiting_tenants() -> QuerySet[Tenant]:
    return Tenant.objects.exclude(restoring="").filter(state=State.provisioning, plan=Plan.none)


def try_backup(ref: JobRef, clock: Clock) -> Outcome:
    backup = Backup.objects.filter(pk=ref.id, state__in=OPEN_BACKUPS).first()
    if backup is None:
        return Outcome.ended
    record = BackupRecord(backup.pk)
    name = f"backup {backup.pk} of {backup.slug}"
    return attempt(name, slot_of(backup.tenant), record, lambda run: _take(backup, run), clock)


def try_restore(ref: JobRef, clock: Clock) -> Outcome:
    tenant = waiting_tenants().filter(pk=ref.id).first()
    if tenant is None:
        return Outcome.ended
    record = RestoreRecord(tenant)
    name = f"the restore into {tenant.slug}"
    return attempt(name, slot_of(tenant.pk), record, lambda run: _restore(tenant, run), clock)


def _take(backup: Backup, run: JobRun) -> None:
    lease = claim_idle(backup.tenant, timezone.now())
    if lease is None:
        if not Tenant.objects.filter(pk=backup.tenant).exists():
            raise NotFound("The tenant is gone.")
        raise Postponed("something is under way with the tenant")
    with lease:
        location = queries.archive_of(backup.pk)
        try:
            take(lease, location, backup.pk, lambda doing: run.save(doing=doing))
            size = location.size() or 0
        except LeaseLost:
            raise Postponed("another worker took the tenant over") from None
        except (Unavailable, DriverError, OSError) as error:  # reported at once: the user may ask again
            raise Conflict(str(error)) from error
        try:
            run.save(state=BackupState.done, size=size, doing="", error="", ended=timezone.now())
        except Cancelled:  # after the last byte: the archive was never announced
            location.remove()
            raise


def _restore(tenant: Tenant, run: JobRun) -> None:
    try:
        archive = queries.archive_of(tenant.restoring)
        restore(tenant, archive, lambda line: run.check(), tenant.restore_unauthenticated)
    except Busy as error:
        raise Postponed(error.detail) from None
    except LeaseLost:
        raise Postponed("another worker took the tenant over") from None
    except BadArchive as error:
        raise Conflict(str(error)) from error
    except (PlantraceError, DriverError, OSError) as error:
        run.save(error=str(error))
        raise Unavailable(str(error)) from error


def _find_backups() -> Iterator[JobRef]:
    for id, slug in Backup.objects.filter(state__in=OPEN_BACKUPS).order_by("created").values_list("pk", "slug"):
        yield JobRef(slug, id)


def _find_restores() -> Iterator[JobRef]:
    for id, slug, backup in waiting_tenants().values_list("pk", "slug", "restoring"):
        if Backup.objects.filter(pk=backup).exists():  # else it is restored from a file by a command
            yield JobRef(slug, id)


BACKUPS = JobKind("backup", Queue.long, _find_backups, try_backup)
RESTORES = JobKind("restore", Queue.long, _find_restores, try_restore)


def _ms(moment: datetime | None) -> int:
    return 0 if moment is None else int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
