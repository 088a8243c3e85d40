"""Bulk calls too large for one request: kept as documents, run by a worker, run again if the worker was killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from catalog import operations
from catalog.history import History
from catalog.kinds import KINDS, CatalogKind
from catalog.models import Id
from jobs import DocumentJobs, JobRun, Outcome, Queue, Retention
from jobs.attempt import Clock
from kernel import ids
from kernel.errors import PlantraceError, TooManyRequests
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.documents import Document
from web.stores import documents

COLLECTION, ITEMS = "jobs", "job_items"  # the items apart, so that a list of jobs stays small
MAX_FINISHED, RETENTION_MS = 50, 30 * DAY
MAX_OPEN, RETRY_S = 20, 30  # each keeps up to 16 MB of items until it has ended
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
    attempts: Annotated[int, Meta(description="How many attempts have been started")] = 0


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
    """Keep the call and mark it as to be done. TooManyRequests if many wait already."""
    if sum(job.finished is None for job in recent(tenant)) >= MAX_OPEN:
        raise TooManyRequests(
            f"{MAX_OPEN} bulk calls are already waiting or running, which is the maximum. Send this one again when one "
            "has ended.",
            slug="too-many-jobs",
            retry_after=RETRY_S,
        )
    job = Job(id=ids.new_id(ids.JOB), kind=kind.name, state="queued", progress=JobProgress(0, total), created=now)
    documents(tenant).insert(ITEMS, {"_id": job.id, "items": list(items), "history": history})
    JOBS.add(tenant, _document(job))
    _delete_old(tenant, now)
    return job


def read(tenant: TenantConnection, id: str) -> Job:
    return _job(JOBS.get(tenant, id))


def recent(tenant: TenantConnection, limit: int = MAX_FINISHED * 2) -> list[Job]:
    """The newest first, their results without ids."""
    return [in_short(tenant, document) for document in JOBS.page(tenant, limit)]


def present(tenant: TenantConnection, document: Document) -> Job:
    return _job(document)


def in_short(tenant: TenantConnection, document: Document) -> Job:
    result = document.get("result")
    return _job({**document, "result": result and {**result, "ids": {}}})


def _delete_old(tenant: TenantConnection, now: int) -> None:
    """Finished jobs are kept for a month, the newest fifty at most."""
    JOBS.purge(tenant, now, Retention(RETENTION_MS, MAX_FINISHED), is_needed=lambda document: False)


def cancel(tenant: TenantConnection, id: str, now: int) -> Job:
    return _job(JOBS.cancel(tenant, id, now))


def perform(tenant: TenantConnection, id: str, clock: Clock) -> Outcome:
    """Try the job, unless another short job of the tenant is running or it has ended. `clock()` is now in ms."""
    outcome = JOBS.attempt(tenant, id, lambda document, run: _work(tenant, document, run, clock), clock)
    if outcome is Outcome.ended:
        documents(tenant).delete_ids(ITEMS, [id])
        JOBS.open_jobs().remove(tenant.slug, id)
    return outcome


def _work(tenant: TenantConnection, document: Document, run: JobRun, clock: Clock) -> None:
    job, kept = _job(document), documents(tenant).get(ITEMS, document["_id"])

    def progress(done: int, total: int) -> None:
        run.save(progress=JobProgress(done, total))

    items, history = (kept["items"], History(kept.get("history", "refuse"))) if kept else ([], History.refuse)
    result = operations.bulk_upsert(tenant, KINDS[job.kind], items, progress, history)
    total = JobProgress(job.progress.total, job.progress.total)
    run.save(state="done", finished=clock(), result=result, progress=total)


def _problem(error: PlantraceError) -> dict[str, Any]:
    problem = {"type": f"/problems/{error.problem}", "title": error.title, "detail": error.detail, **error.extra}
    return dict(msgspec.to_builtins(problem))


def _document(job: Job) -> Document:
    document: Document = msgspec.to_builtins(job)
    return {"_id": document.pop("id"), **document}


def _job(document: Document) -> Job:
    return msgspec.convert({**document, "id": document["_id"]}, Job)


JOBS = DocumentJobs(
    "job", COLLECTION, ids.JOB, Queue.short, open_list="catalog-jobs", explain=_problem, bulky=("result.ids",),
    parts=(ITEMS,), in_pods=True,
)  # fmt: skip
KIND = JOBS.kind(perform)
