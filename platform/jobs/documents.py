"""Jobs of one kind, kept as documents of their tenants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
from stores.documents import Database, Document
from stores.redis.leases import Lease
from stores.redis.pending import Pending
from web.directory import directory
from web.stores import documents
from web.stream import JOBS, publish

Perform = Callable[[TenantConnection, str, Clock], Outcome]
Position = tuple[int, str]  # of a job in a list: when it was created, and its id
NEWEST_FIRST = (("created", -1), ("_id", -1))


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long ended jobs are kept after they were created, and how many at most."""

    ms: int
    count: int

    def old(self, ended: Sequence[Document], now: int) -> list[Document]:
        """Those of them, newest first, that are kept no longer."""
        return [each for place, each in enumerate(ended) if place >= self.count or each["created"] < now - self.ms]


def sentence_of(error: PlantraceError) -> Any:
    return error.detail


@dataclass(frozen=True, slots=True)
class DocumentJobs:
    """`noun` is used in messages, `id_kind` is the kind of its ids, `explain` says how a failure is stored.

    A document has `state`, `created` and `finished`, and `dry_run` if its kind supports that. `bulky` members are not
    read for a list; `parts` are collections with more of each job, by its id. `in_pods`: tenants' pods accept it too.
    """

    noun: str
    collection: str
    id_kind: str
    queue: Queue
    open_list: str = ""  # its name in Redis; by default the collection's
    explain: Callable[[PlantraceError], Any] = sentence_of
    bulky: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    in_pods: bool = False

    def add(self, tenant: TenantConnection, document: Document) -> None:
        _ensure_index(documents(tenant), self.collection)
        documents(tenant).insert(self.collection, document)
        self._announce(tenant, document["_id"])
        if self.is_ours(document):
            self.note_open(tenant, document["_id"])

    def note_open(self, tenant: TenantConnection, id: str) -> None:
        """Have a worker check it. Idempotent."""
        note_open(self._list_name, tenant, id)

    def get(self, tenant: TenantConnection, id: str) -> Document:
        """Raises NotFound. Notes an open job again, should Redis have lost it."""
        document = documents(tenant).get(self.collection, id) if ids.is_id(id, self.id_kind) else None
        if document is None:
            raise NotFound(f"There is no {self.noun} {id[:80]}.")
        if self.is_ours(document):
            self.note_open(tenant, id)
        return document

    def page(self, tenant: TenantConnection, limit: int, after: Position | None = None) -> list[Document]:
        """The newest first, from the one that follows `after`, without their bulky members. Notes open jobs again."""
        wanted = {} if after is None else _following(*after)
        found = documents(tenant).find(self.collection, wanted, NEWEST_FIRST, limit=limit, without=self.bulky)
        for document in found:
            if self.is_ours(document):
                self.note_open(tenant, document["_id"])
        return found

    def purge(
        self, tenant: TenantConnection, now: int, retention: Retention, is_needed: Callable[[Document], bool]
    ) -> int:
        """Delete old jobs that have ended, unless they are needed. Returns how many."""
        database = documents(tenant)
        found = database.find(self.collection, sort=NEWEST_FIRST, without=self.bulky)
        ended = [document for document in found if document["state"] not in OPEN]
        old = [document["_id"] for document in retention.old(ended, now) if not is_needed(document)]
        for part in self.parts:  # first: what a kill leaves is found again by the job itself
            database.delete_ids(part, old)
        return database.delete_ids(self.collection, old)

    def restart(self, tenant: TenantConnection, id: str, **fields: Any) -> Document:
        """Run a finished dry run for real. Raises Conflict if it is not one; `fields` are reset as for a new job."""

        def begin(document: Document) -> Document:
            if document["state"] != "done" or not document["dry_run"]:
                raise Conflict(f"The {self.noun} {id} is not a finished dry run.", slug="not-startable")
            fresh: Document = {"attempts": 0, "not_before": 0, "finished": None, **fields}
            return {**document, **fresh, "state": "queued", "dry_run": False}

        stored = documents(tenant).change(self.collection, id, begin)
        self.note_open(tenant, id)
        self._announce(tenant, id)
        return stored

    def cancel(self, tenant: TenantConnection, id: str, now: int) -> Document:
        """End an open job; what it has written stays. Raises NotFound, and Conflict if it has ended by itself."""
        self.get(tenant, id)

        def end(document: Document) -> Document:
            if document["state"] not in OPEN:
                raise Conflict(f"The {self.noun} {id} is already {document['state']}.", slug="already-ended")
            return {**document, "state": "cancelled", "finished": now}

        stored = documents(tenant).change(self.collection, id, end)
        self._announce(tenant, id)
        return stored

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
        return DocumentRecord(documents(tenant), self.collection, id, self.explain, lambda: self._announce(tenant, id))

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

        pod_list = self._list_name if self.in_pods else ""
        return JobKind(self.noun, self.queue, find_open, attempt_of, pod_list)

    def is_ours(self, document: Document) -> bool:
        """Whether it is for a worker of ours."""
        return document["state"] in OPEN and document.get("source") != "simulator"

    def _announce(self, tenant: TenantConnection, id: str) -> None:
        publish(tenant, JOBS, kind=self.collection, id=id)

    @property
    def _list_name(self) -> str:
        return self.open_list or self.collection


def _following(created: int, id: str) -> dict[str, Any]:
    return {"created": {"$lte": created}, "$or": [{"created": {"$lt": created}}, {"_id": {"$lt": id}}]}


def _ensure_index(database: Database, collection: str) -> None:
    """Once in each process: of the order of lists."""
    if (database.name, collection) not in _indexed:
        database.ensure_index(collection, "created", "_id")
        _indexed.add((database.name, collection))


_indexed: set[tuple[str, str]] = set()
