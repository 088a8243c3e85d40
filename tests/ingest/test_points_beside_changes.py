"""Points whose request overlaps changes of the catalog: appended after one was acknowledged, they are read by it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from catalog import operations as catalog
from catalog.history import History
from catalog.kinds import SENSORS
from catalog.snapshot import SCOPE, snapshot_of
from ingest import operations
from ingest.dead_letters import operations as dead_letters
from ingest.letters import Origin, encode_letter
from ingest.operations import MAX_ATTEMPTS
from ingest.points import RawPoint
from stores.redis.dead_letters import Buried
from stores.redis.locks import LockBusy
from tests.ingest.conftest import Plant, drain
from tests.ingest.test_take_points import take
from tests.ingest.test_write_copies import as_it_was
from web.stores import documents, streams

T = 1_770_000_000_000_000_000
FAHRENHEIT, CELSIUS = 50.0, 10.0


def send(plant: Plant) -> int:
    return take(plant.tenant, [(0, RawPoint(plant.slug, "TT-101", FAHRENHEIT, T))]).stored


def replay(plant: Plant) -> int:
    return dead_letters.replay(plant.tenant, letter_of(plant), None, T).points


def replay_many(plant: Plant) -> int:
    return dead_letters.replay_many(plant.tenant, [letter_of(plant)], T).points


def letter_of(plant: Plant) -> str:
    """The id of one with the same sample."""
    line = f"{plant.slug},sensor=TT-101 value={FAHRENHEIT} {T}".encode()
    letter = encode_letter(Origin("influxdb", options={"precision": "ns"}), T, "why", line)
    streams().append(plant.tenant, [], buried=Buried([letter]))
    return streams().dead_letters.page(plant.tenant.prefix, 1)[0].id


def convert(plant: Plant) -> None:
    sensor = plant.sensor("TT-101")
    wanted = {"unit": "°F" if sensor.unit == "°C" else "°C"}
    catalog.change(plant.tenant, SENSORS, sensor.id, wanted, sensor.revision, history=History.convert)


@contextmanager
def after_each_validation(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> Iterator[None]:
    """Between validating the points and appending them; `act` is told how often that has been."""
    really, times = operations.divide, 0

    def slow(*args: Any) -> Any:
        nonlocal times
        batch = really(*args)
        times += 1
        act(times)
        return batch

    with monkeypatch.context() as patch:
        patch.setattr(operations, "divide", slow)
        yield


@pytest.mark.parametrize("during", [1, 2, 3])
@pytest.mark.parametrize("queue", [send, replay, replay_many])
def test_a_sample_is_in_the_unit_that_was_acknowledged_before_it_was_queued(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, queue: Callable[[Plant], int], during: int
) -> None:
    """Also where another change is what made it look at the catalog again."""
    before = snapshot_of(plant.tenant)
    catalog.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": "TT-900"}])

    def change(times: int) -> None:
        if times < during:
            catalog.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": f"TT-90{times}"}])
        elif times == during:
            convert(plant)

    with as_it_was(plant, before), after_each_validation(monkeypatch, change):
        assert queue(plant) == 1
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (CELSIUS, 0)}, "it is stored in the unit that the sensor had first"


def test_a_catalog_that_changes_all_the_time_waits_for_the_sample_in_the_end(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert snapshot_of(plant.tenant)
    locked: list[bool] = []

    def is_locked() -> None:
        try:
            with documents(plant.tenant).exclusive(SCOPE, wait_s=0.1):
                locked.append(False)
        except LockBusy:
            locked.append(True)

    def change(times: int) -> None:
        thread = threading.Thread(target=is_locked)
        thread.start()
        thread.join()
        if not locked[-1]:
            convert(plant)

    with after_each_validation(monkeypatch, change):
        assert send(plant) == 1
    assert locked == [False] * (1 + MAX_ATTEMPTS) + [True]
    assert plant.sensor("TT-101").unit == "°C", "four changes"
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (FAHRENHEIT, 0)}
