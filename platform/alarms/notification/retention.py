"""How long deliveries that have ended are kept."""

from __future__ import annotations

from kernel.tenancy import TenantConnection
from kernel.times import DAY
from web.stores import deliveries

KEPT_DAYS, MAX_KEPT = 30, 10_000
BATCH_SIZE = 1_000


def purge(tenant: TenantConnection, now: int) -> int:
    """Can be repeated. How many were removed."""
    total = 0
    while True:
        number, oldest = deliveries().oldest(tenant.prefix, BATCH_SIZE)
        old = [id for id, created in oldest if created < now - KEPT_DAYS * DAY]
        too_many = min(BATCH_SIZE, max(0, number - MAX_KEPT))
        gone = deliveries().purge(tenant.prefix, list(dict.fromkeys([*old, *(id for id, _ in oldest[:too_many])])))
        total += gone
        if not gone:
            return total
