"""Restores latest values from stored samples after Redis lost them or if it never had them."""

from __future__ import annotations

from catalog.snapshot import snapshot_of
from historian.read.last import read_last, site_sizes
from historian.read.sources import sources_of
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from stores.samples import ALWAYS
from web.stores import streams

BATCH_SIZE = 1_000  # sensors


def refill_latest(tenant: TenantConnection) -> int:
    """Set each sensor's latest value to its last raw sample unless Redis has a newer one. Returns how many were set."""
    sensors = list(snapshot_of(tenant).sensors.values())
    source, count = sources_of(tenant).main, 0
    for start in range(0, len(sensors), BATCH_SIZE):
        found = read_last(source, sensors[start : start + BATCH_SIZE], ALWAYS, site_sizes(tenant))
        count += streams().latest.store(tenant.prefix, {id: Latest(*sample) for id, sample in found.items()})
    return count
