"""Shorter shards for the plant that is simulated.

An InfluxDB block holds a thousand samples of a series in the order of their coming. Where old and live samples come
at once, a block spans both, and the search for a last value then decodes all that lies between. So the past that is
written beside live samples must not share a shard with them for long. Shards of a week did best at that while the
history was ninety days; three years of them are 157 shards, and InfluxDB took 3.2 GB. Twelve weeks are fourteen.
Elsewhere a year stays right.
"""

from __future__ import annotations

from stores.timeseries import RAW, Timeseries
from tenants.models import Tenant

DURATION = "12w"


def ensure_short_shards(tenant: Tenant) -> None:
    """For shards that are yet to be made; call before the first sample."""
    secrets = tenant.secrets
    if secrets is None:
        raise ValueError(f"Tenant {tenant.slug} has no server yet.")
    server = Timeseries(tenant.connection().influx_url, secrets.admin)
    try:
        server.create_policy(RAW, DURATION, default=True)
    finally:
        server.close()
