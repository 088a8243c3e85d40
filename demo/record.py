"""The simulator's history as one of the tenant's imports, so that people see how far it is and may cancel it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import msgspec

from demo.catalog import HARBOUR
from demo.history import WHOLE, Written
from demo.plant.clock import DAY, MINUTE
from ingest.imports.jobs import ImportFile, ImportJob, recent, save
from ingest.imports.report.model import ImportProgress, ImportReport
from kernel import ids
from kernel.tenancy import TenantConnection

SAMPLES_A_DAY = 84_600  # about: states come on change
LINE = 45  # bytes of line protocol a sample
EVERY_S = 2.0
SOURCE: Final = "simulator"


@dataclass
class Record:
    tenant: TenantConnection
    job: ImportJob
    told_at: float = 0.0

    def told(self, written: Written) -> None:
        """Raises Cancelled if somebody cancelled it."""
        progress = self.job.progress
        self.job = msgspec.structs.replace(self.job, progress=_progress(written, progress.total_bytes))
        if time.monotonic() - self.told_at > EVERY_S:
            self.save()

    def save(self) -> None:
        self.told_at = time.monotonic()
        save(self.tenant, self.job)

    def finish(self, now: int) -> None:
        progress = self.job.progress
        done = ImportProgress(
            progress.rows, progress.samples, progress.total_bytes, progress.total_bytes, progress.file
        )
        report = ImportReport(
            dry_run=False, rows=done.rows, samples=done.samples, start=now - WHOLE, end=now,
            seconds=round((now - self.job.created) / 1000, 1),
        )  # fmt: skip
        save(self.tenant, msgspec.structs.replace(self.job, state="done", finished=now, progress=done, report=report))


def ensure_record(tenant: TenantConnection, samples: int, now: int) -> Record | None:
    """The record that is open, or a new one if there never was any; None where it is done or was cancelled."""
    for job in recent(tenant):
        if job.source == SOURCE:
            return Record(tenant, job) if job.state == "running" else None
    total = SAMPLES_A_DAY * (WHOLE // DAY) * LINE
    record = Record(
        tenant,
        ImportJob(
            id=ids.new_id(ids.IMPORT), state="running", dry_run=False, mapping="", created=now, created_by=SOURCE,
            files=[ImportFile(f"{HARBOUR.name}, simulated, {WHOLE // DAY} days", total)],
            progress=ImportProgress(samples=samples, bytes=samples * LINE, total_bytes=total), source=SOURCE,
        ),
    )  # fmt: skip
    save(tenant, record.job)
    return record


def is_cancelled(tenant: TenantConnection) -> bool:
    return any(job.source == SOURCE and job.state == "cancelled" for job in recent(tenant)[:50])


def _progress(written: Written, total: int) -> ImportProgress:
    return ImportProgress(
        rows=written.done // MINUTE,
        samples=written.samples,
        bytes=min(written.samples * LINE, total),
        total_bytes=total,
        file=time.strftime("back to %-d %b %Y", time.gmtime(written.oldest / 1000)),
    )
