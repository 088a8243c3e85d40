"""A small plant in the tenant `acme`, new for each test."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from catalog.models import Sensor
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from ingest.writer import process
from ingest.writer.process import Writer
from ingest.writer.tenant import TenantWriter
from kernel.tenancy import TenantConnection
from stores.timeseries import Timeseries
from web.stores import reader, streams

SENSORS: list[dict[str, Any]] = [
    {"tag": "TT-101", "name": "Supply", "unit": "°C"},
    {"tag": "TT-102", "name": "Return", "unit": "°C"},
    {"tag": "P-1.run", "name": "Pump", "kind": "discrete", "states": {"0": "Stopped", "1": "Running"}},
    {"tag": "EM-1", "name": "Meter", "unit": "kWh", "kind": "counter"},
    {"tag": "PLC.msg", "name": "Message", "kind": "text"},
]


@dataclass(frozen=True)
class Plant:
    """One site with its sensors, and what InfluxDB holds of it."""

    tenant: TenantConnection
    site: str
    slug: str

    def sensor(self, tag: str) -> Sensor:
        found = snapshot_of(self.tenant).sensor(self.site, tag)
        assert found is not None
        return found

    def stored(self, tag: str) -> dict[int, tuple[float | str | None, int]]:
        """Time in ns: value and quality."""
        statement = (
            f'SELECT "value", "text", "quality" FROM "raw"."{self.site}" WHERE "sensor" = \'{self.sensor(tag).id}\''
        )
        table: dict[int, tuple[float | str | None, int]] = {}
        for series in reader(self.tenant).read([statement])[0]:
            for t, value, text, quality in series.values:
                table[t] = (text if value is None else value, quality)
        return table


@pytest.fixture
def plant_of() -> Callable[..., Plant]:
    def make(tenant: TenantConnection, sensors: list[dict[str, Any]] = SENSORS, timezone: str = "UTC") -> Plant:
        slug = f"plant-{secrets.token_hex(4)}"
        ids = bulk_upsert(tenant, "sites", [{"slug": slug, "name": slug, "timezone": timezone}]).ids
        bulk_upsert(tenant, "sensors", [{"site": slug, **sensor} for sensor in sensors])
        return Plant(tenant, ids[slug], slug)

    return make


@pytest.fixture
def plant(acme: TenantConnection, plant_of: Callable[..., Plant]) -> Plant:
    return plant_of(acme)


@pytest.fixture
def frequent_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers look for tenants, and for samples whose wake-up was lost, every second instead of every five."""
    monkeypatch.setattr(process, "POLL_INTERVAL_S", 1.0)


@pytest.fixture
def running_writer() -> Iterator[Callable[[TenantConnection], None]]:
    """Starts a writer for these tenants in a thread; ended after the test."""
    started: list[tuple[Writer, threading.Thread]] = []

    def start(*tenants: TenantConnection) -> None:
        writer = Writer(streams(), lambda: list(tenants), make_writer)
        thread = threading.Thread(target=writer.run)
        thread.start()
        started.append((writer, thread))

    yield start
    for writer, thread in started:
        writer.stop()
        thread.join()


WRITE_TIMEOUT_S = 5.0


def make_writer(tenant: TenantConnection) -> TenantWriter:
    timeseries = Timeseries(tenant.influx_url, tenant.writer, timeout_s=WRITE_TIMEOUT_S)
    return TenantWriter(streams(), timeseries, tenant)


def drain(tenant: TenantConnection) -> None:
    """Write everything that is queued, in this thread."""
    assert not make_writer(tenant).drain(lambda: True)
