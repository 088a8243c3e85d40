"""Imports as background jobs, kept in the tenant's documents; their files lie under the installation's home.

If an attempt dies, the next worker starts over: the same samples give the same result.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import msgspec

from ingest.changes import is_undoable, journal_of
from ingest.imports import records, uploaded
from ingest.imports.listening import notify_imported
from ingest.imports.mapping.loading import load_mapping
from ingest.imports.mapping.model import Mapping
from ingest.imports.quota import UPLOAD_TTL_S, release_upload, reserve_upload, uploads_of
from ingest.imports.records import (
    BULKY,
    COLLECTION,
    DETAILS,
    RANGES,
    ImportJob,
    ImportRanges,
    WrittenRange,
    import_job,
    new_record,
    store_files,
    store_report,
    whole,
)
from ingest.imports.report.model import ImportProgress
from ingest.imports.run import REPORT_INTERVAL_S, check, run
from ingest.validation import Catalog
from jobs import Cancelled, Clock, DocumentJobs, JobRun, Outcome, Queue, Retention
from kernel import ids
from kernel.errors import BadRequest, Conflict, PlantraceError
from kernel.tenancy import TenantConnection
from runtime.home import Home
from stores.documents import Document
from web.stores import documents

MAX_CHECKED_FILES = 100  # while the uploader waits; with more, the job checks all of them before it writes
PACKED = "to_unpack"  # member of a record: the job unpacks its archives first
UNPACK_TO = "The archives unpack to"
COMMAND_KILLED = (
    "The command that ran this import was killed before it finished. What it wrote is kept and can be undone; "
    "running it again imports the rest."
)
FILES_TTL_S = 86_400  # of the files of a dry run that waits to be started, and of a job that nobody finished


def queue(
    tenant: TenantConnection, files: Sequence[tuple[str, Path]], mapping: str, dry_run: bool, user: str, now: int
) -> ImportJob:
    """Takes over uploaded files (name, path) and stores the job.

    BadRequest, and nothing is kept, if it cannot run; TooLarge if what its archives unpack to exceeds the quota. What
    would take long to find out is left to the job, such as what is in large archives.
    """
    parsed = load_mapping(mapping)
    sizes = uploaded.sizes_of_members(files)
    with reserve_upload(tenant, sum(sizes), now // 1000, UNPACK_TO) if sizes else nullcontext():
        return _queue(tenant, files, mapping, parsed, dry_run, user, now, packed=not uploaded.is_quick(sizes))


def _queue(
    tenant: TenantConnection,
    files: Sequence[tuple[str, Path]],
    mapping: str,
    parsed: Mapping,
    dry_run: bool,
    user: str,
    now: int,
    packed: bool,
) -> ImportJob:
    id = ids.new_id(ids.IMPORT)
    folder = folder_of(tenant, id)
    try:
        folder.mkdir(parents=True)
        kept = uploaded.put(files if packed else uploaded.unpacked(files, folder), folder)
        if not packed and len(kept) <= MAX_CHECKED_FILES:
            check(tenant, uploaded.paths_of(folder, kept), parsed)
        total = sum(file.size for file in kept)
        progress = ImportProgress(total_bytes=total)
        job = ImportJob(
            id=id, state="queued", dry_run=dry_run, files=kept, mapping=mapping, created=now, created_by=user,
            progress=progress,
        )  # fmt: skip
        _add(tenant, job, packed)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return job


def _add(tenant: TenantConnection, job: ImportJob, packed: bool) -> None:
    """Stores the whole of it, or nothing as far as that can be."""
    try:
        JOBS.add(tenant, new_record(tenant, job) | ({PACKED: True} if packed else {}))
    except BaseException:
        with suppress(PlantraceError):
            for collection in (COLLECTION, DETAILS):
                documents(tenant).delete_ids(collection, [job.id])
        raise


def read(tenant: TenantConnection, id: str) -> ImportJob:
    return present(tenant, JOBS.get(tenant, id))


def present(tenant: TenantConnection, record: Document) -> ImportJob:
    return import_job(whole(tenant, record), _is_startable(tenant, record))


def in_short(tenant: TenantConnection, record: Document) -> ImportJob:
    return records.in_short(record, _is_startable(tenant, record))


def of_simulator(tenant: TenantConnection) -> list[ImportJob]:
    """What the demo's simulator wrote, newest first."""
    found = documents(tenant).find(COLLECTION, {"source": "simulator"}, [("created", -1)], without=BULKY)
    return [in_short(tenant, record) for record in found]


def running(tenant: TenantConnection) -> list[ImportJob]:
    """Imports that write at the moment: none where nobody holds the tenant's slot."""
    if not JOBS.slot(tenant).is_held():
        return []
    found = documents(tenant).find(COLLECTION, {"state": "running", "dry_run": False}, without=BULKY)
    return [read(tenant, record["_id"]) for record in found if record.get("source") != "simulator"]


def sites_of(job: ImportJob, catalog: Catalog) -> set[str]:
    """The ids of the sites that it may write to."""
    mapping = load_mapping(job.mapping)
    if mapping.site_column is not None:
        return set(catalog.sites)
    site = catalog.site(mapping.site)
    return {site.id} if site else set()


def save(tenant: TenantConnection, job: ImportJob) -> None:
    """Stores the state of an import that is run elsewhere. Raises Cancelled if it has been cancelled."""
    if documents(tenant).get(COLLECTION, job.id) is None:
        JOBS.add(tenant, new_record(tenant, job))
    else:
        fields: dict[str, Any] = {name: getattr(job, name) for name in ("state", "progress", "finished", "error")}
        JOBS.record(tenant, job.id).save(**fields, report=job.report and store_report(tenant, job.id, job.report))


def start(tenant: TenantConnection, id: str) -> ImportJob:
    """Does what a finished dry run reported, with the same files. Conflict if it is not a finished dry run."""
    job = read(tenant, id)
    if not job.startable:
        raise Conflict(
            f"The import {id} cannot be started: only a finished dry run can, within a day of its upload. "
            "Upload the files again without dry_run.",
            slug="not-startable",
        )
    progress = msgspec.to_builtins(ImportProgress(total_bytes=job.progress.total_bytes))
    return present(tenant, JOBS.restart(tenant, id, progress=progress))


def cancel(tenant: TenantConnection, id: str, now: int) -> ImportJob:
    """Ends an import that is queued or running; what is written stays. Conflict if it has already ended."""
    return present(tenant, JOBS.cancel(tenant, id, now))


def perform(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """Makes an attempt, unless another long job of the tenant is running or this one has ended. `clock()`: now, ms."""
    match (documents(tenant).get(COLLECTION, id) or {}).get("source"):
        case "command":
            return _settle_command(tenant, id, clock)
        case "simulator":
            return Outcome.ended
    outcome = JOBS.attempt(tenant, id, lambda found, run: _work(tenant, found, run, clock), clock)
    if outcome is not Outcome.ended:
        return outcome
    _keep_ranges(tenant, id)
    outcome = JOBS.settle(tenant, id)
    if outcome is Outcome.ended:
        record = documents(tenant).get(COLLECTION, id)
        if record is None or not (record["dry_run"] and record["state"] == "done"):
            shutil.rmtree(folder_of(tenant, id), ignore_errors=True)
            release_upload(tenant, id)  # if its last attempt was killed
    return outcome


def purge(tenant: TenantConnection, now: int, retention: Retention) -> int:
    """Delete old imports. Returns how many."""

    def is_needed(record: Document) -> bool:
        return record.get("source") == "simulator" or is_undoable(tenant, record, now)

    return JOBS.purge(tenant, now, retention, is_needed)


def _settle_command(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """Closes the import of a command that is gone: while it lives it holds the slot, so it has ended or was killed."""
    slot = JOBS.slot(tenant)
    if not slot.acquire():
        return Outcome.busy
    with slot:
        with suppress(Cancelled):  # it has ended already
            JOBS.record(tenant, id).fail(PlantraceError(COMMAND_KILLED), clock())
        finish_command(tenant, id)
    return Outcome.ended


def finish_command(tenant: TenantConnection, id: str) -> None:
    """Stores what it wrote, and removes it from the jobs that workers look for."""
    _keep_ranges(tenant, id)
    JOBS.open_jobs().remove(tenant.slug, id)


def ranges(tenant: TenantConnection, id: str) -> ImportRanges:
    """What the import wrote, by sensor; kept with the import, although it can be undone for 30 days only."""
    JOBS.get(tenant, id)
    kept = documents(tenant).get(RANGES, id)
    found = msgspec.convert(kept["ranges"], list[WrittenRange]) if kept else _written(tenant, id)
    return ImportRanges(found, undoable=journal_of(tenant, id).exists())


def _keep_ranges(tenant: TenantConnection, id: str) -> None:
    written, database = _written(tenant, id), documents(tenant)
    if written and database.get(RANGES, id) is None:
        notify_imported(tenant, written)
        database.insert(RANGES, {"_id": id, "ranges": msgspec.to_builtins(written)})


def _written(tenant: TenantConnection, id: str) -> list[WrittenRange]:
    found = journal_of(tenant, id).ranges()
    return [
        WrittenRange(key.rpartition("/")[2], part.start, part.end, part.samples) for key, part in sorted(found.items())
    ]


def purge_expired(now_s: float) -> None:
    """Deletes files that are no longer needed: of old dry runs, and of tenants that are gone."""
    home = Home.from_environment()
    for folder in home.folder("imports").glob("*/*"):
        with suppress(FileNotFoundError):  # its job has ended in the meantime
            if now_s - folder.stat().st_mtime > FILES_TTL_S:
                shutil.rmtree(folder, ignore_errors=True)
    for file in home.folder("uploads").iterdir():  # of aborted requests
        with suppress(FileNotFoundError):
            if file.is_file() and now_s - file.stat().st_mtime > UPLOAD_TTL_S:
                file.unlink(missing_ok=True)


def folder_of(tenant: TenantConnection, id: str) -> Path:
    return uploads_of(tenant) / id


def _work(tenant: TenantConnection, record: Document, job_run: JobRun, clock: Clock) -> None:
    job = present(tenant, record)
    folder = folder_of(tenant, job.id)
    if not folder.is_dir():
        raise BadRequest("The uploaded files are no longer here; upload them again.", slug="files-gone")

    def on_progress(progress: ImportProgress) -> None:
        folder.touch()
        job_run.save(progress=progress)

    if record.get(PACKED):
        job = _unpack(tenant, job, folder, on_progress, clock)
        job_run.save(**store_files(tenant, job.id, job.files), **{PACKED: False})
    paths, mapping = uploaded.paths_of(folder, job.files), load_mapping(job.mapping)
    report = run(tenant, paths, mapping, job.dry_run, on_progress, journal_of(tenant, job.id))
    job_run.check()
    job_run.save(state="done", finished=clock(), report=store_report(tenant, job.id, report))


def _unpack(
    tenant: TenantConnection, job: ImportJob, folder: Path, on_progress: Callable[[ImportProgress], None], clock: Clock
) -> ImportJob:
    """The job with the members of its archives as its files. TooLarge if there is no room for them any more."""
    reported_at = time.monotonic()

    def passed() -> None:
        nonlocal reported_at
        if time.monotonic() - reported_at >= REPORT_INTERVAL_S:
            reported_at = time.monotonic()
            on_progress(job.progress)

    if uploaded.is_unpacked(folder):
        release_upload(tenant, job.id)
    else:
        uploaded.discard_unfinished(folder)
        packed = zip((file.name for file in job.files), uploaded.paths_of(folder, job.files), strict=True)
        size = sum(uploaded.sizes_of_members(list(packed)))
        with reserve_upload(tenant, size, clock() // 1000, UNPACK_TO, job.id):
            uploaded.unpack_in_place(folder, job.files, passed)
    return msgspec.structs.replace(job, files=uploaded.members_of(folder))


def _is_startable(tenant: TenantConnection, record: Document) -> bool:
    is_rehearsed = bool(record["dry_run"] and record["state"] == "done")
    return is_rehearsed and folder_of(tenant, record["_id"]).is_dir()


JOBS = DocumentJobs("import", COLLECTION, ids.IMPORT, Queue.long, bulky=BULKY, parts=(DETAILS, RANGES))
KIND = JOBS.kind(perform)
