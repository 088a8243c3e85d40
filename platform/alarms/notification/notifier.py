"""Sends what is due, of all tenants: a bounded share of the threads to each, so that a receiver that hangs delays only
its own tenant.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from alarms.notification.attempts import Clock, Send, attempt
from alarms.notification.plan import fire
from alarms.notification.retention import purge
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from stores.redis.deliveries import StoredDelivery
from web.stores import deliveries

log = logging.getLogger(__name__)

THREADS, PLANNING_THREADS = 32, 4
MAX_OF_A_TENANT = THREADS // 4
SLOW_S = 5.0  # a tenant whose last attempt took longer gets one thread
POLL_INTERVAL_S, TENANTS_POLL_INTERVAL_S = 0.5, 5.0
PURGE_INTERVAL_S = 600.0
LEASE_RETRY_S, MAX_BACKOFF_S = 2.0, 10.0


class Notifier:
    def __init__(self, tenants: Callable[[], list[TenantConnection]], send: Send, clock: Clock) -> None:
        self._find, self._send, self._clock = tenants, send, clock
        self._tenants: dict[str, TenantConnection] = {}
        self._refreshed = -TENANTS_POLL_INTERVAL_S
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._tended: set[str] = set()  # tenants that a planning thread looks after now
        self._sending: set[tuple[str, str]] = set()  # prefix and id
        self._running: Counter[str] = Counter()
        self._slow: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._purged: dict[str, float] = {}
        self._planners = ThreadPoolExecutor(PLANNING_THREADS, "notifications")
        self._senders = ThreadPoolExecutor(THREADS, "sender")

    def stop(self) -> None:
        """`run` returns once current attempts have ended."""
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.wait(POLL_INTERVAL_S):
            try:
                self._run_once()
            except PlantraceError as error:
                log.warning("notifications wait: %s", error.detail)
                self._stopping.wait(1.0)
            except Exception:
                log.exception("notifications wait")
                self._stopping.wait(1.0)
        self._planners.shutdown(wait=True)
        self._senders.shutdown(wait=True, cancel_futures=True)

    def _run_once(self) -> None:
        now = time.monotonic()
        if now - self._refreshed >= TENANTS_POLL_INTERVAL_S:
            self._refresh(now)
        with self._guard:
            asked = [
                prefix
                for prefix in self._tenants
                if prefix not in self._tended
                and self._running[prefix] < self._share(prefix)
                and self._not_before.get(prefix, 0.0) <= now
            ]
        for prefix in deliveries().with_due(asked, self._clock()) if asked else ():
            with self._guard:
                self._tended.add(prefix)
            self._planners.submit(self._tend, self._tenants[prefix])

    def _refresh(self, now: float) -> None:
        self._refreshed = now
        try:
            self._tenants = {tenant.prefix: tenant for tenant in self._find()}
        except Exception:  # the relational database may be down; known tenants are served
            log.exception("the list of tenants cannot be read")

    def _tend(self, tenant: TenantConnection) -> None:
        prefix, wait_s = tenant.prefix, 0.0
        try:
            if deliveries().acquire(prefix):
                fire(tenant, self._clock)
                self._start(tenant)
                self._purge(tenant)
            else:
                wait_s = LEASE_RETRY_S
            self._failures.pop(prefix, None)
        except PlantraceError as error:
            log.warning("notifications of %s wait: %s", tenant.slug, error.detail)
            wait_s = self._fail(prefix)
        except Exception:
            log.exception("notifications of %s wait", tenant.slug)
            wait_s = self._fail(prefix)
        with self._guard:
            self._not_before[prefix] = time.monotonic() + wait_s
            self._tended.discard(prefix)

    def _start(self, tenant: TenantConnection) -> None:
        """Attempts of what is due, up to the tenant's share."""
        prefix = tenant.prefix
        for each in deliveries().due(prefix, self._clock(), THREADS + MAX_OF_A_TENANT):
            with self._guard:
                if self._running[prefix] >= self._share(prefix) or self._stopping.is_set():
                    return
                if (prefix, each.id) in self._sending:
                    continue
                self._sending.add((prefix, each.id))
                self._running[prefix] += 1
            self._senders.submit(self._attempt, tenant, each)

    def _attempt(self, tenant: TenantConnection, stored: StoredDelivery) -> None:
        prefix, began = tenant.prefix, time.monotonic()
        try:
            attempt(tenant, stored, self._send, self._clock)
        except PlantraceError as error:  # it is claimed, and repeated when that has ended
            log.warning("%s: a delivery waits: %s", tenant.slug, error.detail)
        except Exception:
            log.exception("%s: a delivery waits", tenant.slug)
        with self._guard:
            self._sending.discard((prefix, stored.id))
            self._running[prefix] -= 1
            (self._slow.add if time.monotonic() - began > SLOW_S else self._slow.discard)(prefix)

    def _share(self, prefix: str) -> int:
        return 1 if prefix in self._slow else MAX_OF_A_TENANT

    def _fail(self, prefix: str) -> float:
        failures = self._failures[prefix] = self._failures.get(prefix, 0) + 1
        return min(MAX_BACKOFF_S, 0.25 * 2.0 ** min(failures, 10))

    def _purge(self, tenant: TenantConnection) -> None:
        now = time.monotonic()
        if now - self._purged.get(tenant.prefix, -PURGE_INTERVAL_S) >= PURGE_INTERVAL_S:
            self._purged[tenant.prefix] = now
            purge(tenant, self._clock())
