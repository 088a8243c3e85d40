"""The evaluator: gives every tenant with enabled rules a turn when samples have come or a timer is due."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from kernel.errors import PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from web.stores import alarms, second_reader

log = logging.getLogger(__name__)

THREADS = 8
TENANTS_POLL_INTERVAL_S = 2.0  # for tenants that come and go
IDLE_POLL_INTERVAL_S = 2.0  # for rules that changed, and wake-ups that were lost
WITHOUT_RULES_POLL_INTERVAL_S = 5.0
TIMERS_POLL_INTERVAL_S = 0.5  # for timers that others have set
PACE_S = 0.2  # between a tenant's turns, so that samples which arrive one by one are committed together
MAX_BACKOFF_S = 15.0
Clock = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Turn:
    """`cursor`: the last entry that was evaluated; empty: the tenant has no enabled rules. `more`: is waiting."""

    cursor: str
    more: bool = False
    next_due: int | None = None


class TenantTurns(Protocol):
    """One tenant's evaluator; only one thread at a time calls it."""

    tenant: TenantConnection

    def run_once(self) -> Turn: ...

    def recover(self) -> None:
        """Read again what it knows of the tenant."""

    def release(self) -> None:
        """Let another process take over."""


@dataclass(slots=True)
class Slot:
    turns: TenantTurns
    cursor: str = ""
    next_due: int | None = None
    wanted: bool = True
    busy: bool = False
    gone: bool = False  # its tenant; kept until its turn has ended, as a tenant has one evaluator at a time
    failures: int = 0
    not_before: float = 0.0
    last_turn: float = 0.0


class Evaluator:
    """Runs until `stop`. Killed at any point it leaves the cursor where its last commit put it."""

    def __init__(
        self,
        tenants: Callable[[], list[TenantConnection]],
        make: Callable[[TenantConnection], TenantTurns],
        clock: Clock,
        pace_s: float = PACE_S,
    ) -> None:
        self._tenants, self._make, self._clock, self._pace_s = tenants, make, clock, pace_s
        self._slots: dict[str, Slot] = {}
        self._stopping, self._finished = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, "evaluate")
        self._refreshed = self._timed = -TENANTS_POLL_INTERVAL_S

    def stop(self) -> None:
        """Finish current turns and return from `run`. Safe in a signal handler."""
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
        for slot in self._slots.values():
            with suppress(Unavailable):
                slot.turns.release()

    def _run_once(self) -> None:
        if time.monotonic() - self._refreshed >= TENANTS_POLL_INTERVAL_S:
            self._refresh()
        self._read_timers()
        self._start_wanted()
        self._wait()

    def _refresh(self) -> None:
        self._refreshed = time.monotonic()
        try:
            found = {tenant.prefix: tenant for tenant in self._tenants()}
        except Exception:  # the relational database may be down; known tenants are served
            log.exception("the list of tenants cannot be read")
            return
        for prefix, slot in list(self._slots.items()):
            slot.gone = prefix not in found
            if slot.gone and not slot.busy:
                del self._slots[prefix]
        for prefix, tenant in found.items():
            known = self._slots.get(prefix)
            if known is None or (known.turns.tenant != tenant and not known.busy):
                self._slots[prefix] = Slot(self._make(tenant))

    def _read_timers(self) -> None:
        """Those of idle tenants: people set some, too."""
        if time.monotonic() - self._timed < TIMERS_POLL_INTERVAL_S:
            return
        self._timed = time.monotonic()
        idle = {prefix: slot for prefix, slot in self._slots.items() if slot.cursor and not slot.busy}
        for slot, due in zip(idle.values(), alarms().next_dues(list(idle)), strict=True):
            slot.next_due = due

    def _start_wanted(self) -> None:
        now, clock = time.monotonic(), self._clock()
        for slot in self._slots.values():
            if slot.busy or slot.gone or slot.not_before > now:
                continue
            timed = slot.next_due is not None and slot.next_due <= clock
            interval = IDLE_POLL_INTERVAL_S if slot.cursor else WITHOUT_RULES_POLL_INTERVAL_S
            if slot.wanted or timed or now - slot.last_turn >= interval:
                slot.busy, slot.wanted, slot.last_turn = True, False, now
                self._pool.submit(self._run_turn, slot)

    def _run_turn(self, slot: Slot) -> None:
        began, failed = time.monotonic(), True
        try:
            turn = slot.turns.run_once()
            slot.cursor, slot.next_due = turn.cursor, turn.next_due
            slot.failures, failed = 0, False
            slot.wanted = turn.more
            slot.not_before = 0.0 if turn.more else began + self._pace_s
        except PlantraceError as error:
            log.warning("%s waits: %s", slot.turns.tenant.slug, error.detail)
        except Exception:
            log.exception("%s waits", slot.turns.tenant.slug)
        if failed:
            self._fail(slot)
        slot.busy = False
        self._finished.set()

    def _fail(self, slot: Slot) -> None:
        slot.turns.recover()
        slot.failures += 1
        slot.wanted = True
        slot.not_before = time.monotonic() + min(MAX_BACKOFF_S, 0.1 * 2 ** min(slot.failures, 10))

    def _wait(self) -> None:
        """Until something has come for a tenant that may have a turn, or one may be due."""
        self._finished.clear()
        now = time.monotonic()
        idle = [slot for slot in self._slots.values() if not slot.busy]
        if any(slot.wanted and slot.not_before <= now for slot in idle):
            return
        timeout = self._timeout(idle, now)
        ready = {slot.turns.tenant.prefix: slot for slot in idle if slot.cursor and slot.not_before <= now}
        if not ready:
            self._finished.wait(timeout)
            return
        for prefix in second_reader().wait({prefix: slot.cursor for prefix, slot in ready.items()}, timeout):
            ready[prefix].wanted = True

    def _timeout(self, idle: list[Slot], now: float) -> float:
        """Seconds until a turn may be due of which no sample will tell."""
        clock = self._clock()
        due = [slot.not_before - now for slot in idle if slot.not_before > now]
        due += [(slot.next_due - clock) / 1000 for slot in idle if slot.next_due is not None]
        longest = TIMERS_POLL_INTERVAL_S if len(idle) == len(self._slots) else 0.05
        return min(longest, max(0.005, min(due, default=longest)))

    def _recover_all(self) -> None:
        """Redis may have been restarted: every tenant starts over with what is stored."""
        for slot in self._slots.values():
            if not slot.busy:
                slot.turns.recover()
                slot.wanted = True
