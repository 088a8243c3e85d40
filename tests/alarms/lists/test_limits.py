"""Limits proposed from what a sensor did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client

from kernel.tenancy import TenantConnection
from kernel.times import DAY
from tests.historian.plant import NOW, add_sensors, every_minute, write

ClientFor = Callable[..., Client]
URL = "/api/v1/rules/limits"


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("alarms.http.backtest_views.now_ms", lambda: NOW)
    return client_for("engineer", acme)


def test_limits_lie_beyond_the_usual_values(engineer: Client, acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"unit": "°C"})
    values = np.random.default_rng(7).normal(12.0, 0.5, 2_000)
    write(acme, sensor, every_minute(values.tolist(), NOW - DAY))
    found = engineer.get(URL, {"sensor": sensor.id}).json()
    assert (found["sensor"], found["unit"], found["days"]) == (sensor.id, "°C", 30)
    limits = {each["level"]: each for each in found["limits"]}
    assert limits["low-low"]["limit"] < limits["low"]["limit"] < limits["high"]["limit"] < limits["high-high"]["limit"]
    assert limits["high"]["limit"] == pytest.approx(np.percentile(values, 99.9), abs=0.1)
    assert limits["high-high"]["limit"] > values.max() and limits["high-high"]["raised"] == 0
    assert all(each["deadband"] > 0 for each in limits.values())


def test_without_enough_samples_there_is_no_proposal(engineer: Client, acme: TenantConnection) -> None:
    numbers, words = add_sensors(acme, {"unit": "bar"}, {"kind": "text"})
    assert engineer.get(URL, {"sensor": numbers.id}).status_code == 400
    assert engineer.get(URL, {"sensor": words.id}).status_code == 400
    assert engineer.get(URL, {"sensor": "saaaaaaaaaa"}).status_code == 404
    assert engineer.get(f"{URL}?sensor={numbers.id}&days=0").status_code == 400
