"""Latest values that Redis lost are restored from the stored samples."""

from __future__ import annotations

import pytest

from catalog.models import Sensor
from historian.ladder.builder import LadderBuilder
from historian.read.latest import refill_latest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE
from stores.redis.latest import Latest
from tests.historian.plant import NOW, START, add_sensors, write
from web.stores import marks, streams

LAST = START + 300 * DAY
MS = 1_000_000


@pytest.fixture
def sensors(acme: TenantConnection) -> list[Sensor]:
    """One of each kind with samples in two shards, the last a bad one, and one without any."""
    kinds = [{"kind": kind} for kind in ("continuous", "counter", "discrete", "text", "continuous")]
    sensors = add_sensors(acme, *kinds)
    for sensor in sensors[:4]:
        first, last = ("Idle", "Filling") if sensor.kind == "text" else (1.0, 2.5)
        write(acme, sensor, [(START - 400 * DAY, first), (LAST, first), (LAST + MINUTE, last, 2)])
    return sensors


def latest(tenant: TenantConnection, sensors: list[Sensor]) -> dict[str, Latest]:
    return streams().latest.read(tenant.prefix, [sensor.id for sensor in sensors])


def test_each_sensors_last_sample_is_its_latest_value(acme: TenantConnection, sensors: list[Sensor]) -> None:
    assert latest(acme, sensors) == {}
    refill_latest(acme)
    values = {sensor.id: "Filling" if sensor.kind == "text" else 2.5 for sensor in sensors[:4]}
    assert latest(acme, sensors) == {id: Latest((LAST + MINUTE) * MS, value, 2) for id, value in values.items()}


def test_a_newer_one_stays(acme: TenantConnection, sensors: list[Sensor]) -> None:
    newer = {sensors[0].id: Latest((LAST + DAY) * MS, 7.0)}
    streams().latest.store(acme.prefix, newer)
    refill_latest(acme)
    assert latest(acme, sensors[:1]) == newer


def test_redis_that_lost_its_file_gets_them_back(acme: TenantConnection, sensors: list[Sensor]) -> None:
    """As after a restore: the marks have no epoch, so nothing beside them is trusted."""
    LadderBuilder(acme).run_once(NOW)
    streams().latest.drop(acme.prefix, [sensor.id for sensor in sensors])
    marks().forget_epoch(acme.prefix)
    LadderBuilder(acme).run_once(NOW)
    assert set(latest(acme, sensors)) == {sensor.id for sensor in sensors[:4]}
