"""Bulk calls too large for one request: kept as documents, run by a worker, run again if the worker was killed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings
from msgspec import Meta, Struct
from msgspec.structs import replace

from catalog import operations
from catalog.kinds import KINDS, CatalogKind
from catalog.models import Id
from kernel import ids
from kernel.errors import NotFound, PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.documents import Database, Document, Pending
from web.stores import documents

log = logging.getLogger(__name__)

COLLECTION, ITEMS = "jobs", "job_items"  # the items apart, so that a list of jobs stays small
KEPT, KEPT_MS = 50, 30 * DAY
State = Literal["queued", "running", "done", "failed"]


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


class JobList(Struct, frozen=True):
    results: list[Job]
    next: str | None = None


def queue(tenant: TenantConnection, kind: CatalogKind, items: Sequence[Mapping[str, Any]], total: int, now: int) -> Job:
    """Keep the call and mark it as to be done."""
    database = documents(tenant)
    job = Job(id=ids.new_id(ids.JOB), kind=kind.name, state="queued", progress=JobProgress(0, total), created=now)
    database.insert(ITEMS, {"_id": job.id, "items": list(items)})
    database.insert(COLLECTION, _document(job))
    _forget_old(tenant, now)
    pending().add(tenant.slug, job.id)
    return job


def read(tenant: TenantConnection, id: str) -> Job:
    document = documents(tenant).get(COLLECTION, id) if ids.is_id(id, ids.JOB) else None
    if document is None:
        raise NotFound(f"There is no job {id[:80]}.")
    job = _job(document)
    if job.finished is None:
        pending().add(tenant.slug, id)  # should Redis have lost its file, asking wakes the work
    return job


def recent(tenant: TenantConnection) -> list[Job]:
    """All jobs that are kept, newest first, their results without ids."""
    found = sorted((_job(d) for d in documents(tenant).find(COLLECTION)), key=lambda job: (-job.created, job.id))
    return [replace(job, result=replace(job.result, ids={})) if job.result else job for job in found]


def _forget_old(tenant: TenantConnection, now: int) -> None:
    """Finished jobs are kept for a month, the newest fifty at most."""
    finished = [job for job in recent(tenant) if job.finished is not None]
    old = [job.id for place, job in enumerate(finished) if place >= KEPT or job.created < now - KEPT_MS]
    documents(tenant).delete_ids(COLLECTION, old)


def run(tenant: TenantConnection, id: str, clock: Any) -> Job | None:
    """Do the job, unless another worker is at it or it is done. `clock()` is now in ms. None: it is gone."""
    database = documents(tenant)
    try:
        with database.exclusive(f"job:{id}", wait_s=0) as lock:
            document = database.get(COLLECTION, id)
            job = _job(document) if document else None
            if job is not None and job.finished is None:
                job = _run(tenant, database, job, clock, lock.check)
    except Unavailable as error:
        if error.problem == "lock-busy":
            return None
        raise  # a store is down: the job stays open and is tried again
    pending().remove(tenant.slug, id)
    return job


def _run(tenant: TenantConnection, database: Database, job: Job, clock: Any, still_ours: Any) -> Job:
    kept = database.get(ITEMS, job.id)
    items = kept["items"] if kept else []
    _save(database, job, state="running")

    def progress(done: int, total: int) -> None:
        still_ours()
        _save(database, job, state="running", progress=JobProgress(done, total))

    try:
        result = operations.bulk_upsert(tenant, KINDS[job.kind], items, progress)
    except Unavailable:
        raise
    except PlantraceError as error:
        problem = {"type": f"/problems/{error.problem}", "title": error.title, "detail": error.detail, **error.extra}
        finished = _save(database, job, state="failed", finished=clock(), error=msgspec.to_builtins(problem))
    else:
        total = JobProgress(job.progress.total, job.progress.total)
        finished = _save(database, job, state="done", finished=clock(), result=result, progress=total)
    database.delete_many(ITEMS, {"_id": job.id})
    return finished


def _save(database: Database, job: Job, **fields: Any) -> Job:
    changed = replace(job, **fields)
    database.change(COLLECTION, job.id, lambda document: {**document, **_document(changed)})
    return changed


def _document(job: Job) -> Document:
    document: Document = msgspec.to_builtins(job)
    return {"_id": document.pop("id"), **document}


def _job(document: Document) -> Job:
    return msgspec.convert({**document, "id": document["_id"]}, Job)


def pending() -> Pending:
    return Pending(settings.REDIS_URL, "catalog-jobs")
