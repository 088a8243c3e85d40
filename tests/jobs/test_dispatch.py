"""Tenants take turns, and none has to wait for another's jobs."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.urls import resolve

from catalog import jobs as bulk_changes
from config.pod.urls import not_served_here
from ingest.corrections import jobs as corrections
from ingest.imports import jobs as imports
from jobs import DocumentJobs, JobKind, JobRef, Outcome, Queue, dispatch
from jobs.attempt import Clock
from jobs.dispatch import pod_lists
from runtime.supervisor import Supervisor
from stores.redis.client import redis_client
from stores.redis.leases import Lease
from stores.redis.pending import Pending

pytestmark = pytest.mark.usefixtures("servers")


@pytest.fixture
def only(servers: Supervisor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[JobKind], None]]:
    """Registers kinds beside which there are no others; a queue's turns begin from nothing."""
    monkeypatch.setattr(dispatch, "_kinds", {})
    client = redis_client(settings.REDIS_URL)
    for key in client.scan_iter("pt:jobs:turn:*"):
        client.delete(key)
    yield dispatch.register


class Jobs:
    """Jobs of several tenants that hold the tenant's slot while they run."""

    def __init__(self, **waiting: int) -> None:
        self.mark = secrets.token_hex(4)
        self.waiting = [JobRef(slug, f"{slug}{n}") for slug, count in waiting.items() for n in range(count)]
        self.done: list[str] = []
        self.on_run: Callable[[JobRef], None] = lambda ref: None

    def kind(self, name: str = "test", queue: Queue = Queue.long) -> JobKind:
        return JobKind(name, queue, lambda: list(self.waiting), self.attempt)

    def attempt(self, ref: JobRef, clock: Clock) -> Outcome:
        lease = Lease(settings.REDIS_URL, f"pt:test:{self.mark}:{ref.tenant}")
        if not lease.acquire():
            return Outcome.busy
        with lease:
            if ref not in self.waiting:
                return Outcome.ended
            self.on_run(ref)
            self.waiting.remove(ref)
            self.done.append(ref.id)
        return Outcome.ended


def clock_from(start: int) -> Clock:
    ticks = iter(range(start, start + 10_000))
    return lambda: next(ticks)


def test_a_tenant_with_one_job_waits_for_one_of_anothers_and_not_for_fifty(only: Callable[[JobKind], None]) -> None:
    jobs = Jobs(large=50, small=1, medium=2)
    only(jobs.kind())
    dispatch.work(Queue.long, clock_from(1))
    assert jobs.done[:6] == ["large0", "small0", "medium0", "large1", "medium1", "large2"]
    assert len(jobs.done) == 53 and jobs.done[6:] == [f"large{n}" for n in range(3, 50)], "oldest first"


def test_two_tenants_jobs_run_side_by_side_and_one_tenants_one_after_the_other(only: Callable[[JobKind], None]) -> None:
    jobs, together = Jobs(one=3, two=3), threading.Barrier(2, timeout=20)
    only(jobs.kind())
    running: set[str] = set()

    def run(ref: JobRef) -> None:
        assert ref.tenant not in running
        running.add(ref.tenant)
        if ref.id in ("one0", "two0"):
            together.wait()  # neither goes on before the other runs too
        running.discard(ref.tenant)

    jobs.on_run = run
    threads = [threading.Thread(target=dispatch.work, args=(Queue.long, clock_from(1))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    dispatch.work(Queue.long, clock_from(100))  # what was busy for both at their last look
    assert sorted(jobs.done) == ["one0", "one1", "one2", "two0", "two1", "two2"]


def test_one_jobs_failure_does_not_stop_the_others(only: Callable[[JobKind], None]) -> None:
    jobs, broken = Jobs(good=2, bad=1), Jobs()
    only(jobs.kind())

    def run(ref: JobRef) -> None:
        if ref.tenant == "bad":
            raise RuntimeError("this tenant's documents are down")

    def cannot_be_listed() -> list[JobRef]:
        raise RuntimeError("no list")

    jobs.on_run = run
    only(JobKind("broken", Queue.long, cannot_be_listed, broken.attempt))
    dispatch.work(Queue.long, clock_from(1))
    assert jobs.done == ["good0", "good1"]


def test_a_queues_worker_does_that_queues_jobs(only: Callable[[JobKind], None]) -> None:
    short, long = Jobs(one=1), Jobs(one=1)
    only(short.kind("short", Queue.short))
    only(long.kind("long", Queue.long))
    dispatch.work(Queue.short, clock_from(1))
    assert (short.done, long.done) == (["one0"], [])


def test_open_work_keeps_its_order_and_entries_of_earlier_versions_are_found() -> None:
    name = f"test-{secrets.token_hex(4)}"
    client = redis_client(settings.REDIS_URL)
    client.sadd(f"pt:pending:{name}", "acme i1")
    pending = Pending(settings.REDIS_URL, name)
    for id in ("i9", "i3", "i5", "i9"):
        pending.add("acme", id)
    assert pending.all() == [("acme", "i1"), ("acme", "i9"), ("acme", "i3"), ("acme", "i5")]
    assert not client.exists(f"pt:pending:{name}")
    for slug, id in pending.all():
        pending.remove(slug, id)
    assert pending.all() == []


def test_work_noted_by_a_pod_is_collected_for_its_own_tenant_only() -> None:
    name, prefix = f"test-{secrets.token_hex(4)}", f"pt:t{secrets.token_hex(5)}:"
    pending = Pending(settings.REDIS_URL, name)
    pending.add_own(prefix, "k1")
    pending.add_own(prefix, "rival k2")
    assert pending.all() == []
    pending.collect([("acme", prefix), ("quiet", f"{prefix}none:")])
    assert sorted(pending.all()) == [("acme", "k1"), ("acme", "rival k2")]
    pending.collect([("acme", prefix)])
    for slug, id in pending.all():
        pending.remove(slug, id)
    redis_client(settings.REDIS_URL).set(f"{prefix}open:{name}", "nonsense", ex=60)
    pending.collect([("acme", prefix)])
    assert pending.all() == []


@pytest.mark.parametrize(
    ("jobs", "address"),
    [
        (bulk_changes.JOBS, "/api/v1/jobs"),
        (corrections.JOBS, "/api/v1/corrections"),
        (imports.JOBS, "/api/v1/imports"),
    ],
)
def test_jobs_are_collected_from_the_pods_that_serve_their_addresses(jobs: DocumentJobs, address: str) -> None:
    is_served = resolve(address, "config.pod.urls").func is not not_served_here
    assert ((jobs.open_list or jobs.collection) in pod_lists()) is is_served
