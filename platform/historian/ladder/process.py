"""The ladder worker: gives every tenant that has marks a turn, a few concurrently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from historian.ladder.builder import LadderBuilder, Left
from historian.ladder.gate import Gate
from kernel.tenancy import TenantConnection
from web.stores import marks, streams
from web.workers.tenant_worker import Slot, Tenants, TenantWorker

THREADS = 8  # number of slow databases that it takes to delay all tenants
TENANTS_POLL_INTERVAL_S = 5.0  # for new and deleted tenants, and for sensors without a ladder
IDLE_PAUSE_S = 0.25
COOLDOWN_S = 2.0  # of a tenant without further work: what is marked meanwhile are mostly the same buckets
BUSY_BACKLOG, BUSY_COOLDOWN_S = 10_000, 15.0  # from so many waiting samples on, storing them needs the databases more
MAX_BACKOFF_S = 30.0


@dataclass(slots=True, kw_only=True)
class LadderSlot(Slot):
    ladder: LadderBuilder


class LadderWorker(TenantWorker[LadderSlot]):
    """Killed at any point it leaves its marks, from which the next one continues."""

    def __init__(self, tenants: Tenants, clock: Callable[[], int]) -> None:
        super().__init__(
            "the ladder",
            tenants,
            threads=THREADS,
            refresh_interval_s=TENANTS_POLL_INTERVAL_S,
            max_backoff_s=MAX_BACKOFF_S,
        )
        self._clock, self._gate = clock, Gate()
        self._check_enrollment, self._cooldown_s = False, COOLDOWN_S

    def _make(self, tenant: TenantConnection) -> LadderSlot:
        return LadderSlot(tenant=tenant, ladder=LadderBuilder(tenant))

    def _refreshed(self, found: Mapping[str, TenantConnection]) -> None:
        self._check_enrollment = True
        waiting = sum(streams().backlogs(list(found)))
        self._cooldown_s = BUSY_COOLDOWN_S if waiting > BUSY_BACKLOG else COOLDOWN_S

    def _wanted(self, ready: Mapping[str, LadderSlot]) -> set[str]:
        wanted = set(marks().with_work(list(ready), self._clock()))
        if self._check_enrollment:
            self._check_enrollment = False
            wanted |= {prefix for prefix, slot in ready.items() if not slot.ladder.enrollment.is_complete()}
        return wanted

    def _turn(self, slot: LadderSlot) -> float:
        with self._gate.passed():
            left = slot.ladder.run_once(self._clock())
        slot.wanted = left is Left.ranges
        return {Left.ranges: 0.0, Left.buckets: IDLE_PAUSE_S, Left.nothing: self._cooldown_s}[left]

    def _wait(self) -> None:
        self._stopping.wait(IDLE_PAUSE_S)
