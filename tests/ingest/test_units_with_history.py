"""A sensor's unit changes while it has samples and more arrive: live, as-of and trends always agree."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from catalog import operations
from catalog.history import HasSamples, History
from catalog.kinds import SENSORS
from catalog.models import Sensor
from historian.asof.query import as_of
from historian.asof.values import AsOf
from historian.http.pages import raw_pages
from historian.ladder.verify import verify
from historian.playback.query import playback
from historian.queries import read_samples
from historian.read.ladders import ladders_of
from historian.shape.methods import Method
from historian.shape.series import BandView
from historian.statistics.query import statistics
from ingest.sources.influxdb.operations import take_lines
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.test_ladder_work import settle
from tests.ingest.conftest import Plant, drain
from tests.ingest.corrections_world import World, now
from tests.waiting import wait_until
from web.stores import streams

START = 1_714_521_600_000
SPAN = TimeRange(START, START + 3 * DAY)
LATER = START + 40 * DAY
METHODS: tuple[Method, ...] = ("minmax", "minmaxlttb", "mean", "last", "band")


def change_unit(plant: Plant, tag: str, unit: str, history: History = History.convert, **fields: Any) -> None:
    sensor = plant.sensor(tag)
    operations.change(plant.tenant, SENSORS, sensor.id, {"unit": unit, **fields}, sensor.revision, history=history)


@pytest.fixture
def measured(plant: Plant) -> Plant:
    """Three days of one sample a minute, with a complete ladder, and limits."""
    values = np.round(20 + 5 * np.sin(np.arange(3 * DAY // MINUTE) / 300), 2)
    World(plant).write("TT-101", {START + k * MINUTE: (float(v), 0) for k, v in enumerate(values)})
    World(plant).write("EM-1", {START + k * MINUTE: (float(k % 1_000), 0) for k in range(3 * DAY // MINUTE)})
    for tag, fields in (("TT-101", {"range": [-20, 60]}), ("EM-1", {"rollover": 1000.0, "tolerance": 0.5})):
        sensor = plant.sensor(tag)
        operations.change(plant.tenant, SENSORS, sensor.id, {"interval_s": 60, **fields}, sensor.revision)
    settle(plant.tenant, LATER)
    return plant


def shown(plant: Plant, tag: str) -> dict[str, Any]:
    """Every way in which samples are read."""
    sensor, tenant = plant.sensor(tag), plant.tenant
    found: dict[str, Any] = {}
    for method in METHODS:
        for points in (200, 100_000):
            answer = read_samples(tenant, sensor, SPAN, points, method, now_ms=LATER)
            values = answer.mean if isinstance(answer, BandView) else answer.v
            found[f"{method} {points}"] = [v for v in values if v is not None]
            stats = answer.stats
            found[f"{method} {points} stats"] = [stats.min, stats.max, stats.mean]
    figures = statistics(tenant, sensor, SPAN, [50.0], now_ms=LATER)
    assert isinstance(figures.percentiles, dict)
    found["statistics"] = [figures.min, figures.max, figures.mean, figures.percentiles["50"]]
    found["spread"] = [figures.std, figures.increase] if sensor.kind == "counter" else [figures.std]
    found["raw"] = [v for page in raw_pages(tenant, sensor, SPAN, 1_000) for v in page.v.tolist()]
    found["playback"] = playback(tenant, [sensor], SPAN, 60, now_ms=LATER).columns[sensor.id].tolist()
    found["fast playback"] = playback(
        tenant, [sensor], TimeRange(START, START + HOUR), 60, now_ms=LATER
    ).columns[sensor.id].tolist()  # fmt: skip
    found["live"] = [as_of(tenant, [sensor], LATER, LATER)[0].v]
    found["as of"] = [as_of(tenant, [sensor], SPAN.end - 1, LATER)[0].v]
    return found


def test_everything_is_shown_in_the_new_unit_at_once_and_as_before_when_reverted(measured: Plant) -> None:
    before, stored = shown(measured, "TT-101"), measured.stored("TT-101")
    change_unit(measured, "TT-101", "°F")
    after = shown(measured, "TT-101")
    assert before["live"] == before["as of"] and after["live"] == after["as of"] == after["raw"][-1:]
    for name, values in before.items():
        factor = np.array(values, float) * 1.8 + (0 if name == "spread" else 32)
        np.testing.assert_allclose(after[name], factor, rtol=1e-12, err_msg=name)
    assert measured.sensor("TT-101").range == (-4.0, 140.0)
    assert measured.stored("TT-101") == stored, "nothing is written"
    assert len(ladders_of(measured.tenant, [measured.sensor("TT-101")])) == 1, "the ladder is still its ladder"
    change_unit(measured, "TT-101", "°C")
    assert shown(measured, "TT-101") == before
    assert (measured.sensor("TT-101").range, measured.sensor("TT-101").stored_as) == ((-20.0, 60.0), None)


def test_a_counter_is_still_one_in_another_unit(measured: Plant) -> None:
    before = shown(measured, "EM-1")
    change_unit(measured, "EM-1", "MWh")
    sensor = measured.sensor("EM-1")
    assert (sensor.rollover, sensor.tolerance) == (1.0, 0.0005)
    assert len(ladders_of(measured.tenant, [sensor])) == 1
    for name, values in shown(measured, "EM-1").items():
        np.testing.assert_allclose(values, np.array(before[name], float) / 1000, rtol=1e-12, err_msg=name)
    World(measured).write("EM-1", {SPAN.end: (321.0, 0)})
    settle(measured.tenant, LATER)
    assert not list(verify(measured.tenant, sensor))


def test_limits_that_the_change_sets_are_meant_in_the_new_unit(measured: Plant) -> None:
    change_unit(measured, "TT-101", "K", range=[250, 350])
    assert measured.sensor("TT-101").range == (250.0, 350.0)
    change_unit(measured, "TT-101", "°C", range=[250, 350])
    assert measured.sensor("TT-101").range == (250.0, 350.0), "the old figures, said again, are meant in the new unit"
    change_unit(measured, "EM-1", "MWh", rollover=1000.0)
    assert (measured.sensor("EM-1").rollover, measured.sensor("EM-1").tolerance) == (1000.0, 0.0005)
    change_unit(measured, "EM-1", "kWh", tolerance=0.0005)
    assert (measured.sensor("EM-1").rollover, measured.sensor("EM-1").tolerance) == (1_000_000.0, 0.0005)


def test_limits_that_an_item_of_a_bulk_call_sets_are_meant_in_the_new_unit(measured: Plant) -> None:
    item = {"site": measured.slug, "tag": "TT-101", "unit": "K", "range": [-20, 60]}
    operations.bulk_upsert(measured.tenant, SENSORS, [item], history=History.convert)
    assert measured.sensor("TT-101").range == (-20.0, 60.0)


def test_limits_that_a_replacement_leaves_out_go(measured: Plant) -> None:
    sensor = measured.sensor("EM-1")
    body = {"site": measured.slug, "tag": "EM-1", "kind": "counter", "unit": "MWh", "rollover": 1000}
    operations.change(measured.tenant, SENSORS, sensor.id, body, sensor.revision, whole=True, history=History.convert)
    assert (measured.sensor("EM-1").rollover, measured.sensor("EM-1").tolerance) == (1000.0, 0.0)


def test_a_third_unit_is_worked_out_from_the_stored_one(measured: Plant) -> None:
    for unit in ("°F", "K"):
        change_unit(measured, "TT-101", unit)
    sensor = measured.sensor("TT-101")
    assert sensor.stored_as is not None and (sensor.stored_as.unit, sensor.stored_as.offset) == ("°C", 273.15)
    with pytest.raises(HasSamples, match="back to °C"):
        change_unit(measured, "TT-101", "°F", History.relabel)
    for kind in ("discrete", "counter"):
        with pytest.raises(HasSamples):
            change_unit(measured, "TT-101", "K", kind=kind)


@pytest.mark.parametrize("unit", ["bar", ""])
def test_what_does_not_convert_is_refused(measured: Plant, unit: str) -> None:
    with pytest.raises(HasSamples, match="history=relabel"):
        change_unit(measured, "TT-101", unit)
    assert measured.sensor("TT-101").unit == "°C"


def test_samples_are_in_the_unit_at_sending_however_late_they_are_stored(plant: Plant) -> None:
    sensor, t = plant.sensor("TT-101"), START * 1_000_000

    def send(value: float, at: int) -> None:
        take_lines(plant.tenant, f"{plant.slug},sensor=TT-101 value={value} {at}".encode(), 1, time.time_ns())

    send(21.5, t)
    change_unit(plant, "TT-101", "°F")  # nobody has stored a sample yet
    send(70.7, t + 1)
    drain(plant.tenant)
    assert plant.stored("TT-101") == {t: (21.5, 0), t + 1: (21.5, 0)}
    [page] = raw_pages(plant.tenant, plant.sensor("TT-101"), TimeRange(START, START + 1), 10)
    assert page.v.tolist() == [70.7, 70.7]
    assert streams().latest.read(plant.tenant.prefix, [sensor.id])[sensor.id].v == 21.5


def test_live_as_of_and_trend_agree_at_every_moment_while_a_writer_runs(
    plant: Plant, running_writer: Callable[[TenantConnection], None]
) -> None:
    """A source sends 20 °C, 68 °F or 293.15 K, as the unit says. Only what is sent within a change may be taken for the
    other unit, and then by everybody.
    """
    sent = {"°C": 20.0, "°F": 68.0, "K": 293.15}
    tenant, stop, lock = plant.tenant, threading.Event(), threading.Lock()
    unit = "°C"

    def source() -> None:
        while not stop.is_set():
            with lock:
                t = time.time_ns()
                take_lines(tenant, f"{plant.slug},sensor=TT-101 value={sent[unit]} {t}".encode(), 1, t)
            time.sleep(0.002)

    running_writer(tenant)
    thread = threading.Thread(target=source)
    thread.start()
    try:
        wait_until(lambda: present(tenant, plant.sensor("TT-101")).v is not None)
        for following in ("°F", "K", "°C", "K", "°F", "°C") * 3:
            with lock:
                change_unit(plant, "TT-101", following)
                unit = following
            sensor = plant.sensor("TT-101")
            live = present(tenant, sensor)
            assert live.v == sent[unit] and live.t is not None
            [back] = as_of(tenant, [sensor], live.t, live.t + DAY)
            [history] = raw_pages(tenant, sensor, TimeRange(live.t - HOUR, live.t + 1), 50_000)
            trend = read_samples(tenant, sensor, TimeRange(live.t - HOUR, live.t + 1), 50, "minmax", now_ms=now())
            assert back.v == sent[unit]
            assert set(history.v.tolist()) == {sent[unit]} == set(trend.v)  # type: ignore[union-attr]
    finally:
        stop.set()
        thread.join()
    drain(tenant)
    assert {round(float(v), 9) for v, _ in plant.stored("TT-101").values() if v is not None} == {20.0}


def present(tenant: TenantConnection, sensor: Sensor) -> AsOf:
    """A millisecond ago is the past, which is read from what is stored."""
    at = now()
    [value] = as_of(tenant, [sensor], at, at)
    return value


def test_a_range_in_another_unit_is_corrected_and_undone(plant: Plant) -> None:
    """The source sends °C from the third minute on; the catalog is told at the fifth."""
    world = World(plant)
    world.write("TT-101", {START + k * MINUTE: (v, 0) for k, v in enumerate((68.0, 69.8, 22.0, 23.0))})
    change_unit(plant, "TT-101", "°F", History.relabel)
    mixed = plant.stored("TT-101")
    change_unit(plant, "TT-101", "°C")
    take_lines(
        plant.tenant, f"{plant.slug},sensor=TT-101 value=24 {(START + 4 * MINUTE) * 10**6}".encode(), 1, now() * 10**6
    )
    drain(plant.tenant)
    stretch = {"start": START + 2 * MINUTE, "end": START + 4 * MINUTE, "unit": "degC"}
    seen = world.correct("convert", "TT-101", dry_run=True, **stretch)
    assert seen.result is not None and seen.result.changed == 2
    done = world.correct("convert", "TT-101", **stretch)
    assert values_of(plant) == [20.0, 21.0, 22.0, 23.0, 24.0]
    assert as_of(plant.tenant, [plant.sensor("TT-101")], START + 3 * MINUTE, now())[0].v == 23.0
    world.undo(done.id)
    assert {t: v for t, v in plant.stored("TT-101").items() if t in mixed} == mixed
    world.correct("convert", "TT-101", **stretch)
    change_unit(plant, "TT-101", "°F")
    assert values_of(plant) == [68.0, 69.8, 71.6, 73.4, 75.2]


def values_of(plant: Plant) -> list[float]:
    [page] = raw_pages(plant.tenant, plant.sensor("TT-101"), TimeRange(START, START + DAY), 100)
    return [float(v) for v in page.v.tolist()]


@pytest.mark.parametrize(
    ("tag", "unit", "why"),
    [
        ("TT-101", "bar", "does not convert"), ("TT-101", None, "is missing"), ("TT-101", "blub", "is not valid"),
        ("PLC.msg", "°C", "does not convert"), ("P-1.run", "°C", "does not convert"),
    ],
)  # fmt: skip
def test_a_stretch_in_a_unit_that_does_not_fit_is_refused(plant: Plant, tag: str, unit: str | None, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        World(plant).correct("convert", tag, start=START, end=START + DAY, unit=unit)


def test_sensors_that_are_kept_in_different_units_are_not_swapped(plant: Plant) -> None:
    change_unit(plant, "TT-101", "°F")
    change_unit(plant, "TT-102", "°F", History.relabel)
    with pytest.raises(BadRequest, match="kept in “°C”"):
        World(plant).correct("swap", "TT-101", "TT-102", end=START)
