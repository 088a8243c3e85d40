"""The stores, one client a process, with the addresses from the settings."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from kernel.tenancy import TenantConnection
from stores.documents import Database
from stores.streams import Marks, Streams
from stores.timeseries import Timeseries


@lru_cache(maxsize=200)
def _database(name: str) -> Database:
    return Database(settings.MONGODB_URI, name, settings.REDIS_URL)


@lru_cache(maxsize=1)
def streams() -> Streams:
    """Ingest streams, latest values, revisions: Redis."""
    return Streams(settings.REDIS_URL)


def marks() -> Marks:
    """What of the tenants' ladders is to be built anew: Redis."""
    return streams().marks


def documents(tenant: TenantConnection) -> Database:
    """The tenant's document database."""
    return _database(tenant.documents)


@lru_cache(maxsize=200)
def reader(tenant: TenantConnection) -> Timeseries:
    """The tenant's InfluxDB with its READ-only user."""
    return Timeseries(tenant.influx_url, tenant.reader, "plant")


@lru_cache(maxsize=200)
def writer(tenant: TenantConnection) -> Timeseries:
    """The tenant's InfluxDB with its writing user."""
    return Timeseries(tenant.influx_url, tenant.writer, "plant")
