"""Totals over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalog.models import Sensor
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.ids import SITE, new_id
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE
from tests.historian.plant import add_sensors, write
from tests.kernel.test_periods import at

ClientFor = Callable[..., Client]
START = at("2026-10-25", "Europe/Vienna")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.totals.views.now_ms", lambda: START + 90 * DAY)


@pytest.fixture
def viewer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("viewer", acme)


@pytest.fixture
def sensor(acme: TenantConnection) -> Sensor:
    """In Vienna."""
    slug = f"site-{new_id(SITE)}"
    bulk_upsert(acme, "sites", [{"slug": slug, "name": "Vienna", "timezone": "Europe/Vienna"}])
    item = {"site": slug, "tag": "TT-1", "name": "Supply", "unit": "°C", "interval_s": 60.0}
    bulk_upsert(acme, "sensors", [item])
    snapshot = snapshot_of(acme)
    site = snapshot.site(slug)
    assert site is not None
    found = snapshot.sensor(site.id, "TT-1")
    assert found is not None
    return found


def ask(client: Client, sensor: str | Sensor, **query: Any) -> Any:
    id = sensor if isinstance(sensor, str) else sensor.id
    return client.get(f"/api/v1/sensors/{id}/totals", {"start": START, "end": START + HOUR, **query})


def test_the_zone_is_the_sites_unless_another_is_named(viewer: Client, acme: TenantConnection, sensor: Sensor) -> None:
    write(acme, sensor, [(START + k * MINUTE, 20.0) for k in range(60)])
    found = ask(viewer, sensor).json()
    assert found == {
        "sensor": sensor.id, "kind": "continuous", "unit": "°C", "by": "day", "zone": "Europe/Vienna",
        "start": START, "end": START + 25 * HOUR, "rung": "raw", "complete": True,
        "results": [{
            "start": START, "end": START + 25 * HOUR, "count": 60, "mean": 20.0, "min": 20.0, "max": 20.0,
            "unknown": 24 * HOUR - 2 * MINUTE,
        }],
    }  # fmt: skip
    other = ask(viewer, sensor, zone="UTC", by="hour").json()
    assert (other["zone"], other["start"]) == ("UTC", START) and len(other["results"]) == 1


def test_csv_has_local_times_and_no_formulas(viewer: Client, acme: TenantConnection) -> None:
    states = {"0": "=Stopped", "1": "Running"}
    [sensor] = add_sensors(acme, {"kind": "discrete", "sampling": "periodic", "states": states, "tag": "XS-1"})
    write(acme, sensor, [(START, 1.0), (START + MINUTE, 0.0)])
    response = ask(viewer, sensor, format="csv", by="hour", zone="Europe/Vienna")
    assert response["Content-Disposition"] == 'attachment; filename="XS-1_hour.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows == [
        ["start", "end", "samples", "Running (s)", "'=Stopped (s)", "unknown (s)"],
        ["2026-10-25T00:00:00+02:00", "2026-10-25T01:00:00+02:00", "2", "60.0", "180.0", "3360.0"],
    ]


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ({"by": "year"}, "bad-parameter"),
        ({"zone": "Mars/Olympus"}, "bad-zone"),
        ({"zone": "+02:00"}, "bad-zone"),
        ({"zone": "../../etc/passwd"}, "bad-zone"),
        ({"format": "xlsx"}, "bad-parameter"),
        ({"start": "yesterday"}, "not-a-time"),
        ({"end": START}, "empty-range"),
        ({"by": "hour", "end": START + 400 * DAY}, "too-many-periods"),
        ({"bucket": "1h"}, "unknown-parameter"),
    ],
)
def test_a_wrong_parameter_is_refused(viewer: Client, sensor: Sensor, query: dict[str, Any], slug: str) -> None:
    response = ask(viewer, sensor, **query)
    assert (response.status_code, response.json()["type"]) == (400, f"/problems/{slug}")


def test_another_tenants_sensor_does_not_exist(client_for: ClientFor, rival: TenantConnection, sensor: Sensor) -> None:
    assert ask(client_for("viewer", rival), sensor).status_code == 404
