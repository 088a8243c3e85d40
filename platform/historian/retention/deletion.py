"""Deletes the samples and rows of what the catalog deletes; this comes first, so a killed delete can be repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.snapshot import snapshot_of
from historian.retention.settings import forget_site
from historian.rungs.rungs import ALL_TIME
from kernel.tenancy import TenantConnection
from stores.timeseries.deletion import delete_sensors, delete_site
from web.stores import marks, streams, writer


def forget(tenant: TenantConnection, site: str, removed: Mapping[str, Sequence[str]], **_: Any) -> None:
    """Receiver of `catalog.signals.removing`. Raises Unavailable, which aborts the deletion, if a store is down."""
    sensors = removed.get("sensors", ())
    streams().deleted.begin(tenant.prefix, list(sensors))
    if removed.get("sites"):
        delete_site(writer(tenant), site)
        forget_site(tenant, site)
    else:
        delete_sensors(writer(tenant), site, sensors)
    streams().latest.drop(tenant.prefix, list(sensors))
    marks().drop(tenant.prefix, list(sensors))


def forget_arriving(tenant: TenantConnection, site: str, removed: Mapping[str, Sequence[str]], **_: Any) -> None:
    """Receiver of `catalog.signals.removed`: what waited in the queue, or was stored since `forget`, goes too.

    The writer leaves out the samples of deleted sensors, and removes what it was writing meanwhile. Raises Unavailable
    if a store is down.
    """
    if sensors := list(removed.get("sensors", ())):
        streams().deleted.add(tenant.prefix, sensors)
        forget(tenant, site, removed)


def delete_samples(tenant: TenantConnection, site: str, now_ms: int) -> None:
    """Delete all samples of a site, but nothing in the catalog. Idempotent."""
    sensors = [sensor.id for sensor in snapshot_of(tenant).sensors.values() if sensor.site == site]
    known = marks().enrolled(tenant.prefix)
    ladders = {id: known[id] for id in sensors if id in known}
    # Everything is marked before (in case of a crash) and after: rows that a running repair still writes are emptied.
    marks().enroll(tenant.prefix, ladders, (ALL_TIME.start, ALL_TIME.end), now_ms)
    delete_site(writer(tenant), site)
    streams().latest.drop(tenant.prefix, sensors)
    marks().enroll(tenant.prefix, ladders, (ALL_TIME.start, ALL_TIME.end), now_ms)
