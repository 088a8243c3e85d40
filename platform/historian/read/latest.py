"""Latest values restored from the samples themselves, where Redis has lost them or never had them."""

from __future__ import annotations

from catalog.snapshot import snapshot_of
from historian.read.last import read_last, site_sizes
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from stores.timeseries import Window
from stores.timeseries.statements import EARLIEST_NS, LATEST_NS
from web.stores import reader, streams

BATCH_SIZE = 1_000
ALWAYS = Window(EARLIEST_NS, LATEST_NS)


def refill_latest(tenant: TenantConnection) -> int:
    """Each sensor's last raw sample is its latest value, unless Redis has a newer one. How many were set."""
    sensors = list(snapshot_of(tenant).sensors.values())
    count = 0
    for start in range(0, len(sensors), BATCH_SIZE):
        some = sensors[start : start + BATCH_SIZE]
        last = read_last(reader(tenant), some, ALWAYS, 'GROUP BY "sensor"', site_sizes(tenant))
        found = {id: Latest(t, value, quality or 0) for id, series in last for t, value, quality in series.values}
        count += streams().latest.store(tenant.prefix, found)
    return count
