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
from ingest.operations import MAX_ATTEMPTS, take_points
from ingest.points import RawPoint
from stores.redis.locks import LockBusy
from tests.ingest.conftest import Plant, drain
from tests.ingest.test_write_copies import as_it_was
from web.stores import documents

T = 1_770_000_000_000_000_000
FAHRENHEIT, CELSIUS = 50.0, 10.0


def send(plant: Plant) -> int:
    return take_points(plant.tenant, [(0, RawPoint(plant.slug, "TT-101", FAHRENHEIT, T))], T)


def convert(plant: Plant) -> None:
    sensor = plant.sensor("TT-101")
    wanted = {"unit": "°F" if sensor.unit == "°C" else "°C"}
    catalog.change(plant.tenant, SENSORS, sensor.id, wanted, sensor.revision, history=History.convert)


@contextmanager
def after_each_validation(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> Iterator[None]:
    """Between validating the points and appending them; `act` is told how often that has been."""
    really, times = operations.validate_points, 0

    def slow(*args: Any) -> Any:
        nonlocal times
        batch = really(*args)
        times += 1
        act(times)
        return batch

    with monkeypatch.context() as patch:
        patch.setattr(operations, "validate_points", slow)
        yield


@pytest.mark.parametrize("during", [1, 2, 3])
def test_a_sample_is_in_the_unit_that_was_acknowledged_before_it_was_queued(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, during: int
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
        assert send(plant) == 1
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
