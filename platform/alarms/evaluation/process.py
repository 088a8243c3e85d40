"""The evaluator: gives every tenant with enabled rules a turn when samples have come or a timer is due."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from web.stores import alarms, second_reader
from web.workers.tenant_worker import Slot, Tenants, TenantWorker

THREADS = 8
TENANTS_POLL_INTERVAL_S = 2.0  # for tenants that come and go
IDLE_POLL_INTERVAL_S = 2.0  # for rules that changed, and wake-ups that were lost
WITHOUT_RULES_POLL_INTERVAL_S = 5.0
TIMERS_POLL_INTERVAL_S = 0.5  # for timers that others have set
LINGER_S = 0.2  # between a tenant's turns, so that samples which arrive one by one are committed together
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


@dataclass(slots=True, kw_only=True)
class EvaluatorSlot(Slot):
    turns: TenantTurns
    cursor: str = ""
    next_due: int | None = None
    last_turn: float = 0.0


class Evaluator(TenantWorker[EvaluatorSlot]):
    """Killed at any point it leaves the cursor where its last commit put it."""

    def __init__(
        self,
        tenants: Tenants,
        make: Callable[[TenantConnection], TenantTurns],
        clock: Clock,
        linger_s: float = LINGER_S,
    ) -> None:
        super().__init__(
            "evaluation",
            tenants,
            threads=THREADS,
            refresh_interval_s=TENANTS_POLL_INTERVAL_S,
            max_backoff_s=MAX_BACKOFF_S,
        )
        self._make_turns, self._clock, self._linger_s = make, clock, linger_s
        self._timed = -TIMERS_POLL_INTERVAL_S

    def _make(self, tenant: TenantConnection) -> EvaluatorSlot:
        return EvaluatorSlot(tenant=tenant, turns=self._make_turns(tenant), wanted=True)

    def _close(self) -> None:
        for slot in self._slots.values():
            with suppress(Unavailable):
                slot.turns.release()

    def _wanted(self, ready: Mapping[str, EvaluatorSlot]) -> Iterator[str]:
        self._read_timers()
        now, clock = time.monotonic(), self._clock()
        for prefix, slot in ready.items():
            timed = slot.next_due is not None and slot.next_due <= clock
            interval = IDLE_POLL_INTERVAL_S if slot.cursor else WITHOUT_RULES_POLL_INTERVAL_S
            if slot.wanted or timed or now - slot.last_turn >= interval:
                yield prefix

    def _read_timers(self) -> None:
        """Those of idle tenants: people set some, too."""
        if time.monotonic() - self._timed < TIMERS_POLL_INTERVAL_S:
            return
        self._timed = time.monotonic()
        idle = {prefix: slot for prefix, slot in self._slots.items() if slot.cursor and not slot.busy}
        for slot, due in zip(idle.values(), alarms().next_dues(list(idle)), strict=True):
            slot.next_due = due

    def _turn(self, slot: EvaluatorSlot) -> float:
        began = slot.last_turn = time.monotonic()
        turn = slot.turns.run_once()
        slot.cursor, slot.next_due, slot.wanted = turn.cursor, turn.next_due, turn.more
        return 0.0 if turn.more else max(0.0, began + self._linger_s - time.monotonic())

    def _failed(self, slot: EvaluatorSlot) -> None:
        slot.turns.recover()
        slot.wanted = True

    def _recover(self) -> None:
        """Redis may have been restarted: every tenant starts over with what is stored."""
        for slot in self._slots.values():
            if not slot.busy:
                slot.turns.recover()
                slot.wanted = True

    def _wait(self) -> None:
        """Until something has come for a tenant that may have a turn, or one may be due."""
        self._turn_ended.clear()
        now = time.monotonic()
        idle = [slot for slot in self._slots.values() if not slot.busy]
        if any(slot.wanted and slot.not_before <= now for slot in idle):
            return
        timeout = self._timeout(idle, now)
        ready = {slot.tenant.prefix: slot for slot in idle if slot.cursor and slot.not_before <= now}
        if not ready:
            self._turn_ended.wait(timeout)
            return
        for prefix in second_reader().wait({prefix: slot.cursor for prefix, slot in ready.items()}, timeout):
            ready[prefix].wanted = True

    def _timeout(self, idle: list[EvaluatorSlot], now: float) -> float:
        """Seconds until a turn may be due of which no sample will tell."""
        clock = self._clock()
        due = [slot.not_before - now for slot in idle if slot.not_before > now]
        due += [(slot.next_due - clock) / 1000 for slot in idle if slot.next_due is not None]
        longest = TIMERS_POLL_INTERVAL_S if len(idle) == len(self._slots) else 0.05
        return min(longest, max(0.005, min(due, default=longest)))
