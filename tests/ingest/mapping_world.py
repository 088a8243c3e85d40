"""Tenants whose mapping a test sets, and lines that need it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from catalog import operations as catalog
from catalog.kinds import KINDS
from catalog.models import Sensor
from catalog.snapshot import log_of, snapshot_of
from ingest.letters import Letter, decode_letter
from ingest.mapping import creation, repository
from ingest.mapping.models import Mapping, MappingDraft
from ingest.operations import Taken
from ingest.sources.influxdb.operations import take_lines
from kernel.tenancy import TenantConnection
from stores.redis.arrivals import CREATED, RECENT, WRITERS
from web.stores import documents, reader, streams

T = 1_770_000_000_000_000_000


def forget(tenant: TenantConnection) -> None:
    """No sites, sensors, rules, letters, examples or counted series."""
    database = documents(tenant)
    for name in [*KINDS, repository.COLLECTION]:
        database.delete_many(name, {})
    log_of(database).restart()
    for kept in streams().dead_letters.page(tenant.prefix, 1):
        streams().dead_letters.remove_until(tenant.prefix, kept.id)
    redis: Any = streams()._redis
    for part in (RECENT, WRITERS, CREATED):
        for key in redis.scan_iter(match=f"{tenant.prefix}{part}*"):
            redis.delete(key)
    creation._exhausted.clear()
    creation._writers.clear()


def with_two_sites(tenant: TenantConnection) -> Iterator[TenantConnection]:
    """It has the sites `harbour`, with one sensor, and `hall_2`; nothing afterwards."""
    forget(tenant)
    catalog.bulk_upsert(tenant, "sites", [{"slug": s, "name": s, "timezone": "UTC"} for s in ("harbour", "hall_2")])
    catalog.bulk_upsert(tenant, "sensors", [{"site": "harbour", "tag": "TT-1", "unit": "°C"}])
    yield tenant
    forget(tenant)


def map_by(tenant: TenantConnection, **settings: Any) -> Mapping:
    draft = msgspec.convert(settings, MappingDraft)
    return repository.save(tenant, draft, repository.read(tenant).revision)


def rule(name: str, site: str, sensor: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "site": site, "sensor": sensor, **more}


def write(tenant: TenantConnection, *lines: str) -> Taken:
    return take_lines(tenant, "\n".join(lines).encode(), 1, time.time_ns())


def sensors(tenant: TenantConnection, unmapped: bool = True) -> dict[str, Sensor]:
    return {each.tag: each for each in snapshot_of(tenant).sensors.values() if each.unmapped is unmapped}


def sensor(tenant: TenantConnection, tag: str) -> Sensor:
    (found,) = [each for each in snapshot_of(tenant).sensors.values() if each.tag == tag]
    return found


def stored(tenant: TenantConnection, tag: str) -> dict[int, float | str]:
    """Time in ns: value, as InfluxDB has it."""
    found = sensor(tenant, tag)
    statement = f'SELECT "value", "text" FROM "raw"."{found.site}" WHERE "sensor" = \'{found.id}\''
    series = reader(tenant).read([statement])[0]
    return {t: text if value is None else value for each in series for t, value, text in each.values}


def letters(tenant: TenantConnection) -> list[Letter]:
    """Newest first."""
    return [decode_letter(kept.payload) for kept in streams().dead_letters.page(tenant.prefix, 1_000)]
