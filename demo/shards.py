"""Shorter shards for the simulated plant.

An InfluxDB block holds a thousand samples of a series in order of arrival. If old and live samples arrive at the same
time, a block spans both, and looking up a last value decodes everything in between. So history that is written while
live samples arrive must not share a shard with them for long. Shards of one week worked best for ninety days of
history, but three years of them are 157 shards, for which InfluxDB needed 3.2 GB; twelve-week shards are fourteen.
For other tenants a year is right.
"""

from __future__ import annotations

from stores.timeseries import RAW, Timeseries
from tenants.models import Tenant

DURATION = "12w"


def ensure_short_shards(tenant: Tenant) -> None:
    """Set the duration of future shards; call before the first sample is written."""
    secrets = tenant.secrets
    if secrets is None:
        raise ValueError(f"Tenant {tenant.slug} has no server yet.")
    server = Timeseries(tenant.connection().influx_url, secrets.admin)
    try:
        server.create_policy(RAW, DURATION, default=True)
    finally:
        server.close()
