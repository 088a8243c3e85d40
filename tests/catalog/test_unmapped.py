"""Sensors that were created from arrivals: marked until named, and found by the series they came from."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalog import snapshot
from catalog.kinds import SENSORS
from catalog.models import Sensor, SeriesOrigin
from catalog.operations import bulk_upsert
from catalog.sensors_from_arrivals import NewSensor, create_from_arrivals
from kernel.tenancy import TenantConnection
from tests.catalog.conftest import created, send

CPU = SeriesOrigin("influxdb", "cpu", "usage_idle", {"host": "gw.1", "$cpu.0": "a/b"})
Rows = list[dict[str, Any]]


@pytest.fixture
def unmapped(engineer: Client, tenant: TenantConnection) -> dict[str, Any]:
    """A site with a sensor that was made by hand, and one that arrived."""
    site = created(engineer, "/api/v1/sites", name="Harbour", timezone="UTC")
    created(engineer, "/api/v1/sensors", site="harbour", tag="TT-1")
    arrive(tenant, NewSensor(site["id"], "cpu.gw.1.usage_idle", CPU))
    (found,) = engineer.get("/api/v1/sensors?unmapped=true").json()["results"]
    return dict(found)


def arrive(tenant: TenantConnection, *new: NewSensor) -> Any:
    now = snapshot.snapshot_of(tenant)
    return create_from_arrivals(tenant, now.position, new, lambda wanted: wanted)


def known(tenant: TenantConnection) -> Sensor | None:
    return snapshot.snapshot_of(tenant).of_series(CPU.key)


def test_they_are_listed_apart_with_the_series_they_came_from(engineer: Client, unmapped: dict[str, Any]) -> None:
    assert unmapped["unmapped"] is True
    assert unmapped["origin"] == {"source": "influxdb", "name": "cpu", "field": "usage_idle", "tags": CPU.tags}
    named: Rows = engineer.get("/api/v1/sensors?unmapped=false").json()["results"]
    assert [sensor["tag"] for sensor in named] == ["TT-1"]
    assert engineer.get("/api/v1/sensors?unmapped=perhaps").status_code == 400


def test_naming_keeps_the_id_and_the_series(
    engineer: Client, tenant: TenantConnection, unmapped: dict[str, Any]
) -> None:
    change = {"revision": 1, "tag": "GW/1.idle_%", "name": "Idle", "unit": "%", "unmapped": False}
    response = send(engineer, "PATCH", f"/api/v1/sensors/{unmapped['id']}", change)
    assert response.status_code == 200, response.content
    assert response.json()["origin"] == unmapped["origin"]
    assert engineer.get("/api/v1/sensors?unmapped=true").json()["results"] == []
    found = known(tenant)
    assert found is not None and (found.id, found.tag) == (unmapped["id"], "GW/1.idle_%")


def test_a_replaced_sensor_keeps_its_series(
    engineer: Client, tenant: TenantConnection, unmapped: dict[str, Any]
) -> None:
    body = {"site": unmapped["site"], "tag": "GW-1", "revision": 1}
    replaced = send(engineer, "PUT", f"/api/v1/sensors/{unmapped['id']}", body).json()
    assert (replaced["unmapped"], replaced["origin"]) == (False, unmapped["origin"])


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_nobody_else_can_mark_a_sensor_as_unmapped(engineer: Client, unmapped: dict[str, Any], method: str) -> None:
    site, path = unmapped["site"], "/api/v1/sensors"
    if method == "PATCH":
        path = f"{path}/{engineer.get(f'{path}?q=TT-1').json()['results'][0]['id']}"
    body = {"unmapped": True, **({"revision": 1} if method == "PATCH" else {"site": site, "tag": "X"})}
    response = send(engineer, method, path, body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "unmapped"


def test_a_list_can_be_sent_back_unchanged(engineer: Client, unmapped: dict[str, Any]) -> None:
    items = engineer.get("/api/v1/sensors").json()["results"]
    assert send(engineer, "POST", "/api/v1/sensors/bulk", {"items": items}).json()["unchanged"] == 2


def test_they_are_found_again_after_a_restart(tenant: TenantConnection, unmapped: dict[str, Any]) -> None:
    snapshot._snapshots.clear()
    found = known(tenant)
    assert found is not None and found.id == unmapped["id"] and found.origin == CPU


def test_a_series_that_exists_already_is_not_created_again(tenant: TenantConnection, unmapped: dict[str, Any]) -> None:
    before = snapshot.snapshot_of(tenant)
    other = SeriesOrigin("influxdb", "harbour", "value", {"sensor": "TT-1"})
    site = unmapped["site"]
    made = arrive(tenant, NewSensor(site, "elsewhere", CPU), NewSensor(site, "TT-1", other, named=True))
    assert made is not None and (len(made.created), made.refused) == (0, {})
    assert snapshot.snapshot_of(tenant).sensors == before.sensors


def test_two_series_of_one_tag_are_two_sensors(tenant: TenantConnection, unmapped: dict[str, Any]) -> None:
    one, other = SeriesOrigin("influxdb", "a.b", "c"), SeriesOrigin("influxdb", "a", "b.c")
    arrive(tenant, *(NewSensor(unmapped["site"], "a.b.c", origin) for origin in (one, other)))
    catalog = snapshot.snapshot_of(tenant)
    found = [catalog.of_series(origin.key) for origin in (one, other)]
    assert [sensor and sensor.tag.partition("~")[0] for sensor in found] == ["a.b.c", "a.b.c"]
    assert len({sensor and sensor.tag for sensor in found}) == 2


def test_what_was_decided_on_an_older_catalog_is_not_written(
    engineer: Client, tenant: TenantConnection, unmapped: dict[str, Any]
) -> None:
    old = snapshot.snapshot_of(tenant).position
    created(engineer, "/api/v1/sensors", site="harbour", tag="TT-2")
    new = NewSensor(unmapped["site"], "mem.used", SeriesOrigin("influxdb", "mem", "used"))
    assert create_from_arrivals(tenant, old, [new], lambda wanted: wanted) is None


def test_slugs_accept_what_plants_use(engineer: Client) -> None:
    for slug in ("hall_2.line_1", "a-b.c_d"):
        site = created(engineer, "/api/v1/sites", name=slug, slug=slug, timezone="UTC")
        assert engineer.get(f"/api/v1/sites/{slug}").json() == site
    for slug in ("_a", "a.", "a/b", "A"):
        body = {"name": "x", "slug": slug, "timezone": "UTC"}
        assert send(engineer, "POST", "/api/v1/sites", body).status_code == 400


def test_tags_and_names_accept_what_plants_use(engineer: Client, tenant: TenantConnection) -> None:
    created(engineer, "/api/v1/sites", name="Hall/2_a.b", slug="hall", timezone="UTC")
    tag = "plant/hall_2/PLC.DB1/TT_101.PV"
    created(engineer, "/api/v1/sensors", site="hall", tag=tag)
    assert bulk_upsert(tenant, SENSORS, [{"site": "hall", "tag": tag, "unit": "°C"}]).updated == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=3, unique=True))
def test_the_order_of_tags_does_not_make_another_series(tags: list[tuple[str, str]]) -> None:
    one, other = dict(tags), dict(reversed(tags))
    assert SeriesOrigin("s", "m", "f", one).key == SeriesOrigin("s", "m", "f", other).key or len(one) < len(tags)
