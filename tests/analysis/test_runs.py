"""Runs found in samples, from raw and from the ladder, with figures compared with slow ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from analysis.runs import conditions
from analysis.runs.models import BestRun, NewRunDefinition, NewRunMark, RunDefinition, RunList, RunRule
from analysis.runs.operations import create, mark
from analysis.runs.queries import MAX_RUNS, overlay, runs
from catalog.models import Sensor
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.plant import NOW, Row, add_sensors, write
from tests.historian.test_ladder_late import settle

pytestmark = pytest.mark.django_db
START = 1_700_006_400_000  # a whole hour
WEEK = TimeRange(START, START + 7 * DAY)
STATE = {"kind": "discrete", "sampling": "on_change", "interval_s": None}


def define(tenant: TenantConnection, sensor: Sensor, **content: Any) -> RunDefinition:
    rule = content.pop("rule", RunRule(by="state", sensor=sensor.id, states=["1"]))
    return create(tenant, NewRunDefinition(site=sensor.site, name="Runs", rule=rule, **content))


def ask(tenant: TenantConnection, definition: RunDefinition, span: TimeRange = WEEK) -> RunList:
    return runs(tenant, definition, span, NOW)


def spans(found: RunList) -> list[tuple[int, int]]:
    return [(run.start, run.end) for run in found.results]


def minutes(count: int, f: Any, start: int = START) -> list[Row]:
    return [(start + k * MINUTE, f(k)) for k in range(count)]


@pytest.mark.parametrize("settled", [False, True])
def test_runs_by_state(acme: TenantConnection, settled: bool) -> None:
    [sensor] = add_sensors(acme, STATE)
    changes: list[Row] = [(START - DAY, 1.0), (START + HOUR, 0.0)]
    for k in range(1, 40):
        changes += [(START + k * 3 * HOUR + 17, 1.0), (START + k * 3 * HOUR + k * MINUTE, 0.0)]
    write(acme, sensor, changes)
    if settled:
        settle(acme)
    found = ask(acme, define(acme, sensor, min_duration_s=300.0))
    expected = [
        (START, START + HOUR),
        *((START + k * 3 * HOUR + 17, START + k * 3 * HOUR + k * MINUTE) for k in range(6, 40)),
    ]
    assert spans(found) == expected[::-1]
    assert [run.begun for run in found.results] == [False] * 34 + [True]
    assert found.results[0].duration_s == 39 * 60 - 0.017


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize(("above", "below"), [(25.0, None), (None, 17.0), (17.0, 23.0)])
def test_runs_by_threshold(acme: TenantConnection, above: float | None, below: float | None, settled: bool) -> None:
    """Of a slow wave, whose crossings lie within rows, with a day of silence."""
    [sensor] = add_sensors(acme, {"unit": "°C"})
    rows = [
        row
        for row in minutes(7 * 1440, lambda k: round(20 + 8 * math.sin(k / 300), 3))
        if not 3000 <= (row[0] - START) / MINUTE < 4440
    ]
    write(acme, sensor, rows)
    if settled:
        settle(acme)
    rule = RunRule(by="threshold", sensor=sensor.id, above=above, below=below)
    found = ask(acme, define(acme, sensor, rule=rule))
    assert spans(found)[::-1] == slow_spans(rows, above, below)
    assert found.complete


def slow_spans(rows: Sequence[Row], above: float | None, below: float | None) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for (t, value, *_), (after, *_) in zip(rows, [*rows[1:], (WEEK.end + DAY, 0.0)], strict=True):
        met = (above is None or float(value) > above) and (below is None or float(value) < below)
        until = min(after, t + 3 * MINUTE, WEEK.end)
        if met and found and found[-1][1] == t:
            found[-1] = (found[-1][0], until)
        elif met:
            found.append((t, until))
    return found


@pytest.mark.parametrize("settled", [False, True])
def test_runs_by_text(acme: TenantConnection, settled: bool) -> None:
    [sensor] = add_sensors(acme, {"kind": "text", "sampling": "on_change", "interval_s": None})
    write(acme, sensor, [(START + HOUR, "Heating"), (START + 2 * HOUR, "Idle"), (START + 5 * HOUR, "Filling")])
    if settled:
        settle(acme)
    rule = RunRule(by="state", sensor=sensor.id, states=["Heating", "Filling"])
    found = ask(acme, define(acme, sensor, rule=rule))
    assert spans(found) == [(START + 5 * HOUR, WEEK.end), (START + HOUR, START + 2 * HOUR)]
    assert [run.open for run in found.results] == [True, False]


def test_a_rule_that_changes_too_often_is_refused(acme: TenantConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "MAX_UNDECIDED", 3)
    [sensor] = add_sensors(acme, {})
    write(acme, sensor, minutes(5 * 1440, lambda k: float(k // 90 % 2)))
    settle(acme)
    rule = RunRule(by="threshold", sensor=sensor.id, above=0.5)
    with pytest.raises(BadRequest, match="too often"):
        ask(acme, define(acme, sensor, rule=rule), TimeRange(START + 31 * MINUTE, START + 300 * DAY))


@pytest.mark.parametrize("settled", [False, True])
def test_figures_of_runs_are_compared_with_the_best(acme: TenantConnection, settled: bool) -> None:
    state, power, meter = add_sensors(acme, STATE, {"unit": "kW"}, {"kind": "counter", "unit": "kWh"})
    edges = [(3, 7), (20, 33), (50, 52)]
    changes: list[Row] = [(START - HOUR, 0.0)]
    for first, last in edges:
        changes += [(START + first * HOUR + 30_000, 1.0), (START + last * HOUR + 45_000, 0.0)]
    write(acme, state, changes)
    chance = np.random.default_rng(1)
    loads = chance.normal(50, 5, 7 * 1440).round(2).tolist()
    write(acme, power, minutes(7 * 1440, lambda k: loads[k]))
    write(acme, meter, minutes(7 * 1440, lambda k: float(k * 2)))
    if settled:
        settle(acme)
    best = BestRun(figure="mean", sensor=power.id, lowest=True)
    found = ask(acme, define(acme, state, sensors=[power.id, meter.id], best=best))
    means = []
    for run, (first, last) in zip(found.results, edges[::-1], strict=True):
        start, end = START + first * HOUR + 30_000, START + last * HOUR + 45_000
        assert (run.start, run.end) == (start, end)
        of_power, of_meter = run.figures
        weights = [
            (min(end, START + (k + 1) * MINUTE) - max(start, START + k * MINUTE), load) for k, load in enumerate(loads)
        ]
        known = [(ms, load) for ms, load in weights if ms > 0]
        mean = sum(ms * load for ms, load in known) / (end - start)
        inside = [load for k, load in enumerate(loads) if start <= START + k * MINUTE < end]
        assert of_power.mean == pytest.approx(mean, rel=1e-9)
        assert (of_power.min, of_power.max, of_power.count) == (min(inside), max(inside), len(inside))
        assert of_power.total == pytest.approx(mean * (end - start) / HOUR)
        assert of_meter.total == 2.0 * len(inside) and of_meter.mean is None
        means.append(mean)
    assert found.best == means.index(min(means))
    assert [run.to_best for run in found.results] == [pytest.approx(mean - min(means), abs=1e-9) for mean in means]


def test_means_of_samples_on_change_are_weighted_by_time(acme: TenantConnection) -> None:
    """Also where rows of the ladder hold several of them, close together."""
    state, level = add_sensors(acme, STATE, {"unit": "m", "sampling": "on_change", "interval_s": None})
    write(acme, state, [(START, 1.0), (START + 6 * DAY, 0.0)])
    changes: list[Row] = []
    for k in range(6 * 24):
        changes += [(START + k * HOUR, 100.0), (START + k * HOUR + MINUTE, 0.0), (START + k * HOUR + 59 * MINUTE, 1.0)]
    write(acme, level, changes)
    settle(acme)
    [run] = ask(acme, define(acme, state, sensors=[level.id])).results
    assert run.figures[0].mean == pytest.approx((100 + 1) / 60, rel=1e-9)
    assert run.figures[0].total == pytest.approx(6 * 24 * (100 + 1) / 60, rel=1e-9)


def test_a_run_that_was_cut_is_not_the_best(acme: TenantConnection) -> None:
    [state] = add_sensors(acme, STATE)
    write(
        acme, state, [(START - DAY, 1.0), (START + 9 * HOUR, 0.0), (START + 10 * HOUR, 1.0), (START + 12 * HOUR, 0.0)]
    )
    found = ask(acme, define(acme, state, best=BestRun(figure="duration")))
    assert found.best == 0 and [run.to_best for run in found.results] == [0.0, 7 * 3600.0]


def test_runs_are_marked_by_hand(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {})
    definition = define(acme, sensor, rule=RunRule(by="hand"))
    made = mark(acme, definition.id, NewRunMark(start=START + HOUR, end=START + 2 * HOUR, note="Trial"), "ann")
    mark(acme, definition.id, NewRunMark(start=START - 9 * DAY, end=START - 8 * DAY), "ann")
    [run] = ask(acme, definition).results
    assert (run.start, run.end, run.mark, run.note) == (made.start, made.end, made.id, "Trial")


def test_the_newest_hundred_are_listed(acme: TenantConnection) -> None:
    [state] = add_sensors(acme, STATE)
    write(acme, state, [(START + k * HOUR, float(k % 2)) for k in range(7 * 24)])
    definition = define(acme, state)
    found = ask(acme, definition, TimeRange(START - DAY, WEEK.end))
    assert len(found.results) == 84 and not found.truncated
    write(acme, state, [(START + 7 * DAY + k * HOUR, float(k % 2)) for k in range(7 * 24)])
    found = ask(acme, definition, TimeRange(START, START + 14 * DAY))
    assert len(found.results) == MAX_RUNS and found.truncated
    assert found.results[0].open and found.results[0].start > found.results[1].start


def test_runs_are_overlaid_on_a_common_start(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"unit": "°C"})
    write(acme, sensor, minutes(600, float))
    two = [TimeRange(START + HOUR, START + 70 * MINUTE), TimeRange(START + 5 * HOUR, START + 310 * MINUTE)]
    found = overlay(acme, sensor.id, two, 500, NOW)
    assert [line.t for line in found.results] == [[k * MINUTE for k in range(10)]] * 2
    assert [line.v[0] for line in found.results] == [60.0, 300.0]
