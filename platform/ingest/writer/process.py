"""The writer process: a few threads drain the tenants' queues."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ingest.writer.tenant import TenantWriter
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.streams import Streams
from stores.redis.writer_identity import own_identity
from stores.redis.writer_lease import Turn, WriterKind, preferred_writer
from web.workers.tenant_worker import Slot, Tenants, TenantWorker

log = logging.getLogger(__name__)

THREADS = 16
DRAIN_SLICE_S = 1.0  # after which a busy tenant makes room for others
LINGER_S = 0.5  # between two turns of a tenant whose queue was emptied: what arrives meanwhile is stored together
MIN_POLL_INTERVAL_S = 0.05  # what is appended meanwhile, of all tenants, is looked up together
POLL_INTERVAL_S = 5.0  # for tenants that come and go, and for queued samples whose wake-up was lost
MAX_BACKOFF_S = 15.0
LEASE_RETRY_S = 0.2
MakeTenantWriter = Callable[[TenantConnection], TenantWriter]


@dataclass(slots=True, kw_only=True)
class WriterSlot(Slot):
    writer: TenantWriter
    held: bool = False  # the lease, as far as this process knows
    recover: bool = False  # another writer may have left entries that it read


class Writer(TenantWorker[WriterSlot]):
    """Drains every tenant that has queued samples.

    There may be several such processes, each for a part of the tenants; a tenant's lease sees to it that they drain it
    one after the other. While a tenant's own writer is alive, the shared ones leave that tenant to it. `kind` "own"
    is such a writer; `tenants` then names one at most.
    """

    def __init__(
        self,
        streams: Streams,
        tenants: Tenants,
        make: MakeTenantWriter,
        kind: WriterKind = "shared",
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        """`has_room`: whether samples may be accepted, as far as the disk goes."""
        super().__init__(
            "the writer",
            tenants,
            threads=THREADS,
            refresh_interval_s=POLL_INTERVAL_S,
            max_backoff_s=MAX_BACKOFF_S,
        )
        self._streams, self._make_writer, self._kind, self._has_room = streams, make, kind, has_room
        self._writers: list[str] = []  # the shared ones that are alive
        self._waited_at = 0.0
        self._without_own_writer: set[str] = set()  # of tenants whose own pods queue samples

    def _make(self, tenant: TenantConnection) -> WriterSlot:
        return WriterSlot(tenant=tenant, writer=self._make_writer(tenant))

    def _close(self) -> None:
        """So that others go on at once, also with what is still queued."""
        lease = self._streams.writer_lease
        with suppress(Unavailable):
            if self._kind == "shared":
                lease.unregister()
            for prefix, slot in self._slots.items():
                if self._kind == "own":
                    lease.release(prefix)
                elif slot.held:
                    lease.hand_over(prefix, "shared", force=True)
                if slot.wanted and self._kind == "shared":
                    self._streams.wake(prefix)

    def _wanted(self, ready: Mapping[str, WriterSlot]) -> list[str]:
        return [prefix for prefix, slot in ready.items() if slot.wanted]

    def _wait(self) -> None:
        """Until something was queued for somebody; what is another writer's is forwarded."""
        self._stopping.wait(self._waited_at + MIN_POLL_INTERVAL_S - time.monotonic())
        ready = self._wait_ready()
        self._waited_at = time.monotonic()
        if any(prefix not in self._slots for prefix in ready) and time.monotonic() - self._refreshed_at >= 0.2:
            self._refresh()
        self._want(prefix for prefix in ready if self._is_mine(prefix))
        self._forward(ready)

    def _wait_ready(self) -> list[str]:
        if self._kind == "shared":
            return self._streams.wait_ready(self._wait_timeout(), also=self._without_own_writer)
        for prefix in self._slots:
            return self._streams.wait_ready(self._wait_timeout(), own=prefix)
        self._stopping.wait(1.0)
        return []

    def _wait_timeout(self) -> float:
        """Seconds until the next retry is due, of which no append will tell."""
        now = time.monotonic()
        with self._lock:
            wanted = [slot for slot in self._slots.values() if slot.wanted]
            due = [slot.not_before - now for slot in wanted if not slot.busy or slot.not_before > now]
        return min(1.0, max(0.02, min(due, default=1.0)))

    def _refreshed(self, found: Mapping[str, TenantConnection]) -> None:
        """Finds queued samples whose wake-up was lost."""
        waiting = self._streams.backlogs(list(found))
        if self._kind == "shared":
            self._correct_backlogs(found, waiting)
            self._writers = self._streams.writer_lease.register()
            if dropped := self._streams.limit_dead_letters(list(found)):
                log.warning("%d dead letters are dropped: those of all tenants had too many bytes", dropped)
        self._announce(list(found))
        with self._lock:
            for prefix, backlog in zip(found, waiting, strict=True):
                slot = self._slots[prefix]
                if backlog > 0 and not slot.busy and self._is_mine(prefix):
                    slot.writer.recover()  # entries whose answer was lost on the way to us are still pending
                    slot.wanted = True

    def _correct_backlogs(self, found: Mapping[str, TenantConnection], waiting: list[int]) -> None:
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
            self._refresh_soon()  # one of them has stopped

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

    def _turn(self, slot: WriterSlot) -> float:
        """Drains the tenant for a while, if this process gets its lease."""
        began = time.monotonic()
        slot.not_before = began + LINGER_S
        turn = self._streams.writer_lease.acquire(slot.tenant.prefix, self._kind)
        slot.held = turn != Turn.refused
        if not slot.held:
            return self._refused(slot)
        if turn == Turn.taken or slot.recover:
            slot.recover = False
            slot.writer.recover()
        if self._drain_until(slot, began + DRAIN_SLICE_S):
            slot.wanted = True
            return 0.0
        return max(0.0, slot.not_before - time.monotonic())

    def _failed(self, slot: WriterSlot) -> None:
        if self._is_mine(slot.tenant.prefix):
            slot.wanted = True

    def _recover(self) -> None:
        """Redis may have lost our wake-ups: every tenant starts over with its pending entries."""
        self._want(prefix for prefix in self._slots if self._is_mine(prefix))
        with self._lock:
            for slot in self._slots.values():
                if not slot.busy:
                    slot.writer.recover()

    def _refused(self, slot: WriterSlot) -> float:
        """After how many seconds to ask for the lease again, unless that is not for this process to do."""
        prefix, lease = slot.tenant.prefix, self._streams.writer_lease
        if lease.is_paused(prefix):
            lease.hand_over(prefix, self._kind)  # it may be held from an earlier turn
        elif self._kind == "shared" and lease.with_own_writer([prefix]):
            lease.forward(prefix)
            return 0.0
        elif not self._is_mine(prefix):
            self._forward([prefix])
            return 0.0
        slot.wanted = True
        return LEASE_RETRY_S

    def _drain_until(self, slot: WriterSlot, end: float) -> bool:
        """Whether more is queued for this process."""
        try:
            more = slot.writer.drain(lambda: time.monotonic() < end and not self.stopping and not slot.gone, self._kind)
            return more and self._is_mine(slot.tenant.prefix)
        finally:
            if self._kind == "shared" or self._streams.writer_lease.is_paused(slot.tenant.prefix):
                self._hand_over(slot)

    def _hand_over(self, slot: WriterSlot) -> None:
        """To whoever waits for it, or to the shared writer whose tenant it is now."""
        prefix = slot.tenant.prefix
        others = self._kind == "shared" and not self._is_mine(prefix)
        self._streams.writer_lease.hand_over(prefix, self._kind, force=others)
        if others:
            slot.held = False
            self._forward([prefix])
