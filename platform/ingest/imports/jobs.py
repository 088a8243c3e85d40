"""Imports as background jobs, kept in the tenant's documents; their files lie under the installation's home.

If an attempt dies, the next worker starts over: the same samples give the same result.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings
from msgspec import Meta, Struct

from ingest.changes import journal_of
from ingest.imports.formats.unpacking import MAX_MEMBERS, is_zip, member_sizes, unpack
from ingest.imports.mapping.loading import load_mapping
from ingest.imports.mapping.model import Mapping
from ingest.imports.quota import UPLOAD_TTL_S, room_for, uploads_of
from ingest.imports.report.model import ImportProgress, ImportReport
from ingest.imports.run import check, run
from jobs import OPEN, Cancelled, DocumentRecord, JobKind, JobRef, JobRun, Outcome, Queue, attempt
from jobs.attempt import Clock
from kernel import ids
from kernel.errors import BadRequest, Conflict, NotFound, PlantraceError
from kernel.tenancy import TenantConnection
from runtime.home import Home
from stores.documents import Database, Document
from stores.redis.leases import Lease
from stores.redis.pending import Pending
from web.directory import directory
from web.stores import documents

COLLECTION, RANGES = "imports", "import_ranges"
MAX_CHECKED_FILES = 100  # while the uploader waits; with more, the job checks all of them before it writes
MAX_UNPACK_S = 30.0
COMMAND_KILLED = (
    "The command that ran this import was killed before it finished. What it wrote stays and can be undone; running it "
    "again imports the rest."
)
FILES_TTL_S = 86_400  # of the files of a dry run that waits to be started, and of a job that nobody finished
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
    files: Annotated[list[ImportFile], Meta(description="In a list of imports only the first")]
    mapping: Annotated[str, Meta(description="The mapping as it was sent, JSON or YAML")]
    created: Annotated[int, Meta(description="Epoch ms")]
    created_by: str
    progress: ImportProgress
    startable: Annotated[bool, Meta(description="The files of a finished dry run are still here")] = False
    finished: Annotated[int | None, Meta(description="Epoch ms")] = None
    report: ImportReport | None = None
    error: Annotated[str | None, Meta(description="Why it failed")] = None
    attempts: Annotated[int, Meta(description="How many attempts have been started")] = 0
    source: Annotated[
        Literal["upload", "command", "simulator"],
        Meta(description="What runs it: a worker (upload), the command `import_history`, or the demo's simulator"),
    ] = "upload"
    file_count: Annotated[int, Meta(description="Number of files")] = 0

    @property
    def awaits_worker(self) -> bool:
        return self.state in OPEN and self.source != "simulator"


class WrittenRange(Struct, frozen=True):
    """The range of what an import wrote for one sensor; `samples` counts a sample written twice as two."""

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
    """Takes over uploaded files (name, path) and stores the job.

    BadRequest, and nothing is kept, if it cannot run; TooLarge if what its archives unpack to exceeds the quota.
    """
    parsed = load_mapping(mapping)
    with _room_for_members(tenant, files, now):
        return _queue(tenant, files, mapping, parsed, dry_run, user, now)


def _room_for_members(
    tenant: TenantConnection, files: Sequence[tuple[str, Path]], now: int
) -> AbstractContextManager[None]:
    archives = [(name, path) for name, path in files if is_zip(path)]
    sizes = [size for name, path in archives for size in member_sizes(path, name)]
    if len(sizes) > MAX_MEMBERS:
        raise BadRequest(
            f"The archives hold {len(sizes):,} files; at most {MAX_MEMBERS:,} are taken at once.", slug="bad-file"
        )
    return room_for(tenant, sum(sizes), now // 1000, "The archives unpack to") if sizes else nullcontext()


def _queue(
    tenant: TenantConnection,
    files: Sequence[tuple[str, Path]],
    mapping: str,
    parsed: Mapping,
    dry_run: bool,
    user: str,
    now: int,
) -> ImportJob:
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
    """The files, with archives replaced by their members. BadRequest if that takes too long: the uploader waits."""
    end = time.monotonic() + MAX_UNPACK_S

    def check_time() -> None:
        if time.monotonic() > end:
            raise BadRequest(
                f"The archives take longer than {MAX_UNPACK_S:g} s to unpack; send their files in several uploads, "
                "each plain or gzipped.",
                slug="bad-file",
            )

    for number, (name, path) in enumerate(files):
        if not is_zip(path):
            yield name, path
            continue
        inside = folder / f"zip{number}"
        inside.mkdir()
        yield from unpack(path, name, inside, check_time)
        shutil.rmtree(inside)


def read(tenant: TenantConnection, id: str) -> ImportJob:
    document = documents(tenant).get(COLLECTION, id) if ids.is_id(id, ids.IMPORT) else None
    if document is None:
        raise NotFound(f"There is no import {id[:80]}.")
    job = _job(document, tenant)
    if job.awaits_worker:
        pending(tenant).add(
            tenant.slug, id
        )  # should the wake-up be lost (Redis's file, a suspension), reading the job wakes a worker
    return job


def recent(tenant: TenantConnection) -> list[ImportJob]:
    """All imports, newest first, with only the totals of their reports."""
    jobs = [_job(document, tenant) for document in documents(tenant).find(COLLECTION)]
    for job in jobs:
        if job.awaits_worker:
            pending(tenant).add(tenant.slug, job.id)
    return sorted(map(_in_short, jobs), key=lambda job: (-job.created, job.id))


def save(tenant: TenantConnection, job: ImportJob) -> None:
    """Stores the state of an import that is run elsewhere. Raises Cancelled if it has been cancelled."""
    database = documents(tenant)
    if database.get(COLLECTION, job.id) is None:
        database.insert(COLLECTION, _document(job))
    else:
        document = _document(job)
        fields = {name: document[name] for name in ("state", "progress", "finished", "report", "error")}
        record_of(tenant, job.id).save(**fields)


def start(tenant: TenantConnection, id: str) -> ImportJob:
    """Does what a finished dry run reported, with the same files. Conflict if it is not a finished dry run."""
    job = read(tenant, id)
    if not job.startable:
        raise Conflict(
            f"The import {id} cannot be started: only a finished dry run can, within a day of its upload. "
            "Upload the files again without dry_run.",
            slug="not-startable",
        )

    def begin(document: Document) -> Document:
        if document["state"] != "done" or not document["dry_run"]:
            raise Conflict(f"The import {id} has already been started.", slug="not-startable")
        progress = msgspec.to_builtins(ImportProgress(total_bytes=job.progress.total_bytes))
        again = {"attempts": 0, "not_before": 0, "finished": None, "progress": progress}
        return {**document, **again, "state": "queued", "dry_run": False}

    stored = documents(tenant).change(COLLECTION, id, begin)
    pending(tenant).add(tenant.slug, id)
    return _job(stored, tenant)


def cancel(tenant: TenantConnection, id: str, now: int) -> ImportJob:
    """Ends an import that is queued or running; what is written stays. Conflict if it has already ended."""
    read(tenant, id)

    def end(document: Document) -> Document:
        if document["state"] not in OPEN:
            raise Conflict(f"The import {id} is {document['state']} already.", slug="already-ended")
        return {**document, "state": "cancelled", "finished": now}

    stored = documents(tenant).change(COLLECTION, id, end)
    return _job(stored, tenant)


def perform(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """Makes an attempt, unless another long job of the tenant is running or this one has ended. `clock()`: now, ms."""
    database = documents(tenant)
    document = database.get(COLLECTION, id)
    source = "upload" if document is None else document.get("source", "upload")
    if source == "command":
        return _settle(tenant, id, clock)
    if source != "upload":
        return Outcome.ended  # not run by workers
    lease = long_job_lease(tenant)
    name = f"import {id} of {tenant.slug}"
    outcome = attempt(name, lease, record_of(tenant, id), lambda run: _work(tenant, database, id, run, clock), clock)
    if outcome is not Outcome.ended:
        return outcome
    _keep_ranges(tenant, id)
    pending(tenant).remove(tenant.slug, id)  # before the look: whoever starts a finished dry run notes it again
    document = database.get(COLLECTION, id)
    if document is not None and document["state"] in OPEN:  # a dry run that was started the moment it was done
        pending(tenant).add(tenant.slug, id)
        return Outcome.waits
    if document is None or not (document["dry_run"] and document["state"] == "done"):
        shutil.rmtree(folder_of(tenant, id), ignore_errors=True)
    return outcome


def long_job_lease(tenant: TenantConnection) -> Lease:
    """Only its holder may run a long job of the tenant."""
    return Lease(settings.REDIS_URL, f"{tenant.prefix}jobs:{Queue.long}")


def _settle(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """Closes the import of a command that is gone: while it lives it holds the lease, so it has ended or was killed."""
    lease = long_job_lease(tenant)
    if not lease.acquire():
        return Outcome.busy
    with lease:
        with suppress(Cancelled):  # it has ended already
            record_of(tenant, id).fail(PlantraceError(COMMAND_KILLED), clock())
        finish_command(tenant, id)
    return Outcome.ended


def finish_command(tenant: TenantConnection, id: str) -> None:
    """Stores what it wrote, and removes it from the jobs that workers look for."""
    _keep_ranges(tenant, id)
    pending(tenant).remove(tenant.slug, id)


def ranges(tenant: TenantConnection, id: str) -> ImportRanges:
    """What the import wrote, by sensor; kept forever, although it can be undone for 30 days only."""
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
    if tenant is None:  # gone, or suspended: then reading the import wakes a worker
        Pending(settings.REDIS_URL, COLLECTION).remove(ref.tenant, ref.id)
        return Outcome.ended
    return perform(tenant, ref.id, clock)


def _find_open() -> Iterator[JobRef]:
    for slug, id in Pending(settings.REDIS_URL, COLLECTION).all():
        yield JobRef(slug, id)


KIND = JobKind("import", Queue.long, _find_open, _attempt)


def purge_expired(now_s: float) -> None:
    """Deletes files that are no longer needed: of old dry runs, and of tenants that are gone."""
    home = Home.from_environment()
    for folder in home.folder("imports").glob("*/*"):
        if now_s - folder.stat().st_mtime > FILES_TTL_S:
            shutil.rmtree(folder, ignore_errors=True)
    for file in home.folder("uploads").iterdir():  # of aborted requests
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
        raise BadRequest("The uploaded files are no longer here; upload them again.", slug="files-gone")

    def on_progress(progress: ImportProgress) -> None:
        folder.touch()
        job_run.save(progress=progress)

    report = run(tenant, _paths(folder, job.files), _mapping(job), job.dry_run, on_progress, journal_of(tenant, id))
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
    """Each file in a folder of its own, so that names may repeat and reports show them unchanged."""
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
