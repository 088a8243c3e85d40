"""Back-tests of a request's rule, of which a process runs few at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.concurrency import QUEUE_TIMEOUT_S, ConcurrencyLimit

LIMIT_S = 10.0  # of one
SIMULATIONS = ConcurrencyLimit(per_key=1, total=2)


class SimulationsBusy(Unavailable):
    """As many back-tests run as may."""

    slug, title = "back-tests-busy", "Another back-test is running"

    def __init__(self) -> None:
        super().__init__("Another back-test is running; try again in a moment.", retry_after=2)


@contextmanager
def simulating(tenant: TenantConnection) -> Iterator[None]:
    """Raises SimulationsBusy."""
    if not SIMULATIONS.enter(tenant.id, QUEUE_TIMEOUT_S):
        raise SimulationsBusy()
    try:
        yield
    finally:
        SIMULATIONS.leave(tenant.id)
