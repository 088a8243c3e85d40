"""What web processes remember of samples follows whatever changes them: imports, undo, corrections, units, deletion."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from catalog import operations
from catalog.history import History
from catalog.kinds import SENSORS
from historian.asof.query import as_of
from historian.playback import rung_tables
from historian.playback.query import playback
from historian.queries import read_samples
from historian.read import closed_source
from historian.read.closed_parts import ClosedParts
from historian.read.closed_spans import ClosedSpans
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.plant import listed
from tests.historian.test_ladder_work import settle
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import State, World, now
from web.respond import encode

START = 1_714_521_600_000
END = START + 9 * DAY
TAG = "TT-101"
SPANS = [TimeRange(END - width - 7, END - 7) for width in (HOUR, DAY, 8 * DAY)]
MOMENTS = [END - DAY // 3, END - 3 * DAY + 12_345, START + 7]


@contextmanager
def nothing_remembered() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (closed_source, rung_tables):
            kept = module.KEPT
            patch.setattr(module, "KEPT", ClosedSpans(time.monotonic, kept._max_bytes, kept._per_ms))
        patch.setattr(closed_source, "LAST_ROWS", ClosedParts(closed_source.LAST_ROWS._size_of, time.monotonic))
        yield


def shown(plant: Plant) -> bytes:
    tenant, sensor, today = plant.tenant, plant.sensor(TAG), now() + HOUR
    trends = [read_samples(tenant, sensor, span, 500, now_ms=today) for span in SPANS]
    played = playback(tenant, [sensor], TimeRange(END - 7 * DAY - 12_345, END - 12_345), 600, now_ms=today)
    values = [as_of(tenant, [sensor], moment, today) for moment in MOMENTS]
    return encode([trends, [listed(column) for column in played.columns.values()], played.changed, values])


@pytest.fixture
def look(plant: Plant) -> Callable[[], bytes]:
    """What is shown, which is what a process shows that has just started: before the ladder is repaired, and after."""
    values = np.round(20 + 5 * np.sin(np.arange(9 * DAY // MINUTE) / 300), 2)
    World(plant).write(TAG, {START + k * MINUTE: (float(v), 0) for k, v in enumerate(values)})
    sensor = plant.sensor(TAG)
    operations.change(plant.tenant, SENSORS, sensor.id, {"interval_s": 60}, sensor.revision)

    def look() -> bytes:
        for repaired in (False, True):
            if repaired:
                settle(plant.tenant, now() + HOUR)
            found = shown(plant)
            assert found == shown(plant)
            with nothing_remembered():
                assert found == shown(plant)
        return found

    return look


def some(value: float) -> State:
    """Among the samples that are shown by each way of reading."""
    times = [*range(END - DAY // 3 - 3 * MINUTE, END - DAY // 3, MINUTE), END - 3 * DAY, END - MINUTE, START + MINUTE]
    return {t + 5: (value, 0) for t in times}


@pytest.mark.django_db
def test_imports_undo_and_corrections_are_seen(plant: Plant, look: Callable[[], bytes]) -> None:
    world = World(plant)
    before = look()
    id = world.new_import()
    world.write(TAG, some(-7777.5), journal=id)
    assert b"-7777.5" in look()
    world.undo(id)
    assert look() == before
    deleted = world.correct("delete", TAG, start=END - 2 * DAY, end=END - HOUR // 2)
    after = look()
    assert after != before
    world.undo(deleted.id)
    assert look() == before
    world.correct("shift", TAG, start=START, end=END, by_ms=7 * MINUTE + 1)
    assert look() not in (before, after)


@pytest.mark.django_db
def test_another_unit_is_seen(plant: Plant, look: Callable[[], bytes]) -> None:
    before = look()
    for unit in ("K", plant.sensor(TAG).unit):
        sensor = plant.sensor(TAG)
        operations.change(plant.tenant, SENSORS, sensor.id, {"unit": unit}, sensor.revision, history=History.convert)
        assert (look() == before) == (unit != "K")
