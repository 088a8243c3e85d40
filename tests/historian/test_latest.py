"""Latest values that Redis lost are restored from the stored samples."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from django.test import Client

from catalog import snapshot
from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.asof.query import as_of
from historian.ladder.builder import LadderBuilder
from historian.read.latest import refill_latest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE
from stores.redis.latest import Latest
from tests.historian.plant import NOW, START, add_sensors, write
from web.stores import marks, streams

ClientFor = Callable[..., Client]
LAST = START + 300 * DAY
MS = 1_000_000


@pytest.fixture
def sensors(acme: TenantConnection) -> list[Sensor]:
    return make(acme)


def make(tenant: TenantConnection) -> list[Sensor]:
    """One of each kind with samples in two shards, the last a bad one, and one without any."""
    kinds = [{"kind": kind} for kind in ("continuous", "counter", "discrete", "text", "continuous")]
    sensors = add_sensors(tenant, *kinds)
    for sensor in sensors[:4]:
        first, last = ("Idle", "Filling") if sensor.kind == "text" else (1.0, 2.5)
        write(tenant, sensor, [(START - 400 * DAY, first), (LAST, first), (LAST + MINUTE, last, 2)])
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


def test_redis_that_lost_its_file_gets_them_back(new_acme: TenantConnection) -> None:
    """As after a restore: the marks have no epoch, so nothing beside them is trusted."""
    acme, sensors = new_acme, make(new_acme)
    LadderBuilder(acme).run_once(NOW)
    streams().latest.drop(acme.prefix, [sensor.id for sensor in sensors])
    marks().forget_epoch(acme.prefix)
    LadderBuilder(acme).run_once(NOW)
    assert set(latest(acme, sensors)) == {sensor.id for sensor in sensors[:4]}


def test_the_present_value_follows_what_is_stored_and_the_sensor(acme: TenantConnection, sensors: list[Sensor]) -> None:
    continuous, *_, without = sensors

    def shown(now: int) -> list[tuple[float | str | None, int | None, bool, str | None]]:
        return [(each.v, each.age, each.stale, each.reason) for each in as_of(acme, [continuous, without], now, now)]

    keep = streams().latest.store
    nothing = (None, None, False, "no data")
    keep(acme.prefix, {continuous.id: Latest(NOW * MS, 1.5)})
    assert shown(NOW) == [(1.5, 0, False, None), nothing]
    assert shown(NOW + MINUTE) == [(1.5, MINUTE, False, None), nothing]
    assert shown(NOW + DAY) == [(1.5, DAY, True, "no sample for 1 d"), nothing]
    keep(acme.prefix, {continuous.id: Latest((NOW + 1) * MS, 3.5, 2)})
    assert shown(NOW + MINUTE) == [(3.5, MINUTE - 1, False, "bad quality"), nothing]
    assert shown(NOW)[0][0] == 2.5, "a sample that is later than now is not shown yet: the stored one before it is"
    continuous = msgspec.structs.replace(continuous, interval_s=1.0)
    keep(acme.prefix, {continuous.id: Latest((NOW + 2) * MS, 4.5)})
    assert shown(NOW + MINUTE)[0][2:] == (True, "no sample for 59 s 998 ms")


def test_the_values_of_a_sensor_that_another_process_just_made_are_found(
    acme: TenantConnection, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    [old] = add_sensors(acme, {})
    viewer = client_for("viewer", acme)
    assert viewer.get(f"/api/v1/values?sensors={old.id}").status_code == 200
    before = snapshot_of(acme)
    [new] = add_sensors(acme, {})
    streams().latest.store(acme.prefix, {new.id: Latest(NOW * MS, 7.5)})
    monkeypatch.setitem(snapshot._snapshots, acme.documents, before)  # what a process knows that did not make it
    [value] = viewer.get(f"/api/v1/values?sensors={new.id}").json()["values"]
    assert (value["sensor"], value["v"]) == (new.id, 7.5)
    assert viewer.get("/api/v1/values?sensors=s0000000000").status_code == 404
