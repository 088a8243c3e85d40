"""The ladder worker: gives every tenant that has marks a turn, a few concurrently."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue

from historian.ladder.builder import LadderBuilder, Left
from historian.ladder.gate import Gate
from kernel.errors import PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from web.stores import marks

log = logging.getLogger(__name__)

THREADS = 8  # number of slow databases that it takes to delay all tenants
TENANTS_POLL_INTERVAL_S = 5.0  # for new and deleted tenants, and for sensors without a ladder
IDLE_PAUSE_S = 0.25
REST_S = 2.0  # of a tenant without further work: what is marked meanwhile are mostly the same buckets
TOGETHER_S = 0.01
MAX_BACKOFF_S = 30.0


class LadderWorker:
    """Runs until `stop`. Killed at any point it leaves its marks, from which the next one continues."""

    def __init__(self, tenants: Callable[[], list[TenantConnection]], clock: Callable[[], int]) -> None:
        self._tenants, self._clock = tenants, clock
        self._ladders: dict[str, LadderBuilder] = {}
        self._running: dict[str, Future[Left]] = {}
        self._gate = Gate()
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._stopping = threading.Event()
        self._ended: SimpleQueue[Future[Left] | None] = SimpleQueue()  # turns; None: stop
        self._refreshed = -TENANTS_POLL_INTERVAL_S

    def stop(self) -> None:
        """Finish current turns and return from `run`. Safe in a signal handler."""
        self._stopping.set()
        self._ended.put(None)

    def run(self) -> None:
        with ThreadPoolExecutor(THREADS, "ladder") as pool:
            while not self._stopping.is_set():
                try:
                    self._round(pool)
                except Unavailable as error:
                    log.warning("waiting: %s", error.detail)
                self._wait()

    def _wait(self) -> None:
        """Until a turn has ended, which the next one may follow at once; for others that end just then, too."""
        with suppress(Empty):
            self._ended.get(timeout=IDLE_PAUSE_S)
            self._stopping.wait(TOGETHER_S)
            while True:
                self._ended.get_nowait()

    def _round(self, pool: ThreadPoolExecutor) -> None:
        """Start a turn for every tenant that has work and none running."""
        self._collect()
        look = time.monotonic() - self._refreshed >= TENANTS_POLL_INTERVAL_S
        if look:
            self._refresh_tenants()
        ready = {prefix: ladder for prefix, ladder in self._ladders.items() if self._is_ready(prefix)}
        wanted = set(marks().with_work(list(ready), self._clock()))
        if look:
            wanted |= {prefix for prefix, ladder in ready.items() if not ladder.enrollment.is_complete()}
        for prefix in wanted:
            self._running[prefix] = turn = pool.submit(self._run_once, ready[prefix])
            turn.add_done_callback(self._ended.put)

    def _run_once(self, ladder: LadderBuilder) -> Left:
        with self._gate.passed():
            return ladder.run_once(self._clock())

    def _collect(self) -> None:
        for prefix, turn in list(self._running.items()):
            if not turn.done():
                continue
            del self._running[prefix]
            try:
                if (left := turn.result()) is not Left.ranges:
                    rest = REST_S if left is Left.nothing else IDLE_PAUSE_S
                    self._not_before[prefix] = time.monotonic() + rest
                self._failures.pop(prefix, None)
            except PlantraceError as error:
                if error.problem != "lock-busy":
                    log.warning("%s waits: %s", prefix, error.detail)
                self._fail(prefix)
            except Exception:
                log.exception("%s waits", prefix)
                self._fail(prefix)

    def _fail(self, prefix: str) -> None:
        failures = self._failures[prefix] = self._failures.get(prefix, 0) + 1
        self._not_before[prefix] = time.monotonic() + min(MAX_BACKOFF_S, 0.25 * 2 ** min(failures, 10))

    def _is_ready(self, prefix: str) -> bool:
        return prefix not in self._running and self._not_before.get(prefix, 0.0) <= time.monotonic()

    def _refresh_tenants(self) -> None:
        self._refreshed = time.monotonic()
        try:
            found = {tenant.prefix: tenant for tenant in self._tenants()}
        except Exception:  # the relational database may be down; known tenants are served
            log.exception("the list of tenants cannot be read")
            return
        for prefix in self._ladders.keys() - found.keys():
            del self._ladders[prefix]
        for prefix, tenant in found.items():
            if prefix not in self._ladders or self._ladders[prefix].tenant != tenant:
                self._ladders[prefix] = LadderBuilder(tenant)
