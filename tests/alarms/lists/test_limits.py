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
    monkeypatch.setattr("alarms.http.rule_views.now_ms", lambda: NOW)
    return client_for("engineer", acme)


def test_limits_lie_beyond_the_usual_values(engineer: Client, acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"unit": "°C"})
    values = np.random.default_rng(7).normal(12.0, 0.5, 2_000)
    write(acme, sensor, every_minute(values.tolist(), NOW - DAY))
    found = engineer.get(URL, {"sensor": sensor.id}).json()
    p1, p50, p99 = np.percentile(values, [1, 50, 99])
    assert found["median"] == pytest.approx(p50, abs=0.05)
    assert found["high"] == pytest.approx(p99 + (p99 - p50) / 2, abs=0.1)
    assert found["high_high"] == pytest.approx(p99 + (p99 - p50), abs=0.1)
    assert found["low"] == pytest.approx(p1 - (p50 - p1) / 2, abs=0.1)
    assert found["low_low"] < found["low"] < found["median"] < found["high"] < found["high_high"]
    assert found["share_above"] == pytest.approx((values > found["high"]).mean(), abs=0.002)
    assert (found["on_delay_s"], found["unit"], found["count"]) == (60, "°C", 2_000)
    assert found["deadband"] == pytest.approx((p99 - p1) * 0.01, rel=0.1)


def test_a_sensor_that_never_moved_has_limits_apart(engineer: Client, acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"unit": "bar"})
    write(acme, sensor, every_minute([3.0] * 200, NOW - DAY))
    found = engineer.get(URL, {"sensor": sensor.id}).json()
    assert found["low"] < 3.0 < found["high"] and found["deadband"] > 0


def test_without_enough_samples_there_is_no_proposal(engineer: Client, acme: TenantConnection) -> None:
    numbers, words = add_sensors(acme, {"unit": "bar"}, {"kind": "text"})
    assert engineer.get(URL, {"sensor": numbers.id}).status_code == 409
    assert engineer.get(URL, {"sensor": words.id}).status_code == 400
    assert engineer.get(URL, {"sensor": "saaaaaaaaaa"}).status_code == 404
    assert engineer.get(URL).status_code == 404
    assert engineer.get(f"{URL}?sensor={numbers.id}&days=0").status_code == 400
