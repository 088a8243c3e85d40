"""Sensors with samples for one test, each in its own site, so that tests do not interfere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from catalog.models import Sensor
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.ids import SENSOR, SITE, new_id
from kernel.tenancy import TenantConnection
from kernel.times import MINUTE, TimeRange
from stores.timeseries import RAW
from web.stores import writer

START = 1_700_000_040_000  # a whole minute
NOW = START + 400 * 86_400_000  # long after everything that tests write, unless they say otherwise


def make_sensor(**fields: Any) -> Sensor:
    """A continuous sensor with a sample a minute, known to nobody's catalog."""
    usual = {"id": new_id(SENSOR), "site": new_id(SITE), "tag": "TT-101", "name": "Supply", "interval_s": 60.0}
    return msgspec.convert({**usual, **fields}, Sensor)


def add_sensors(tenant: TenantConnection, *fields: dict[str, Any]) -> list[Sensor]:
    """Sensors in the tenant's catalog, all in one new site."""
    slug = f"site-{new_id(SITE)}"
    bulk_upsert(tenant, "sites", [{"slug": slug, "name": "Test", "timezone": "UTC"}])
    items = [
        {"site": slug, "tag": f"TT-{number}", "name": "Test", "interval_s": 60.0, **wanted}
        for number, wanted in enumerate(fields)
    ]
    bulk_upsert(tenant, "sensors", items)
    snapshot = snapshot_of(tenant)
    site = snapshot.site(slug)
    assert site is not None
    found = [snapshot.sensor(site.id, item["tag"]) for item in items]
    return [sensor for sensor in found if sensor is not None]


Row = tuple[int, float | str] | tuple[int, float | str, int]  # ms, value, quality


def write(tenant: TenantConnection, sensor: Sensor, rows: Iterable[Row], unit_ns: int = 1_000_000) -> None:
    lines = []
    for t, value, *quality in rows:
        field = f'text="{value}"' if isinstance(value, str) else f"value={value!r}"
        lines.append(f"{sensor.site},sensor={sensor.id} {field},quality={quality[0] if quality else 0}i {t * unit_ns}")
    for place in range(0, len(lines), 50_000):
        writer(tenant).write_lines(RAW, "\n".join(lines[place : place + 50_000]).encode())


def listed(column: Any) -> list[float | str | None]:
    """A column of a playback, None where it has no value."""
    return [None if value != value else value for value in column.tolist()]


def every_minute(values: Sequence[float | str], start: int = START) -> list[Row]:
    return [(start + place * MINUTE, value) for place, value in enumerate(values)]


def minutes(count: int, start: int = START) -> TimeRange:
    return TimeRange(start, start + count * MINUTE)
