"""Shows the simulator's history as an import of the tenant, so that users see its progress and can cancel it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import msgspec

from demo.catalog import HARBOUR
from demo.history import FULL_HISTORY, Written
from demo.plant.clock import DAY, MINUTE
from ingest.imports.jobs import of_simulator, save
from ingest.imports.records import ImportFile, ImportJob
from ingest.imports.report.model import ImportProgress, ImportReport
from kernel import ids
from kernel.tenancy import TenantConnection

SAMPLES_PER_DAY = 84_600  # approximately: states are reported on change
BYTES_PER_SAMPLE = 45  # of line protocol
SAVE_INTERVAL_S = 2.0
SOURCE: Final = "simulator"


@dataclass
class Record:
    tenant: TenantConnection
    job: ImportJob

    saved_at: float = 0.0

    def report(self, written: Written) -> None:
        """Record progress. Raises Cancelled if the import was cancelled."""
        progress = self.job.progress
        self.job = msgspec.structs.replace(self.job, progress=_progress(written, progress.total_bytes))
        if time.monotonic() - self.saved_at > SAVE_INTERVAL_S:
            self.save()

    def save(self) -> None:
        self.saved_at = time.monotonic()
        save(self.tenant, self.job)

    def finish(self, now: int) -> None:
        progress = self.job.progress
        done = ImportProgress(
            progress.rows, progress.samples, progress.total_bytes, progress.total_bytes, progress.file
        )
        report = ImportReport(
            dry_run=False, rows=done.rows, samples=done.samples, start=now - FULL_HISTORY, end=now,
            seconds=round((now - self.job.created) / 1000, 1),
        )  # fmt: skip
        save(self.tenant, msgspec.structs.replace(self.job, state="done", finished=now, progress=done, report=report))


def ensure_record(tenant: TenantConnection, samples: int, now: int) -> Record | None:
    """The open record, or a new one if there never was any; None if it is done or was cancelled."""
    for job in of_simulator(tenant):
        return Record(tenant, job) if job.state == "running" else None
    total = SAMPLES_PER_DAY * (FULL_HISTORY // DAY) * BYTES_PER_SAMPLE
    record = Record(
        tenant,
        ImportJob(
            id=ids.new_id(ids.IMPORT), state="running", dry_run=False, mapping="", created=now, created_by=SOURCE,
            files=[ImportFile(f"{HARBOUR.name}, simulated, {FULL_HISTORY // DAY} days", total)],
            progress=ImportProgress(samples=samples, bytes=samples * BYTES_PER_SAMPLE, total_bytes=total),
            source=SOURCE,
        ),
    )  # fmt: skip
    save(tenant, record.job)
    return record


def is_cancelled(tenant: TenantConnection) -> bool:
    return any(job.state == "cancelled" for job in of_simulator(tenant))


def _progress(written: Written, total: int) -> ImportProgress:
    return ImportProgress(
        rows=written.done // MINUTE,
        samples=written.samples,
        bytes=min(written.samples * BYTES_PER_SAMPLE, total),
        total_bytes=total,
        file=time.strftime("back to %-d %b %Y", time.gmtime(written.oldest / 1000)),
    )
