"""Imports that run in the background: kept in the tenant's documents, their files under the installation's home.

An attempt that was cut short is begun again by the next worker: the same samples, so the same result.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings
from msgspec import Meta, Struct

from ingest.changes import journal_of
from ingest.imports.formats.unpacking import is_zip, unpack
from ingest.imports.mapping.model import Mapping, load_mapping
from ingest.imports.quota import UPLOAD_TTL_S, uploads_of
from ingest.imports.report.model import ImportProgress, ImportReport
from ingest.imports.run import check, run
from kernel import ids
from kernel.errors import BadRequest, Conflict, NotFound, PlantraceError
from kernel.tenancy import TenantConnection
from runtime.home import Home
from stores.documents import Database, Document
from stores.redis.leases import Lease
from stores.redis.pending import Pending
from web.directory import directory
from web.jobs import OPEN, Cancelled, DocumentRecord, JobKind, JobRef, JobRun, Outcome, Queue, attempt
from web.jobs.attempt import Clock
from web.stores import documents

COLLECTION, RANGES = "imports", "import_ranges"
MAX_CHECKED_FILES = 100  # while the uploader waits; of more the job looks at all before it writes
COMMAND_KILLED = (
    "The command that ran this import was killed before it was done. What it wrote stays and can be undone; running it "
    "again loads the rest."
)
KEPT_S = 86_400  # files of a dry run wait so long for its start; so do those of a job nobody finished
State = Literal["queued", "running", "done", "failed", "cancelled"]


class ImportFile(Struct, frozen=True):
    """One uploaded file."""

    name: str
    size: Annotated[int, Meta(description="Bytes, as uploaded")]


class ImportJob(Struct, frozen=True, kw_only=True):
    """One import of history files."""

    id: Annotated[str, Meta(description="Such as i7k2m9q4xwa")]
    state: State
    dry_run: Annotated[bool, Meta(description="Only report what would be done; `start` then does it")]
    files: Annotated[list[ImportFile], Meta(description="In a list of imports only the first of them")]
    mapping: Annotated[str, Meta(description="The mapping as it was sent, JSON or YAML")]
    created: Annotated[int, Meta(description="Epoch ms")]
    created_by: str
    progress: ImportProgress
    startable: Annotated[bool, Meta(description="The files of a finished dry run are still here")] = False
    finished: Annotated[int | None, Meta(description="Epoch ms")] = None
    report: ImportReport | None = None
    error: Annotated[str | None, Meta(description="Why it failed")] = None
    attempts: Annotated[int, Meta(description="How often a worker has begun it")] = 0
    source: Annotated[
        Literal["upload", "command", "simulator"],
        Meta(description="Who does the work: our worker, the command `import_history`, or the demo's simulator"),
    ] = "upload"
    file_count: Annotated[int, Meta(description="How many files it has")] = 0

    @property
    def waits_for_us(self) -> bool:
        return self.state in OPEN and self.source != "simulator"


class WrittenRange(Struct, frozen=True):
    """All samples that an import wrote of one sensor lie here; `samples` counts those written twice as two."""

    sensor: str
    start: Annotated[int, Meta(description="Epoch ms of the first")]
    end: Annotated[int, Meta(description="Epoch ms of the last")]
    samples: int


class ImportRanges(Struct, frozen=True):
    """`undoable`: what was written, and what it replaced, is still kept."""

    ranges: list[WrittenRange]
    undoable: bool


class ImportJobList(Struct, frozen=True):
    results: list[ImportJob]
    next: str | None = None


def queue(
    tenant: TenantConnection, files: Sequence[tuple[str, Path]], mapping: str, dry_run: bool, user: str, now: int
) -> ImportJob:
    """Take over uploaded files (name, path) and keep the job. BadRequest, and nothing is kept, if it could not run."""
    parsed = load_mapping(mapping)
    id = ids.new_id(ids.IMPORT)
    folder = folder_of(tenant, id)
    try:
        folder.mkdir(parents=True)
        kept: list[ImportFile] = []
        for name, path in _unpacked(files, folder):
            place = _place(folder, len(kept), name)
            shutil.move(path, place)
            kept.append(ImportFile(name, place.stat().st_size))
        if len(kept) <= MAX_CHECKED_FILES:
            check(tenant, _paths(folder, kept), parsed)
        total = sum(file.size for file in kept)
        progress = ImportProgress(total_bytes=total)
        job = ImportJob(
            id=id, state="queued", dry_run=dry_run, files=kept, mapping=mapping, created=now, created_by=user,
            progress=progress,
        )  # fmt: skip
        documents(tenant).insert(COLLECTION, _document(job))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    pending(tenant).add(tenant.slug, id)
    return job


def _unpacked(files: Sequence[tuple[str, Path]], folder: Path) -> Iterator[tuple[str, Path]]:
    """The files, and in the place of an archive what is in it."""
    for number, (name, path) in enumerate(files):
        if not is_zip(path):
            yield name, path
            continue
        inside = folder / f"zip{number}"
        inside.mkdir()
        yield from unpack(path, name, inside)
        shutil.rmtree(inside)


def read(tenant: TenantConnection, id: str) -> ImportJob:
    document = documents(tenant).get(COLLECTION, id) if ids.is_id(id, ids.IMPORT) else None
    if document is None:
        raise NotFound(f"There is no import {id[:80]}.")
    job = _job(document, tenant)
    if job.waits_for_us:
        pending(tenant).add(tenant.slug, id)  # if it was forgotten (Redis's file, a suspension), asking wakes the work
    return job


def recent(tenant: TenantConnection) -> list[ImportJob]:
    """All imports, newest first; of their reports only the totals."""
    jobs = [_job(document, tenant) for document in documents(tenant).find(COLLECTION)]
    for job in jobs:
        if job.waits_for_us:
            pending(tenant).add(tenant.slug, job.id)
    return sorted(map(_in_short, jobs), key=lambda job: (-job.created, job.id))


def keep(tenant: TenantConnection, job: ImportJob) -> None:
    """Show an import whose work is done elsewhere, as it now stands. Raises Cancelled if it was cancelled meanwhile."""
    database = documents(tenant)
    if database.get(COLLECTION, job.id) is None:
        database.insert(COLLECTION, _document(job))
    else:
        told = _document(job)
        fields = {name: told[name] for name in ("state", "progress", "finished", "report", "error")}
        record_of(tenant, job.id).save(**fields)


def start(tenant: TenantConnection, id: str) -> ImportJob:
    """Do what a finished dry run reported, with the same files. Conflict if there is none to start."""
    job = read(tenant, id)
    if not job.startable:
        raise Conflict(
            f"The import {id} cannot be started: only a finished dry run can, within a day of its upload. "
            "Upload the files again without dry_run.",
            slug="not-startable",
        )

    def begin(document: Document) -> Document:
        if document["state"] != "done" or not document["dry_run"]:
            raise Conflict(f"The import {id} was started meanwhile.", slug="not-startable")
        progress = msgspec.to_builtins(ImportProgress(total_bytes=job.progress.total_bytes))
        again = {"attempts": 0, "not_before": 0, "finished": None, "progress": progress}
        return {**document, **again, "state": "queued", "dry_run": False}

    stored = documents(tenant).change(COLLECTION, id, begin)
    pending(tenant).add(tenant.slug, id)
    return _job(stored, tenant)


def cancel(tenant: TenantConnection, id: str, now: int) -> ImportJob:
    """End an import that is queued or running; what is written stays. Conflict if it has ended by itself."""
    read(tenant, id)

    def end(document: Document) -> Document:
        if document["state"] not in OPEN:
            raise Conflict(f"The import {id} is {document['state']} already.", slug="already-ended")
        return {**document, "state": "cancelled", "finished": now}

    stored = documents(tenant).change(COLLECTION, id, end)
    return _job(stored, tenant)


def perform(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """Try the import, unless another long job of the tenant is running or it has ended. `clock()`: now, ms."""
    database = documents(tenant)
    document = database.get(COLLECTION, id)
    source = "upload" if document is None else document.get("source", "upload")
    if source == "command":
        return _settle(tenant, id, clock)
    if source != "upload":
        return Outcome.ended  # others do its work
    lease = slot_of(tenant)
    name = f"import {id} of {tenant.slug}"
    outcome = attempt(name, lease, record_of(tenant, id), lambda run: _work(tenant, database, id, run, clock), clock)
    if outcome is Outcome.ended:
        document = database.get(COLLECTION, id)
        _keep_ranges(tenant, id)
        if document is None or not (document["dry_run"] and document["state"] == "done"):
            shutil.rmtree(folder_of(tenant, id), ignore_errors=True)
        pending(tenant).remove(tenant.slug, id)
    return outcome


def slot_of(tenant: TenantConnection) -> Lease:
    """Who holds it does the one long job of the tenant that may run."""
    return Lease(settings.REDIS_URL, f"{tenant.prefix}jobs:{Queue.long}")


def _settle(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """The end of a command's import: while the command lives it holds the slot, so here it is done or was killed."""
    lease = slot_of(tenant)
    if not lease.acquire():
        return Outcome.busy
    with lease:
        with suppress(Cancelled):  # it had ended
            record_of(tenant, id).fail(PlantraceError(COMMAND_KILLED), clock())
        end_command(tenant, id)
    return Outcome.ended


def end_command(tenant: TenantConnection, id: str) -> None:
    """What it wrote is known for good, and no worker looks for it any more."""
    _keep_ranges(tenant, id)
    pending(tenant).remove(tenant.slug, id)


def ranges(tenant: TenantConnection, id: str) -> ImportRanges:
    """What the import wrote, by sensor; known for good, while it can be undone for 30 days only."""
    read(tenant, id)
    kept = documents(tenant).get(RANGES, id)
    found = msgspec.convert(kept["ranges"], list[WrittenRange]) if kept else _written(tenant, id)
    return ImportRanges(found, undoable=journal_of(tenant, id).exists())


def _keep_ranges(tenant: TenantConnection, id: str) -> None:
    written, database = _written(tenant, id), documents(tenant)
    if written and database.get(RANGES, id) is None:
        database.insert(RANGES, {"_id": id, "ranges": msgspec.to_builtins(written)})


def _written(tenant: TenantConnection, id: str) -> list[WrittenRange]:
    found = journal_of(tenant, id).ranges()
    return [
        WrittenRange(key.rpartition("/")[2], part.start, part.end, part.samples) for key, part in sorted(found.items())
    ]


def _attempt(ref: JobRef, clock: Clock) -> Outcome:
    tenant = directory().by_slug(ref.tenant)
    if tenant is None:  # gone, or suspended: then asking for the import wakes it again
        Pending(settings.REDIS_URL, COLLECTION).remove(ref.tenant, ref.id)
        return Outcome.ended
    return perform(tenant, ref.id, clock)


def _find_open() -> Iterator[JobRef]:
    for slug, id in Pending(settings.REDIS_URL, COLLECTION).all():
        yield JobRef(slug, id)


KIND = JobKind("import", Queue.long, _find_open, _attempt)


def clear_away(now_s: float) -> None:
    """Remove files that nobody will ask for any more: of old dry runs, and of tenants that are gone."""
    home = Home.from_environment()
    for folder in home.folder("imports").glob("*/*"):
        if now_s - folder.stat().st_mtime > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)
    for file in home.folder("uploads").iterdir():  # of requests that were broken off
        if file.is_file() and now_s - file.stat().st_mtime > UPLOAD_TTL_S:
            file.unlink(missing_ok=True)


def pending(tenant: TenantConnection) -> Pending:
    return documents(tenant).pending("imports")


def folder_of(tenant: TenantConnection, id: str) -> Path:
    return uploads_of(tenant) / id


def _work(tenant: TenantConnection, database: Database, id: str, job_run: JobRun, clock: Clock) -> None:
    document = database.get(COLLECTION, id)
    if document is None:
        raise Cancelled
    job = _job(document, tenant)
    folder = folder_of(tenant, id)
    if not folder.is_dir():
        raise BadRequest("The uploaded files are not here any more; upload them again.", slug="files-gone")

    def told(progress: ImportProgress) -> None:
        folder.touch()
        job_run.save(progress=progress)

    report = run(tenant, _paths(folder, job.files), _mapping(job), job.dry_run, told, journal_of(tenant, id))
    job_run.save(state="done", finished=clock(), report=report)


def _in_short(job: ImportJob) -> ImportJob:
    empty: dict[str, Any] = {name: [] for name in ("sensors", "new_sensors", "problems", "files", "preview")}
    report = job.report and msgspec.structs.replace(job.report, **empty)
    return msgspec.structs.replace(job, report=report, files=job.files[:1])


def _mapping(job: ImportJob) -> Mapping:
    return load_mapping(job.mapping)


def record_of(tenant: TenantConnection, id: str) -> DocumentRecord:
    return DocumentRecord(documents(tenant), COLLECTION, id, explain=lambda error: error.detail)


def _paths(folder: Path, files: Sequence[ImportFile]) -> list[Path]:
    return [_place(folder, number, file.name) for number, file in enumerate(files)]


def _place(folder: Path, number: int, name: str) -> Path:
    """Each file in a folder of its own, so that names may repeat and reports show them as they were."""
    place = folder / str(number)
    place.mkdir(exist_ok=True)
    return place / name


def _document(job: ImportJob) -> Document:
    document: Document = msgspec.to_builtins(job)
    for name in ("startable", "file_count"):
        document.pop(name)
    return {"_id": document.pop("id"), **document}


def _job(document: Document, tenant: TenantConnection) -> ImportJob:
    finished_rehearsal = document["dry_run"] and document["state"] == "done"
    startable = finished_rehearsal and folder_of(tenant, document["_id"]).is_dir()
    shown = {"id": document["_id"], "startable": startable, "file_count": len(document["files"])}
    return msgspec.convert({**document, **shown}, ImportJob)


def now_ms() -> int:
    return time.time_ns() // 1_000_000
