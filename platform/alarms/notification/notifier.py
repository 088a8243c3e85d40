"""Sends what is due, of all tenants: a bounded share of the threads to each, so that a receiver that hangs delays only
its own tenant.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from alarms.notification.attempts import Clock, Send, attempt
from alarms.notification.plan import fire
from alarms.notification.retention import purge
from kernel.tenancy import TenantConnection
from stores.redis.deliveries import StoredDelivery
from web.stores import deliveries
from web.workers.tenant_worker import Slot, Tenants, TenantWorker, log_waiting

THREADS, PLANNING_THREADS = 32, 4
MAX_OF_A_TENANT = THREADS // 4
SLOW_S = 5.0  # a tenant whose last attempt took longer gets one thread
POLL_INTERVAL_S, TENANTS_POLL_INTERVAL_S = 0.5, 5.0
PURGE_INTERVAL_S = 600.0
LEASE_RETRY_S, MAX_BACKOFF_S = 2.0, 10.0


@dataclass(slots=True, kw_only=True)
class NotifierSlot(Slot):
    sending: int = 0
    slow: bool = False
    purged: float = float("-inf")


class Notifier(TenantWorker[NotifierSlot]):
    """A turn starts what is due; attempts have threads of their own."""

    def __init__(self, tenants: Tenants, send: Send, clock: Clock) -> None:
        super().__init__(
            "notification",
            tenants,
            threads=PLANNING_THREADS,
            refresh_interval_s=TENANTS_POLL_INTERVAL_S,
            max_backoff_s=MAX_BACKOFF_S,
        )
        self._send, self._clock = send, clock
        self._sending: set[tuple[str, str]] = set()  # prefix and id
        self._senders = ThreadPoolExecutor(THREADS, "sender")

    def _make(self, tenant: TenantConnection) -> NotifierSlot:
        return NotifierSlot(tenant=tenant)

    def _close(self) -> None:
        self._senders.shutdown(wait=True, cancel_futures=True)

    def _wanted(self, ready: Mapping[str, NotifierSlot]) -> list[str]:
        asked = [prefix for prefix, slot in ready.items() if slot.sending < _share(slot)]
        return deliveries().with_due(asked, self._clock()) if asked else []

    def _wait(self) -> None:
        self._stopping.wait(POLL_INTERVAL_S)

    def _turn(self, slot: NotifierSlot) -> float:
        tenant = slot.tenant
        if not deliveries().acquire(tenant.prefix):
            return LEASE_RETRY_S
        fire(tenant, self._clock)
        self._start_attempts(slot)
        if time.monotonic() - slot.purged >= PURGE_INTERVAL_S:
            slot.purged = time.monotonic()
            purge(tenant, self._clock())
        return 0.0

    def _start_attempts(self, slot: NotifierSlot) -> None:
        """Of what is due, up to the tenant's share."""
        prefix = slot.tenant.prefix
        for each in deliveries().due(prefix, self._clock(), THREADS + MAX_OF_A_TENANT):
            with self._lock:
                if slot.sending >= _share(slot) or self.stopping:
                    return
                if (prefix, each.id) in self._sending:
                    continue
                self._sending.add((prefix, each.id))
                slot.sending += 1
            self._senders.submit(self._attempt, slot, each)

    def _attempt(self, slot: NotifierSlot, stored: StoredDelivery) -> None:
        tenant, began = slot.tenant, time.monotonic()
        try:
            attempt(tenant, stored, self._send, self._clock)
        except Exception as error:  # it is claimed, and repeated when that has ended
            log_waiting(f"a delivery of {tenant.slug}", error)
        with self._lock:
            self._sending.discard((tenant.prefix, stored.id))
            slot.sending -= 1
            slot.slow = time.monotonic() - began > SLOW_S


def _share(slot: NotifierSlot) -> int:
    return 1 if slot.slow else MAX_OF_A_TENANT
