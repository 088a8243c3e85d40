"""An import run by a command, recorded as a job of the tenant so that people see it and can cancel or undo it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import sleep

from msgspec import structs

from ingest.changes import journal_of
from ingest.imports import jobs
from ingest.imports.mapping.loading import load_mapping
from ingest.imports.records import ImportFile, ImportJob, store_report
from ingest.imports.report.model import ImportProgress, ImportReport, ProgressCallback
from ingest.imports.run import check, run
from jobs import Cancelled
from jobs.attempt import Clock, unexpected
from kernel import ids
from kernel.errors import Conflict, PlantraceError
from kernel.tenancy import TenantConnection

RETRY_INTERVAL_S = 1.0


def run_recorded(
    tenant: TenantConnection,
    files: Sequence[Path],
    mapping: str,
    user: str,
    on_progress: ProgressCallback,
    waiting: Callable[[], None],
    clock: Clock,
) -> tuple[str, ImportReport]:
    """Imports the files in this process; returns the job's id and report. `waiting` is called while another long job of
    the tenant runs.

    BadRequest, with nothing recorded, if the import is not valid; Conflict if it is cancelled.
    """
    parsed = load_mapping(mapping)
    check(tenant, files, parsed)
    slot = jobs.JOBS.slot(tenant)
    while not slot.acquire():
        waiting()
        sleep(RETRY_INTERVAL_S)
    with slot:
        job = _recorded(tenant, files, mapping, user, clock())

        def tell(progress: ImportProgress) -> None:
            slot.check()
            jobs.save(tenant, structs.replace(job, progress=progress))
            on_progress(progress)

        try:
            report = run(tenant, files, parsed, False, tell, journal_of(tenant, job.id))
            totals = store_report(tenant, job.id, report)
            jobs.JOBS.record(tenant, job.id).save(state="done", finished=clock(), report=totals)
        except Cancelled:
            raise Conflict(
                f"The import {job.id} was cancelled. What it wrote is kept and can be undone.", slug="cancelled"
            ) from None
        except BaseException as error:
            _fail(tenant, job.id, error, clock())
            raise
        finally:
            jobs.finish_command(tenant, job.id)
    return job.id, report


def _recorded(tenant: TenantConnection, files: Sequence[Path], mapping: str, user: str, now: int) -> ImportJob:
    kept = [ImportFile(path.name, path.stat().st_size) for path in files]
    job = ImportJob(
        id=ids.new_id(ids.IMPORT), state="running", dry_run=False, files=kept, mapping=mapping, created=now,
        created_by=user, progress=ImportProgress(total_bytes=sum(file.size for file in kept)), source="command",
        attempts=1,
    )  # fmt: skip
    jobs.save(tenant, job)
    return job


def _fail(tenant: TenantConnection, id: str, error: BaseException, now: int) -> None:
    """Records why it failed, a keyboard interrupt too."""
    if isinstance(error, PlantraceError):
        why = error
    elif isinstance(error, Exception):
        why = unexpected(error)
    else:
        why = PlantraceError("The command was interrupted. What it wrote is kept and can be undone.")
    with suppress(Cancelled):
        jobs.JOBS.record(tenant, id).fail(why, now)
