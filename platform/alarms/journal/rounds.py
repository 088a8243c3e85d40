"""Work for many tenants in a few threads: whose turn it is, and how long one that fails waits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from kernel.errors import PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from web.stores import second_reader

log = logging.getLogger(__name__)

TENANTS_POLL_INTERVAL_S = 5.0
LEASE_RETRY_S = 2.0  # while another process serves the tenant
MAX_BACKOFF_S = 10.0


class Rounds:
    """Between `start` and `stop`, in a thread of its own. `wanted` names the tenants that have work, of those given by
    prefix. A tenant is served by the process that has its evaluator's lease.
    """

    def __init__(
        self,
        name: str,
        tenants: Callable[[], list[TenantConnection]],
        wanted: Callable[[Sequence[str]], set[str]],
        work: Callable[[TenantConnection], object],
        interval_s: float,
        threads: int,
    ) -> None:
        self._name, self._find, self._wanted, self._work, self._interval_s = name, tenants, wanted, work, interval_s
        self._tenants: dict[str, TenantConnection] = {}
        self._busy: set[str] = set()
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(threads, name)
        self._thread = threading.Thread(target=self._run, name=name)
        self._refreshed = -TENANTS_POLL_INTERVAL_S

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when current work has ended."""
        self._stopping.set()
        self._thread.join()
        self._pool.shutdown(wait=True)

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def _run(self) -> None:
        while not self._stopping.wait(self._interval_s):
            try:
                self._run_once()
            except Unavailable as error:
                log.warning("%s waits: %s", self._name, error.detail)
                self._stopping.wait(1.0)
            except Exception:
                log.exception("%s waits", self._name)
                self._stopping.wait(1.0)

    def _run_once(self) -> None:
        if time.monotonic() - self._refreshed >= TENANTS_POLL_INTERVAL_S:
            self._refresh()
        now = time.monotonic()
        idle = [
            prefix for prefix in self._tenants if prefix not in self._busy and self._not_before.get(prefix, 0.0) <= now
        ]
        for prefix in self._wanted(idle) if idle else ():
            self._busy.add(prefix)
            self._pool.submit(self._serve, self._tenants[prefix])

    def _refresh(self) -> None:
        self._refreshed = time.monotonic()
        try:
            self._tenants = {tenant.prefix: tenant for tenant in self._find()}
        except Exception:  # the relational database may be down; known tenants are served
            log.exception("the list of tenants cannot be read")

    def _serve(self, tenant: TenantConnection) -> None:
        prefix = tenant.prefix
        try:
            if second_reader().acquire(prefix):
                self._work(tenant)
            else:
                self._not_before[prefix] = time.monotonic() + LEASE_RETRY_S
            self._failures.pop(prefix, None)
        except PlantraceError as error:
            log.warning("%s of %s waits: %s", self._name, tenant.slug, error.detail)
            self._fail(prefix)
        except Exception:
            log.exception("%s of %s waits", self._name, tenant.slug)
            self._fail(prefix)
        self._busy.discard(prefix)

    def _fail(self, prefix: str) -> None:
        failures = self._failures[prefix] = self._failures.get(prefix, 0) + 1
        self._not_before[prefix] = time.monotonic() + min(MAX_BACKOFF_S, 0.25 * 2 ** min(failures, 10))
