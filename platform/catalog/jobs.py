"""Bulk calls too large for one request: kept as documents, run by a worker, run again if the worker was killed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings
from msgspec import Meta, Struct
from msgspec.structs import replace

from catalog import operations
from catalog.history import History
from catalog.kinds import KINDS, CatalogKind
from catalog.models import Id
from kernel import ids
from kernel.errors import Conflict, NotFound, PlantraceError
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.documents import Database, Document
from stores.redis.leases import Lease
from stores.redis.pending import Pending
from web.directory import directory
from web.jobs import OPEN, Cancelled, DocumentRecord, JobKind, JobRef, JobRun, Outcome, Queue, attempt
from web.jobs.attempt import Clock
from web.jobs.opened import note_open
from web.stores import documents

PENDING = "catalog-jobs"
COLLECTION, ITEMS = "jobs", "job_items"  # the items apart, so that a list of jobs stays small
MAX_FINISHED, RETENTION_MS = 50, 30 * DAY
State = Literal["queued", "running", "done", "failed", "cancelled"]


class JobProgress(Struct, frozen=True):
    done: int
    total: Annotated[int, Meta(description="Documents to change")]


class Job(Struct, frozen=True, kw_only=True):
    """A bulk call that runs in the background."""

    id: Id
    kind: Annotated[str, Meta(description="sites, areas, assets, sensors or connections")]
    state: State
    progress: JobProgress
    created: Annotated[int, Meta(description="Epoch ms")]
    finished: Annotated[int | None, Meta(description="Epoch ms")] = None
    result: operations.BulkResult | None = None
    error: Annotated[dict[str, Any] | None, Meta(description="The problem document of a failed job")] = None
    attempts: Annotated[int, Meta(description="How often a worker has begun it")] = 0


class JobList(Struct, frozen=True):
    results: list[Job]
    next: str | None = None


def queue(
    tenant: TenantConnection,
    kind: CatalogKind,
    items: Sequence[Mapping[str, Any]],
    total: int,
    now: int,
    history: History = History.refuse,
) -> Job:
    """Keep the call and mark it as to be done."""
    database = documents(tenant)
    job = Job(id=ids.new_id(ids.JOB), kind=kind.name, state="queued", progress=JobProgress(0, total), created=now)
    database.insert(ITEMS, {"_id": job.id, "items": list(items), "history": history})
    database.insert(COLLECTION, _document(job))
    _forget_old(tenant, now)
    note_open(PENDING, tenant, job.id)
    return job


def read(tenant: TenantConnection, id: str) -> Job:
    document = documents(tenant).get(COLLECTION, id) if ids.is_id(id, ids.JOB) else None
    if document is None:
        raise NotFound(f"There is no job {id[:80]}.")
    job = _job(document)
    if job.finished is None:
        note_open(PENDING, tenant, id)  # should Redis have lost its file, asking wakes the work
    return job


def recent(tenant: TenantConnection) -> list[Job]:
    """All jobs that are kept, newest first, their results without ids."""
    found = sorted((_job(d) for d in documents(tenant).find(COLLECTION)), key=lambda job: (-job.created, job.id))
    return [replace(job, result=replace(job.result, ids={})) if job.result else job for job in found]


def _forget_old(tenant: TenantConnection, now: int) -> None:
    """Finished jobs are kept for a month, the newest fifty at most."""
    finished = [job for job in recent(tenant) if job.finished is not None]
    old = [job.id for place, job in enumerate(finished) if place >= MAX_FINISHED or job.created < now - RETENTION_MS]
    documents(tenant).delete_ids(COLLECTION, old)


def cancel(tenant: TenantConnection, id: str, now: int) -> Job:
    """End a job that is queued or running; what it has changed stays. Conflict if it has ended by itself."""
    read(tenant, id)

    def end(document: Document) -> Document:
        if document["state"] not in OPEN:
            raise Conflict(f"The job {id} is {document['state']} already.", slug="already-ended")
        return {**document, "state": "cancelled", "finished": now}

    return _job(documents(tenant).change(COLLECTION, id, end))


def run(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """Try the job, unless another short job of the tenant is running or it has ended. `clock()` is now in ms."""
    database = documents(tenant)
    lease = Lease(settings.REDIS_URL, f"{tenant.prefix}jobs:{Queue.short}")
    record = DocumentRecord(database, COLLECTION, id, _problem)
    name = f"job {id} of {tenant.slug}"
    outcome = attempt(name, lease, record, lambda job_run: _work(tenant, database, id, job_run, clock), clock)
    if outcome is Outcome.ended:
        database.delete_many(ITEMS, {"_id": id})
        pending().remove(tenant.slug, id)
    return outcome


def _work(tenant: TenantConnection, database: Database, id: str, job_run: JobRun, clock: Clock) -> None:
    document, kept = database.get(COLLECTION, id), database.get(ITEMS, id)
    if document is None:
        raise Cancelled
    job = _job(document)

    def progress(done: int, total: int) -> None:
        job_run.save(progress=JobProgress(done, total))

    items, history = (kept["items"], History(kept.get("history", "refuse"))) if kept else ([], History.refuse)
    result = operations.bulk_upsert(tenant, KINDS[job.kind], items, progress, history)
    total = JobProgress(job.progress.total, job.progress.total)
    job_run.save(state="done", finished=clock(), result=result, progress=total)


def _problem(error: PlantraceError) -> dict[str, Any]:
    problem = {"type": f"/problems/{error.problem}", "title": error.title, "detail": error.detail, **error.extra}
    return dict(msgspec.to_builtins(problem))


def _attempt(ref: JobRef, clock: Clock) -> Outcome:
    tenant = directory().by_slug(ref.tenant)
    if tenant is None:
        pending().remove(ref.tenant, ref.id)  # deleted meanwhile, and the job with it
        return Outcome.ended
    return run(tenant, ref.id, clock)


def _find_open() -> Iterator[JobRef]:
    for slug, id in pending().all():
        yield JobRef(slug, id)


KIND = JobKind("bulk", Queue.short, _find_open, _attempt)


def _document(job: Job) -> Document:
    document: Document = msgspec.to_builtins(job)
    return {"_id": document.pop("id"), **document}


def _job(document: Document) -> Job:
    return msgspec.convert({**document, "id": document["_id"]}, Job)


def pending() -> Pending:
    return Pending(settings.REDIS_URL, PENDING)
