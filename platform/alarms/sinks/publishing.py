"""Publishes the transitions of all tenants to their sinks: at least once, in order, and each sink for itself."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from alarms.journal.models import JournalEntry
from alarms.journal.queries import numbered
from alarms.journal.replay import OUTCOMES
from alarms.sinks import repository
from alarms.sinks.brokers import Broker, connected
from alarms.sinks.checks import secrets_of
from alarms.sinks.failures import SinkFailed
from alarms.sinks.messages import entries_of, messages_of
from alarms.sinks.models import SinkProgress, StoredSink
from catalog.snapshot import snapshot_of
from kernel.errors import NotFound, PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.alarm_feed import Mark, Unpublished
from web.stores import alarm_feed, outgoing_counts

log = logging.getLogger(__name__)

THREADS, MAX_THREADS_PER_TENANT = 16, 2
MAX_FAILING, MAX_FAILING_PER_TENANT = THREADS // 2, 1  # threads of sinks whose last turn failed
POLL_INTERVAL_S, TENANTS_POLL_INTERVAL_S = 0.5, 5.0
ENROLL_INTERVAL_S = 600.0  # in case Redis has lost its file
LEASE_RETRY_S = 5.0  # while another process serves the tenant
RECONNECT_INTERVAL_S = 1.0  # between two connections of a sink
MAX_BACKOFF_S = 60.0
BATCH_SIZE = 100
CATCH_UP_NUMBERS = 400  # of transitions that are looked for in the journal at once
MAX_TURN_S = 30.0  # of one sink before another one has its turn
Clock = Callable[[], int]
Job = tuple[str, str]  # a tenant's prefix, a sink


@dataclass(slots=True)
class Turn:
    """When a sink may be connected to again, and when it was last; `failures`: in a row."""

    not_before: float = 0.0
    began: float = 0.0
    failures: int = 0
    busy: bool = False


class SinkPublisher:
    """From `start` until `stop`, in threads of its own. Killed at any point it publishes some transitions again.

    A broker that hangs takes one thread, and its tenant's other sinks have another one: a sink has one turn at a time,
    a tenant two, and of those that failed last one, and all of these together half of the threads.
    """

    def __init__(self, tenants: Callable[[], list[TenantConnection]], clock: Clock) -> None:
        self._find, self._clock = tenants, clock
        self._tenants: dict[str, TenantConnection] = {}
        self._turns: dict[Job, Turn] = {}
        self._refreshed, self._enrolled = -TENANTS_POLL_INTERVAL_S, -ENROLL_INTERVAL_S
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, "publish")
        self._thread = threading.Thread(target=self._run, name="sinks")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when current batches have ended."""
        self._stopping.set()
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopping.wait(POLL_INTERVAL_S):
            try:
                self._run_once()
            except Unavailable as error:
                log.warning("publishing alarms waits: %s", error.detail)
                self._stopping.wait(1.0)
            except Exception:
                log.exception("publishing alarms waits")
                self._stopping.wait(1.0)

    def _run_once(self) -> None:
        now = time.monotonic()
        if now - self._refreshed >= TENANTS_POLL_INTERVAL_S:
            self._refresh(now)
        waiting = alarm_feed().waiting(list(self._tenants))
        behind = {(prefix, sink) for prefix, sinks in waiting.items() for sink in sinks}
        self._turns = {job: turn for job, turn in self._turns.items() if turn.busy or job in behind}
        for prefix, sink in self._startable(behind, now):
            turn = self._turns[prefix, sink]
            turn.busy, turn.began = True, now
            self._pool.submit(self._serve, self._tenants[prefix], sink, turn)

    def _startable(self, behind: Iterable[Job], now: float) -> Iterator[Job]:
        """Those whose turn it is within the bounds, longest not served first."""
        turns = [(job, self._turns.setdefault(job, Turn())) for job in behind]
        running = [(prefix, turn.failures > 0) for (prefix, _), turn in self._turns.items() if turn.busy]
        of_tenant = Counter(prefix for prefix, _ in running)
        failing_of_tenant = Counter(prefix for prefix, failing in running if failing)
        for (prefix, sink), turn in sorted(turns, key=lambda each: (each[1].began, each[0])):
            if turn.busy or turn.not_before > now or of_tenant[prefix] >= MAX_THREADS_PER_TENANT:
                continue
            if turn.failures:
                if failing_of_tenant[prefix] >= MAX_FAILING_PER_TENANT or failing_of_tenant.total() >= MAX_FAILING:
                    continue
                failing_of_tenant[prefix] += 1
            of_tenant[prefix] += 1
            yield prefix, sink

    def _refresh(self, now: float) -> None:
        self._refreshed = now
        try:
            self._tenants = {tenant.prefix: tenant for tenant in self._find()}
        except Exception:  # the relational database may be down; known tenants are served
            log.exception("the list of tenants cannot be read")
            return
        if now - self._enrolled >= ENROLL_INTERVAL_S:
            self._enrolled = now
            self._pool.submit(self._enroll_all, list(self._tenants.values()))

    def _enroll_all(self, tenants: list[TenantConnection]) -> None:
        for tenant in tenants:
            if self._stopping.is_set():
                return
            try:
                if repository.SINKS.heads(tenant):
                    repository.enroll(tenant)
            except PlantraceError as error:
                log.warning("sinks of %s are not enrolled: %s", tenant.slug, error.detail)
            except Exception:
                log.exception("sinks of %s are not enrolled", tenant.slug)

    def _serve(self, tenant: TenantConnection, sink: str, turn: Turn) -> None:
        wait_s, failed = RECONNECT_INTERVAL_S, True
        try:
            if alarm_feed().acquire(tenant.prefix):
                failed = not self._publish(tenant, sink)
            else:
                wait_s, failed = LEASE_RETRY_S, False
        except PlantraceError as error:
            log.warning("a sink of %s waits: %s", tenant.slug, error.detail)
        except Exception:
            log.exception("a sink of %s waits", tenant.slug)
        turn.failures = turn.failures + 1 if failed else 0
        if failed:
            wait_s = min(MAX_BACKOFF_S, 2.0 ** min(turn.failures, 10))
        turn.not_before = time.monotonic() + wait_s
        turn.busy = False

    def _publish(self, tenant: TenantConnection, id: str) -> bool:
        """False: the broker does not have all."""
        try:
            sink = repository.SINKS.get(tenant, id)
        except NotFound:
            sink = None
        if sink is None or not sink.enabled:
            repository.enroll(tenant)
            return True
        try:
            with connected(sink.settings, secrets_of(sink)) as broker:
                publish_waiting(tenant, sink, broker, self._clock, lambda: not self._stopping.is_set())
        except SinkFailed as failure:
            log.warning("sink %s of %s: %s", sink.name, tenant.slug, failure.detail)
            note(tenant, id, self._clock(), failure.detail)
            outgoing_counts().add({f"error {sink.settings.__struct_config__.tag}": 1})
            return False
        return True


def publish_waiting(
    tenant: TenantConnection, sink: StoredSink, broker: Broker, clock: Clock, go_on: Callable[[], bool]
) -> None:
    """What waits for the sink, in batches. Raises SinkFailed and Unavailable."""
    ends = time.monotonic() + MAX_TURN_S
    while go_on() and time.monotonic() < ends:
        found = alarm_feed().next(tenant.prefix, sink.id, BATCH_SIZE)
        if found is None or not alarm_feed().acquire(tenant.prefix):
            return
        entries, mark, lost = next_batch(tenant, found)
        if entries:
            broker.publish(messages_of(tenant, sink.settings, entries, snapshot_of(tenant)))
        if not alarm_feed().set_published(tenant.prefix, sink.id, mark):
            return
        note(tenant, sink.id, clock(), published=len(entries), lost=lost)
        kind = sink.settings.__struct_config__.tag
        outgoing_counts().add({f"published {kind}": len(entries), f"lost {kind}": lost})


def next_batch(tenant: TenantConnection, found: Unpublished) -> tuple[list[JournalEntry], Mark, int]:
    """What is published next, up to where that is, and how many are lost before it. What is missing in the feed is in
    the journal; lost is what that does not have any more.
    """
    first, mark = found.transitions[0], found.mark
    if not found.missing or mark.number is None:
        return entries_of(tenant, found.transitions), found.transitions[-1].mark, found.missing
    entries, until = from_journal(tenant, mark.number, first.number - 1)
    if until < first.number - 1:
        return entries, Mark(mark.id, mark.count + len(entries), until), 0
    return entries, Mark(mark.id, first.count - 1, until), found.missing - len(entries)


def from_journal(tenant: TenantConnection, after: int, end: int) -> tuple[list[JournalEntry], int]:
    """The first batch of what is published with `after < number <= end`, and up to which number that is all. In few
    steps also where nothing has most of the numbers.
    """
    width = CATCH_UP_NUMBERS
    while after < end:
        until = min(end, after + width)
        found = numbered(tenant, after, until, CATCH_UP_NUMBERS + 1)
        if len(found) > CATCH_UP_NUMBERS:
            width = CATCH_UP_NUMBERS
            continue
        entries = [each for each in found if each.transition.what not in OUTCOMES]
        if len(entries) > BATCH_SIZE:
            return entries[:BATCH_SIZE], entries[BATCH_SIZE - 1].number
        if entries:
            return entries, until
        after, width = until, width * 8
    return [], end


def note(
    tenant: TenantConnection, sink: str, now: int, detail: str = "", *, published: int = 0, lost: int = 0
) -> SinkProgress:
    """How the sink does, for people."""
    before = repository.progress_of(alarm_feed().states(tenant.prefix).get(sink))
    state = "failing" if detail else "ok"
    after = replace(
        before,
        state=state,
        detail=detail or before.detail,
        last_failed=now if detail else before.last_failed,
        since=now if before.state != state else before.since,
        published=before.published + published,
        last_published=now if published else before.last_published,
        lost=before.lost + lost,
    )
    alarm_feed().set_state(tenant.prefix, sink, msgspec.json.encode(after))
    return after
