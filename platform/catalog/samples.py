"""Which sensors have samples, wherever these are. `ingest` knows about those that are not stored yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from catalog.models import Sensor
from kernel.seams import Seam
from kernel.tenancy import TenantConnection
from stores.timeseries.stored import sensors_ever_stored
from web.stores import reader, streams


class IncomingSamples(Protocol):
    """Acknowledged samples that are not stored yet, and whatever else may still be stored."""

    def sensors(self, tenant: TenantConnection, sensors: Sequence[Sensor]) -> set[str]:
        """The ids of those that have such samples. Unavailable or Conflict if that cannot be determined now."""


incoming_samples = Seam[IncomingSamples]("incoming samples")


def sensors_with_samples(tenant: TenantConnection, sensors: Sequence[Sensor]) -> set[str]:
    """The ids of those that have a sample which was acknowledged before this call. Raises Unavailable, never guesses.

    A sample moves from the queue into the database, and gets its latest value in the step in which it leaves the queue.
    So latest values are read once more after the queue: nothing slips through between two looks.
    """
    found: set[str] = set()
    found |= _latest(tenant, sensors)
    found |= _stored(tenant, _rest(sensors, found))
    found |= incoming_samples().sensors(tenant, _rest(sensors, found))
    return found | _latest(tenant, _rest(sensors, found))


def _rest(sensors: Sequence[Sensor], found: set[str]) -> list[Sensor]:
    return [sensor for sensor in sensors if sensor.id not in found]


def _latest(tenant: TenantConnection, sensors: Sequence[Sensor]) -> set[str]:
    return set(streams().latest.read(tenant.prefix, [sensor.id for sensor in sensors]))


def _stored(tenant: TenantConnection, sensors: Sequence[Sensor]) -> set[str]:
    by_site: dict[str, list[str]] = {}
    for sensor in sensors:
        by_site.setdefault(sensor.site, []).append(sensor.id)
    store = reader(tenant)
    return {id for site, ids in by_site.items() for id in sensors_ever_stored(store, site, ids)}
