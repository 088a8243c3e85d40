"""The writer process: a few threads drain the tenants' queues."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from ingest.writer.tenant import TenantWriter
from kernel.errors import PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.streams import Streams
from stores.redis.writer_identity import own_identity
from stores.redis.writer_lease import Turn, WriterKind, WriterLease, preferred_writer

log = logging.getLogger(__name__)

THREADS = 16
DRAIN_SLICE_S = 1.0  # after which a busy tenant makes room for others
TOGETHER_S = 0.5  # between two turns of a tenant whose queue was emptied: what arrives meanwhile is stored together
ROUND_S = 0.05  # between two rounds: tenants to which something is appended meanwhile are looked up together
POLL_INTERVAL_S = 5.0  # for tenants that come and go, and for queued samples whose wake-up was lost
MAX_BACKOFF_S = 15.0
LEASE_RETRY_S = 0.2
MakeTenantWriter = Callable[[TenantConnection], TenantWriter]


@dataclass(slots=True)
class Slot:
    """One tenant's state in this process."""

    tenant: TenantConnection
    writer: TenantWriter
    busy: bool = False
    wanted: bool = True
    failures: int = 0
    not_before: float = 0.0
    gone: bool = False
    held: bool = False  # the lease, as far as this process knows
    recover: bool = False  # another writer may have left entries that it read


class Writer:
    """Drains every tenant that has queued samples; one that fails is retried with exponential back-off.

    There may be several such processes, each for a part of the tenants; a tenant's lease sees to it that they drain it
    one after the other. While a tenant's own writer is alive, the shared ones leave that tenant to it. `kind` "own"
    is such a writer; `tenants` then names one at most.
    """

    def __init__(
        self,
        streams: Streams,
        tenants: Callable[[], list[TenantConnection]],
        make: MakeTenantWriter,
        kind: WriterKind = "shared",
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        """`has_room`: whether samples may be accepted, as far as the disk goes."""
        self._streams, self._tenants, self._make, self._kind = streams, tenants, make, kind
        self._has_room = has_room
        self._slots: dict[str, Slot] = {}
        self._writers: list[str] = []  # the shared ones that are alive
        self._without_own_writer: set[str] = set()  # of tenants whose own pods queue samples
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, "drain")
        self._refreshed_at = -POLL_INTERVAL_S

    def stop(self) -> None:
        """Makes `run` finish its current batches and return. Safe in a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._run_once()
            except Unavailable as error:
                log.warning("waiting for the queue: %s", error.detail)
                self._recover_all()
                self._stopping.wait(0.5)
        self._pool.shutdown(wait=True)
        with suppress(Unavailable):
            self._leave(self._streams.writer_lease)

    def _leave(self, lease: WriterLease) -> None:
        """So that others go on at once, also with what is still queued."""
        if self._kind == "shared":
            lease.unregister()
        for prefix, slot in self._slots.items():
            if self._kind == "own":
                lease.release(prefix)
            elif slot.held:
                lease.hand_over(prefix, "shared", force=True)
            if slot.wanted and self._kind == "shared":
                self._streams.wake(prefix)

    def _run_once(self) -> None:
        if time.monotonic() - self._refreshed_at >= POLL_INTERVAL_S:
            self._refresh_tenants()
        ready = self._wait()
        rested = time.monotonic() + ROUND_S
        if any(prefix not in self._slots for prefix in ready) and time.monotonic() - self._refreshed_at >= 0.2:
            self._refresh_tenants()
        with self._lock:
            for prefix in ready:
                if (slot := self._slots.get(prefix)) and self._is_mine(prefix):
                    slot.wanted = True
            self._start_wanted()
        self._forward(ready)
        self._stopping.wait(rested - time.monotonic())

    def _wait(self) -> list[str]:
        if self._kind == "shared":
            return self._streams.wait_ready(self._wait_timeout(), also=self._without_own_writer)
        for prefix in self._slots:
            return self._streams.wait_ready(self._wait_timeout(), own=prefix)
        self._stopping.wait(1.0)
        return []

    def _refresh_tenants(self) -> None:
        """Adds, replaces and removes tenants, and finds queued samples whose wake-up was lost."""
        self._refreshed_at = time.monotonic()
        found = self._found()
        if found is None:
            return
        waiting = self._streams.backlogs(list(found))
        if self._kind == "shared":
            self._correct_backlogs(found, waiting)
            self._writers = self._streams.writer_lease.register()
            if dropped := self._streams.limit_dead_letters(list(found)):
                log.warning("%d dead letters are dropped: those of all tenants had too many bytes", dropped)
        self._announce(list(found))
        with self._lock:
            for prefix in self._slots.keys() - found.keys():
                self._slots.pop(prefix).gone = True
            for (prefix, tenant), backlog in zip(found.items(), waiting, strict=True):
                slot = self._slots.get(prefix)
                if slot is None or slot.tenant != tenant:
                    if slot is not None and slot.busy:
                        slot.gone = True  # replaced once its batch is stored
                        continue
                    slot = self._slots[prefix] = Slot(tenant, self._make(tenant), wanted=False)
                if backlog > 0 and not slot.busy and self._is_mine(prefix):
                    slot.writer.recover()  # entries whose answer was lost on the way to us are still pending
                    slot.wanted = True
            self._start_wanted()

    def _found(self) -> dict[str, TenantConnection] | None:
        """All tenants, by prefix. While the relational database is down, those that are known; None if none is."""
        try:
            return {tenant.prefix: tenant for tenant in self._tenants()}
        except Exception:
            log.exception("the list of tenants cannot be read")
            return {prefix: slot.tenant for prefix, slot in self._slots.items()} or None

    def _correct_backlogs(self, found: dict[str, TenantConnection], waiting: list[int]) -> None:
        """Sets the total of what is really queued, and stops more from being accepted if there is no room for it.

        Pods write their own count, so each is capped at its limit.
        """
        limits = (tenant.limits.stream_length for tenant in found.values())
        total = sum(map(min, waiting, limits))
        self._streams.correct_backlog(total)
        if not self._has_room():
            log.error("the disk is nearly full: no samples are accepted")
            self._streams.close(list(found), "disk")
        elif total >= self._streams.max_backlog():
            self._streams.close(list(found))

    def _is_mine(self, prefix: str) -> bool:
        """Whether no other shared writer is to serve the tenant."""
        return len(self._writers) <= 1 or preferred_writer(prefix, self._writers) == own_identity()

    def _forward(self, prefixes: Sequence[str]) -> None:
        """To the shared writers whose tenants they are, unless they are this one's."""
        by_writer: dict[str, list[str]] = defaultdict(list)
        for prefix in prefixes:
            if not self._is_mine(prefix):
                by_writer[preferred_writer(prefix, self._writers)].append(prefix)
        if by_writer and not self._streams.writer_lease.forward_to(by_writer):
            self._refreshed_at = -POLL_INTERVAL_S  # one of them has stopped

    def _announce(self, prefixes: list[str]) -> None:
        """Even while nothing is queued: that the own writer is alive, that the shared one is idle."""
        lease = self._streams.writer_lease
        if self._kind == "own":
            for prefix in prefixes:
                if lease.acquire(prefix, "own") == Turn.taken and (slot := self._slots.get(prefix)):
                    slot.recover = True
            return
        waiting = lease.with_own_writer(prefixes)  # first: from here on the shared writer starts no drain there
        with self._lock:
            idle = {prefix: slot for prefix, slot in self._slots.items() if not slot.busy}
        for prefix, slot in idle.items():
            if prefix in waiting or (slot.held and not self._is_mine(prefix)):
                with suppress(Unavailable):  # a pod can write anything to its tenant's keys
                    self._hand_over(slot)
        alone = set(prefixes).difference(waiting)
        self._without_own_writer = (self._without_own_writer | set(lease.ready(sorted(alone)))) & alone

    def _wait_timeout(self) -> float:
        """Seconds until the next retry is due, of which no append will tell."""
        now = time.monotonic()
        with self._lock:
            wanted = [slot for slot in self._slots.values() if slot.wanted]
            due = [slot.not_before - now for slot in wanted if not slot.busy or slot.not_before > now]
        return min(1.0, max(0.02, min(due, default=1.0)))

    def _start_wanted(self) -> None:
        for slot in self._slots.values():
            self._start(slot)

    def _start(self, slot: Slot) -> None:
        """Its next turn, if it is wanted and due."""
        now = time.monotonic()
        due = slot.wanted and not slot.busy and not slot.gone and slot.not_before <= now
        if due and not self._stopping.is_set():
            slot.busy, slot.wanted, slot.not_before = True, False, now + TOGETHER_S
            self._pool.submit(self._drain, slot)

    def _drain(self, slot: Slot) -> None:
        end = time.monotonic() + DRAIN_SLICE_S
        more, failed, pause = False, False, 0.0
        try:
            turn = self._streams.writer_lease.acquire(slot.tenant.prefix, self._kind)
            slot.held = turn != Turn.refused
            if slot.held:
                if turn == Turn.taken or slot.recover:
                    slot.recover = False
                    slot.writer.recover()
                more = self._drain_until(slot, end)
            else:
                more, pause = self._refused(slot.tenant.prefix)
            slot.failures = 0
        except PlantraceError as error:
            failed = True
            log.warning("%s waits: %s", slot.tenant.slug, error.detail)
        except Exception:
            failed = True
            log.exception("%s waits", slot.tenant.slug)
        with self._lock:
            if failed:
                slot.failures += 1
                slot.not_before = time.monotonic() + min(MAX_BACKOFF_S, 0.1 * 2 ** min(slot.failures, 10))
            elif pause:
                slot.not_before = time.monotonic() + pause
            elif more:
                slot.not_before = 0.0
            slot.busy = False
            slot.wanted |= more or (failed and self._is_mine(slot.tenant.prefix))
            if slot.gone:
                self._refreshed_at = -POLL_INTERVAL_S
            self._start(slot)

    def _refused(self, prefix: str) -> tuple[bool, float]:
        """Whether to ask for the lease again, and after how many seconds."""
        lease = self._streams.writer_lease
        if lease.is_paused(prefix):
            lease.hand_over(prefix, self._kind)  # it may be held from an earlier turn
        elif self._kind == "shared" and lease.with_own_writer([prefix]):
            lease.forward(prefix)
            return False, 0.0
        elif not self._is_mine(prefix):
            self._forward([prefix])
            return False, 0.0
        return True, LEASE_RETRY_S

    def _drain_until(self, slot: Slot, end: float) -> bool:
        """Whether more is queued for this process."""
        try:
            more = slot.writer.drain(
                lambda: time.monotonic() < end and not self._stopping.is_set() and not slot.gone, self._kind
            )
            return more and self._is_mine(slot.tenant.prefix)
        finally:
            if self._kind == "shared" or self._streams.writer_lease.is_paused(slot.tenant.prefix):
                self._hand_over(slot)

    def _hand_over(self, slot: Slot) -> None:
        """To whoever waits for it, or to the shared writer whose tenant it is now."""
        prefix = slot.tenant.prefix
        others = self._kind == "shared" and not self._is_mine(prefix)
        self._streams.writer_lease.hand_over(prefix, self._kind, force=others)
        if others:
            slot.held = False
            self._forward([prefix])

    def _recover_all(self) -> None:
        """Redis may have lost our wake-ups: every tenant starts over with its pending entries."""
        with self._lock:
            for prefix, slot in self._slots.items():
                slot.wanted |= self._is_mine(prefix)
                if not slot.busy:
                    slot.writer.recover()
