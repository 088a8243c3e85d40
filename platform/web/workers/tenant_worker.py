"""What all long-lived processes that serve every tenant have in common."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from kernel.errors import PlantraceError
from kernel.structs import resolve_structs
from kernel.tenancy import TenantConnection

log = logging.getLogger(__name__)

MIN_BACKOFF_S = 0.1
OUTAGE_PAUSE_S = 0.5
Tenants = Callable[[], list[TenantConnection]]


@dataclass(slots=True, kw_only=True)
class Slot:
    """One tenant in this process. Times are those of `time.monotonic`."""

    tenant: TenantConnection
    wanted: bool = False
    busy: bool = False
    gone: bool = False  # or has another connection; kept until its turn has ended, as a tenant has one at a time
    failures: int = 0  # in a row
    not_before: float = 0.0


S = TypeVar("S", bound=Slot)


class TenantWorker(ABC, Generic[S]):
    """Gives tenants turns in a few threads, each tenant one at a time; one that fails waits, and delays no other.

    `run` returns after `stop`; `start` runs it in a thread of its own. A subclass says who is `_wanted`, what a `_turn`
    does and how to `_wait`; whether it may be killed at any point is up to its turns.
    """

    def __init__(
        self, name: str, tenants: Tenants, *, threads: int, refresh_interval_s: float, max_backoff_s: float
    ) -> None:
        """`refresh_interval_s`: how often it looks for tenants that come and go."""
        resolve_structs()
        self._name, self._tenants = name, tenants
        self._refresh_interval_s, self._max_backoff_s = refresh_interval_s, max_backoff_s
        self._slots: dict[str, S] = {}  # by prefix; only the thread of `run` adds and removes some
        self._refreshed_at = float("-inf")
        self._lock = threading.Lock()  # of the slots' state
        self._stopping, self._turn_ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._pool = ThreadPoolExecutor(threads, name)

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name=self._name)
        self._thread.start()

    def stop(self) -> None:
        """Current turns are finished and no more started. Waits for them only after `start`, so that a signal handler
        may stop what runs in the main thread.
        """
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._run_once()
            except Exception as error:
                log_waiting(self._name, error)
                self._recover()
                self._stopping.wait(OUTAGE_PAUSE_S)
        with self._lock:  # a turn that has ended starts the tenant's next one, unless it sees `stopping`
            self._pool.shutdown(wait=False)
        self._pool.shutdown(wait=True)
        self._close()

    @abstractmethod
    def _make(self, tenant: TenantConnection) -> S: ...

    @abstractmethod
    def _wanted(self, ready: Mapping[str, S]) -> Iterable[str]:
        """Prefixes of those that shall have a turn now."""

    @abstractmethod
    def _turn(self, slot: S) -> float:
        """In a thread of the pool; seconds until the next turn. With none, a slot that has become `wanted` has it at
        once. What it raises is logged, and the tenant waits longer with each failure.
        """

    @abstractmethod
    def _wait(self) -> None:
        """Until somebody may be wanted."""

    def _refreshed(self, found: Mapping[str, TenantConnection]) -> None:
        """The tenants have been read again, and each has its slot."""

    def _failed(self, slot: S) -> None:
        """A turn has raised something."""

    def _recover(self) -> None:
        """Something raised outside a turn: Redis may have been restarted."""

    def _close(self) -> None:
        """All turns have ended."""

    def _run_once(self) -> None:
        now = time.monotonic()
        if now - self._refreshed_at >= self._refresh_interval_s:
            self._refresh()
        ready = {
            prefix: slot
            for prefix, slot in self._slots.items()
            if not slot.busy and not slot.gone and slot.not_before <= now
        }
        for prefix in self._wanted(ready) if ready else ():
            if self._stopping.is_set():
                return
            self._begin_turn(ready[prefix])
        self._wait()

    def _refresh(self) -> None:
        self._refreshed_at = time.monotonic()
        try:
            found = {tenant.prefix: tenant for tenant in self._tenants()}
        except Exception:  # the relational database may be down; known tenants are served
            log.exception("the list of tenants cannot be read")
            found = {prefix: slot.tenant for prefix, slot in self._slots.items() if not slot.gone}
            if not found:
                return
        with self._lock:
            for prefix, slot in list(self._slots.items()):
                slot.gone = found.get(prefix) != slot.tenant
                if slot.gone and not slot.busy:
                    del self._slots[prefix]
        for prefix in found.keys() - self._slots.keys():
            self._slots[prefix] = self._make(found[prefix])
        self._refreshed(found)

    def _refresh_soon(self) -> None:
        self._refreshed_at = float("-inf")

    def _want(self, prefixes: Iterable[str]) -> None:
        with self._lock:
            for prefix in prefixes:
                if slot := self._slots.get(prefix):
                    slot.wanted = True

    def _begin_turn(self, slot: S) -> None:
        slot.busy, slot.wanted = True, False
        self._pool.submit(self._run_turn, slot)

    def _run_turn(self, slot: S) -> None:
        failed, pause_s = True, 0.0
        try:
            pause_s, failed = self._turn(slot), False
        except Exception as error:
            log_waiting(f"{self._name} of {slot.tenant.slug}", error)
        with self._lock:
            slot.failures = slot.failures + 1 if failed else 0
            if failed:
                pause_s = min(self._max_backoff_s, MIN_BACKOFF_S * 2.0 ** min(slot.failures, 10))
                self._failed(slot)
            slot.not_before = time.monotonic() + pause_s
            slot.busy = False
            if slot.gone:
                self._refresh_soon()
            elif slot.wanted and not pause_s and not self._stopping.is_set():
                self._begin_turn(slot)
        self._turn_ended.set()


def log_waiting(what: str, error: Exception) -> None:
    if not isinstance(error, PlantraceError):
        log.error("%s waits", what, exc_info=error)
    elif error.problem != "lock-busy":  # another process does the same
        log.warning("%s waits: %s", what, error.detail)
