"""Work of the evaluator's process beside the evaluation: whose turn it is, and what is done in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kernel.tenancy import TenantConnection
from web.stores import second_reader
from web.workers.tenant_worker import Slot, Tenants, TenantWorker

TENANTS_POLL_INTERVAL_S = 5.0
LEASE_RETRY_S = 2.0  # while another process serves the tenant
MAX_BACKOFF_S = 10.0


class Rounds(TenantWorker[Slot]):
    """`wanted` names the tenants that have work, of those given by prefix. A tenant is served by the process that has
    its evaluator's lease.
    """

    def __init__(
        self,
        name: str,
        tenants: Tenants,
        wanted: Callable[[Sequence[str]], set[str]],
        work: Callable[[TenantConnection], object],
        interval_s: float,
        threads: int,
    ) -> None:
        super().__init__(
            name,
            tenants,
            threads=threads,
            refresh_interval_s=TENANTS_POLL_INTERVAL_S,
            max_backoff_s=MAX_BACKOFF_S,
        )
        self._with_work, self._work, self._interval_s = wanted, work, interval_s

    def _make(self, tenant: TenantConnection) -> Slot:
        return Slot(tenant=tenant)

    def _wanted(self, ready: Mapping[str, Slot]) -> set[str]:
        return self._with_work(list(ready))

    def _turn(self, slot: Slot) -> float:
        if not second_reader().acquire(slot.tenant.prefix):
            return LEASE_RETRY_S
        self._work(slot.tenant)
        return 0.0

    def _wait(self) -> None:
        self._stopping.wait(self._interval_s)
