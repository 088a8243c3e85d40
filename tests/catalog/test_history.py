"""Changing the unit or kind of a sensor with samples: rejected with what would be needed, or declared a relabelling."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from web.stores import streams

pytestmark = pytest.mark.django_db
Plant = dict[str, dict[str, Any]]


@pytest.fixture
def sensor(tenant: TenantConnection, engineer: Client, plant: Plant) -> str:
    """Of 20.5 °C, measured just now."""
    body = {"site": "harbour", "tag": "TT-7", "unit": "°C"}
    id = engineer.post("/api/v1/sensors", body, content_type="application/json").json()["id"]
    streams().latest.store(tenant.prefix, {id: Latest(time.time_ns(), 20.5, 0)})
    return str(id)


def patch(client: Client, id: str, query: str = "", **fields: Any) -> Any:
    body = {"revision": client.get(f"/api/v1/sensors/{id}").json()["revision"], **fields}
    return client.patch(f"/api/v1/sensors/{id}{query}", body, content_type="application/json")


@pytest.mark.parametrize(("unit", "word"), [("°F", "same quantity"), ("bar", "another quantity"), ("", "no unit")])
def test_another_unit_is_rejected_with_what_would_be_needed(
    tenant: TenantConnection, engineer: Client, sensor: str, unit: str, word: str
) -> None:
    response = patch(engineer, sensor, unit=unit)
    assert (response.status_code, response.json()["type"]) == (409, "/problems/has-samples")
    assert word in response.json()["detail"] and "history=relabel" in response.json()["detail"]
    assert snapshot_of(tenant).sensors[sensor].unit == "°C"


def test_a_wrong_label_is_put_right(tenant: TenantConnection, engineer: Client, sensor: str) -> None:
    assert patch(engineer, sensor, "?history=relabel", unit="°F").json()["unit"] == "°F"
    assert snapshot_of(tenant).sensors[sensor].unit == "°F"
    assert patch(engineer, sensor, "?history=forget", unit="°C").status_code == 400


def test_another_spelling_of_the_unit_and_another_name_are_no_change_of_it(engineer: Client, sensor: str) -> None:
    assert patch(engineer, sensor, unit="degC", name="Supply").status_code == 200


def test_numbers_do_not_become_texts(engineer: Client, sensor: str) -> None:
    for query in ("", "?history=relabel"):
        response = patch(engineer, sensor, query, kind="text", unit="")
        assert response.status_code == 409 and "kind “continuous”" in response.json()["detail"]


def test_a_sensor_without_samples_may_change_unit_and_kind(engineer: Client, plant: Plant) -> None:
    body = {"site": "harbour", "tag": "TT-8", "unit": "°C"}
    id = engineer.post("/api/v1/sensors", body, content_type="application/json").json()["id"]
    assert patch(engineer, id, unit="bar").status_code == 200
    assert patch(engineer, id, kind="text", unit="").status_code == 200


def test_a_bulk_call_is_rejected_as_a_whole(tenant: TenantConnection, engineer: Client, sensor: str) -> None:
    items = [{"site": "harbour", "tag": "TT-9", "unit": "bar"}, {"site": "harbour", "tag": "TT-7", "unit": "K"}]
    refused = engineer.post("/api/v1/sensors/bulk", {"items": items}, content_type="application/json")
    assert refused.status_code == 409 and "TT-7" in refused.json()["detail"]
    assert all(each.tag != "TT-9" for each in snapshot_of(tenant).sensors.values())
    done = engineer.post("/api/v1/sensors/bulk?history=relabel", {"items": items}, content_type="application/json")
    assert (done.json()["created"], done.json()["updated"]) == (1, 1)
