"""Samples that are acknowledged and not stored yet, or may still be stored: the catalog asks before a unit changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec

from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from ingest.changes.held import held_sensors
from ingest.changes.journal import journals_of
from ingest.imports import jobs as imports
from kernel.batch import sensors_of
from kernel.errors import Conflict, Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.entries import Entry
from web.stores import streams

MAX_ENTRIES, MAX_BYTES = 10_000, 32 << 20  # of the queue that are looked through: some tenths of a second
BATCH_SIZE = 20  # entries; one may hold megabytes of texts
RETRY_S = 5

Sensors = Mapping[str, Sensor]  # by id


class SamplesWaiting(Unavailable):
    """More is waiting than is looked through."""

    slug, title = "samples-waiting", "Too many samples are waiting to be stored"


class ImportRunning(Conflict):
    """Of which sensors it has samples is not known before it ends."""

    slug, title = "import-running", "An import is running"


class QueueAndJobs:
    """Implements `catalog.samples.IncomingSamples`."""

    def sensors(self, tenant: TenantConnection, sensors: Sequence[Sensor]) -> set[str]:
        found: set[str] = set()
        for look in (_queued, _restorable):
            found |= look(tenant, {sensor.id: sensor for sensor in sensors if sensor.id not in found})
        _require_no_import(tenant, [sensor for sensor in sensors if sensor.id not in found])
        return found


def _queued(tenant: TenantConnection, sensors: Sensors) -> set[str]:
    """Those with samples in the queue. SamplesWaiting if it is too long to be looked through."""
    found: set[str] = set()
    entries = total = 0
    for entry in _waiting(tenant):
        if len(found) == len(sensors):
            break
        if entries >= MAX_ENTRIES or total >= MAX_BYTES:
            raise _too_many([sensor for id, sensor in sensors.items() if id not in found])
        with suppress(ValueError, msgspec.MsgspecError):  # no batch: it becomes a dead letter
            found |= sensors_of(entry.payload) & sensors.keys()
        entries, total = entries + 1, total + len(entry.payload)
    return found


def _waiting(tenant: TenantConnection) -> Iterator[Entry]:
    after = ""
    while found := streams().waiting(tenant.prefix, BATCH_SIZE, after):
        yield from found
        after = found[-1].id


def _too_many(sensors: Sequence[Sensor]) -> SamplesWaiting:
    return SamplesWaiting(
        f"Too many samples are waiting to be stored to determine whether any belongs to {sensors[0].tag}. "
        "Try again once they are stored.",
        retry_after=RETRY_S,
    )


def _restorable(tenant: TenantConnection, sensors: Sensors) -> set[str]:
    """Those of which samples are held, or could be brought back by an undo."""
    if not sensors:
        return set()
    found = held_sensors(tenant) & sensors.keys()
    for journal in journals_of(tenant):
        found |= journal.restorable() & sensors.keys()
    return found


def _require_no_import(tenant: TenantConnection, sensors: Iterable[Sensor]) -> None:
    """An import takes the units that its sensors have when it begins."""
    by_site = {sensor.site: sensor for sensor in sensors}
    for job in imports.running(tenant) if by_site else ():
        for site in imports.sites_of(job, snapshot_of(tenant)) & by_site.keys():
            sensor = by_site[site]
            raise ImportRunning(
                f"The import {job.id} is running and may have samples of {sensor.tag} in {sensor.unit or 'no unit'}. "
                "Try again when it has ended, or cancel it first. A change of unit is possible now if you say with "
                "history=convert or history=relabel what those samples are in.",
                sensor=sensor.id,
            )
