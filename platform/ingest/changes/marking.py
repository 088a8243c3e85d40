"""Marking what a change of samples touches, for the ladder to be repaired."""

from __future__ import annotations

import time

from kernel.tenancy import TenantConnection
from web.stores import streams

MS = 1_000_000


def mark(tenant: TenantConnection, sensor: str, first: int, last: int) -> None:
    """Marks the ladder's buckets of these times (ns, both included) for repair."""
    streams().marks.mark(tenant.prefix, {sensor: [(first // MS, last // MS + 1)]}, time.time_ns() // MS)
