"""Alarms on drawings: frames of now and of the past carry them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from kernel.times import HOUR, MINUTE
from tests.alarms.alarm_world import about, clear_alarm, forget_alarms, raise_alarm, write_journal
from tests.historian.plant import add_sensors

ClientFor = Callable[..., Client]


@pytest.fixture
def sensors(acme: TenantConnection) -> list[Sensor]:
    forget_alarms(acme)
    return add_sensors(acme, {"unit": "°C"}, {"unit": "bar"})


def drawing_of(client: Client, sensors: list[Sensor], valid_from: int) -> str:
    tags = [{"id": f"n{place}", "sensor": sensor.id, "x": 10, "y": 10} for place, sensor in enumerate(sensors)]
    body = {
        "site": sensors[0].site, "name": "Loop", "valid_from": valid_from,
        "drawing": {"width": 400, "height": 300, "tags": tags},
    }  # fmt: skip
    response = client.post("/api/v1/schematics", body, "application/json")
    assert response.status_code == 201, response.content
    return str(response.json()["id"])


def frame(client: Client, id: str, at: int | None = None) -> dict[str, Any]:
    response = client.get(f"/api/v1/schematics/{id}/frame", {} if at is None else {"at": at})
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def test_a_frame_has_the_most_important_alarm_of_each_sensor(
    client_for: ClientFor, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    engineer, now = client_for("engineer", acme), int(time.time() * 1000)
    id = drawing_of(engineer, sensors, now - 5 * HOUR)
    raise_alarm(acme, about(sensors[0], priority=3, rule="albbbbbbbbbb"), now - MINUTE)
    key = raise_alarm(acme, about(sensors[0], priority=1), now - MINUTE)
    assert frame(engineer, id)["alarms"] == {
        sensors[0].id: {"priority": 1, "condition": "unacknowledged", "count": 2, "key": key}
    }


def test_a_frame_of_the_past_has_the_alarms_of_that_moment(
    client_for: ClientFor, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    engineer, now = client_for("engineer", acme), int(time.time() * 1000)
    id = drawing_of(engineer, sensors, now - 5 * HOUR)
    key = raise_alarm(acme, about(sensors[0]), now - 3 * HOUR)
    clear_alarm(acme, about(sensors[0]), now - HOUR)
    write_journal(acme)
    assert frame(engineer, id, now - 4 * HOUR)["alarms"] == {}
    assert frame(engineer, id, now - 2 * HOUR)["alarms"][sensors[0].id]["condition"] == "unacknowledged"
    assert frame(engineer, id)["alarms"] == {
        sensors[0].id: {"priority": 2, "condition": "returned", "count": 1, "key": key}
    }


def test_a_playback_has_runs_of_frames_in_which_a_sensor_was_in_alarm(
    client_for: ClientFor, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    engineer, now = client_for("engineer", acme), int(time.time() * 1000)
    id, start = drawing_of(engineer, sensors, now - 5 * HOUR), now - 4 * HOUR
    key = raise_alarm(acme, about(sensors[0]), start + 90 * MINUTE)
    clear_alarm(acme, about(sensors[0]), start + 150 * MINUTE)
    write_journal(acme)
    query = {"start": start, "end": start + 4 * HOUR, "frames": 5}
    found = engineer.get(f"/api/v1/schematics/{id}/playback", query).json()
    shown = [
        {"start": run["start"], "end": run["end"], "condition": run["alarms"]["condition"], "key": run["alarms"]["key"]}
        for run in found["alarms"][sensors[0].id]
    ]
    frames = found["t"]
    first = next(place for place, t in enumerate(frames) if t >= start + 90 * MINUTE)
    returned = next(place for place, t in enumerate(frames) if t >= start + 150 * MINUTE)
    assert shown == [
        {"start": first, "end": returned, "condition": "unacknowledged", "key": key},
        {"start": returned, "end": len(frames), "condition": "returned", "key": key},
    ]
