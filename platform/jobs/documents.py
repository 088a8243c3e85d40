"""Jobs of one kind, kept as documents of their tenants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from jobs.attempt import Clock, Outcome, attempt
from jobs.dispatch import JobKind, JobRef
from jobs.open_jobs import note_open
from jobs.records import DocumentRecord
from jobs.run import OPEN, Cancelled, JobRun, Queue
from kernel import ids
from kernel.errors import Conflict, NotFound, PlantraceError
from kernel.tenancy import TenantConnection
from stores.documents import Document
from stores.redis.leases import Lease
from stores.redis.pending import Pending
from web.directory import directory
from web.stores import documents

Perform = Callable[[TenantConnection, str, Clock], Outcome]


def sentence_of(error: PlantraceError) -> Any:
    return error.detail


@dataclass(frozen=True, slots=True)
class DocumentJobs:
    """`noun` is used in messages, `id_kind` is the letter of its ids, `explain` says how a failure is stored.

    A document has `state`, `created` and `finished`, and `dry_run` if its kind supports that.
    """

    noun: str
    collection: str
    id_kind: str
    queue: Queue
    open_list: str = ""  # its name in Redis; by default the collection's
    explain: Callable[[PlantraceError], Any] = sentence_of

    def add(self, tenant: TenantConnection, document: Document) -> None:
        documents(tenant).insert(self.collection, document)
        self.note_open(tenant, document["_id"])

    def note_open(self, tenant: TenantConnection, id: str) -> None:
        """Have a worker look at it. Idempotent."""
        note_open(self._list_name, tenant, id)

    def get(self, tenant: TenantConnection, id: str) -> Document:
        """Raises NotFound. Notes an open job again, should Redis have lost it."""
        document = documents(tenant).get(self.collection, id) if ids.is_id(id, self.id_kind) else None
        if document is None:
            raise NotFound(f"There is no {self.noun} {id[:80]}.")
        if self.is_ours(document):
            self.note_open(tenant, id)
        return document

    def newest_first(self, tenant: TenantConnection) -> list[Document]:
        found = documents(tenant).find(self.collection)
        return sorted(found, key=lambda document: (-document["created"], document["_id"]))

    def restart(self, tenant: TenantConnection, id: str, **fields: Any) -> Document:
        """Run a finished dry run for real. Raises Conflict if it is none; `fields` are reset to how a job begins."""

        def begin(document: Document) -> Document:
            if document["state"] != "done" or not document["dry_run"]:
                raise Conflict(f"The {self.noun} {id} is not a finished dry run.", slug="not-startable")
            fresh: Document = {"attempts": 0, "not_before": 0, "finished": None, **fields}
            return {**document, **fresh, "state": "queued", "dry_run": False}

        stored = documents(tenant).change(self.collection, id, begin)
        self.note_open(tenant, id)
        return stored

    def cancel(self, tenant: TenantConnection, id: str, now: int) -> Document:
        """End an open job; what it has written stays. Raises NotFound, and Conflict if it has ended by itself."""
        self.get(tenant, id)

        def end(document: Document) -> Document:
            if document["state"] not in OPEN:
                raise Conflict(f"The {self.noun} {id} is already {document['state']}.", slug="already-ended")
            return {**document, "state": "cancelled", "finished": now}

        return documents(tenant).change(self.collection, id, end)

    def attempt(
        self, tenant: TenantConnection, id: str, work: Callable[[Document, JobRun], None], clock: Clock
    ) -> Outcome:
        """Attempt the job, unless another job of the tenant is running in its queue or it has ended."""

        def run(job_run: JobRun) -> None:
            document = documents(tenant).get(self.collection, id)
            if document is None:
                raise Cancelled
            work(document, job_run)

        return attempt(f"{self.noun} {id} of {tenant.slug}", self.slot(tenant), self.record(tenant, id), run, clock)

    def settle(self, tenant: TenantConnection, id: str) -> Outcome:
        """After an attempt that ended the job: workers stop looking for it. `waits` if it was started again by now."""
        self.open_jobs().remove(tenant.slug, id)  # first: whoever starts a finished dry run notes it again
        document = documents(tenant).get(self.collection, id)
        if document is None or not self.is_ours(document):
            return Outcome.ended
        self.note_open(tenant, id)
        return Outcome.waits

    def record(self, tenant: TenantConnection, id: str) -> DocumentRecord:
        return DocumentRecord(documents(tenant), self.collection, id, self.explain)

    def slot(self, tenant: TenantConnection) -> Lease:
        """Only its holder may run a job of the tenant in this queue."""
        return Lease(settings.REDIS_URL, f"{tenant.prefix}jobs:{self.queue}")

    def open_jobs(self) -> Pending:
        return Pending(settings.REDIS_URL, self._list_name)

    def kind(self, perform: Perform) -> JobKind:
        """For `register`: `perform` attempts one job of a tenant."""

        def attempt_of(ref: JobRef, clock: Clock) -> Outcome:
            tenant = directory().by_slug(ref.tenant)
            if tenant is None:  # deleted, or suspended: then reading the job notes it again
                self.open_jobs().remove(ref.tenant, ref.id)
                return Outcome.ended
            return perform(tenant, ref.id, clock)

        def find_open() -> Iterator[JobRef]:
            for slug, id in self.open_jobs().all():
                yield JobRef(slug, id)

        return JobKind(self.noun, self.queue, find_open, attempt_of)

    def is_ours(self, document: Document) -> bool:
        """Whether it is for a worker of ours."""
        return document["state"] in OPEN and document.get("source") != "simulator"

    @property
    def _list_name(self) -> str:
        return self.open_list or self.collection
