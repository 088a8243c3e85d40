"""Back-tests of stored samples, from rows of the ladder and without, against every sample fed one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from alarms import backtest
from alarms.backtest import reading
from alarms.backtest.columns import Column
from alarms.backtest.models import BacktestResult
from alarms.backtest.proposals import propose_change, propose_limits
from alarms.backtest.running import Occurrence, occurrences
from alarms.machine import run
from alarms.machine.model import Sample, State, Timer
from alarms.rules.compiled import CompiledRule
from alarms.rules.compiling import compile_rule
from alarms.rules.conditions import Observation
from alarms.rules.errors import InvalidRule
from alarms.rules.models import (
    Applies,
    Armed,
    Deviation,
    Discrepancy,
    Expression,
    Frozen,
    InState,
    Limit,
    OutOfRange,
    Rate,
    RuleContent,
    Stale,
    Trigger,
)
from alarms.rules.targets import Scope
from catalog.models import Sensor
from kernel.errors import BadRequest
from kernel.samples import BAD
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.plant import NOW, Row, add_sensors, write
from tests.historian.test_ladder_late import settle

pytestmark = pytest.mark.django_db
START = 1_700_006_400_000  # a whole hour
SPAN = TimeRange(START + 17 * MINUTE + 4, START + 6 * DAY + 5 * MINUTE)


def content(sensor: Sensor, trigger: Trigger, **more: Any) -> RuleContent:
    return RuleContent(name="Rule", applies=Applies(sensors=[sensor.id]), trigger=trigger, **more)


def fed_one_by_one(tenant: TenantConnection, what: RuleContent, rows: dict[str, list[Row]]) -> list[Occurrence]:
    """`rows`: by sensor id; the last one before the range counts from its start."""
    [rule] = compile_rule(Scope.of(tenant), "rule", 0, what, 3).rules
    at: dict[int, list[Observation]] = {}
    for id, samples in rows.items():
        before = [row for row in samples if row[0] < SPAN.start]
        held = [(SPAN.start, *before[-1][1:])] if before else []
        for t, value, *quality in [*held, *samples]:
            if SPAN.start <= t < SPAN.end:
                at.setdefault(t, []).append(Observation(id, value, quality[0] if quality else 0))
    memory, inputs = rule.start(SPAN.start), list[Sample]()
    for t in sorted(at):
        memory, found = rule.feed(memory, t, at[t])
        inputs += found
    _, found = rule.elapse(memory, SPAN.end - 1)
    return occurrences(run(rule.settings, State(), [*inputs, *found, Timer(SPAN.end - 1)])[1])


def found_by(tenant: TenantConnection, what: RuleContent) -> BacktestResult:
    result = backtest.run(tenant, what, SPAN, NOW)
    assert result.count == len(result.occurrences) <= 1_000
    return result


def listed(result: BacktestResult) -> list[Occurrence]:
    return [Occurrence(each.raised, each.returned, each.value) for each in reversed(result.occurrences)]


def wave(k: int) -> float:
    """Slow, with a little noise and some peaks."""
    peak = 15.0 if k % 1_013 in (0, 1) else 0.0
    return round(20 + 8 * math.sin(k / 300) + 0.7 * math.sin(k * 7.3) + peak, 3)


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize(
    "trigger",
    [
        Limit(side="high", limit=27.0),
        Limit(side="high", limit=27.0, deadband=2.0),
        Limit(side="low", limit=13.0, deadband=0.3),
        Limit(side="high", limit=35.0),
        Limit(side="high", limit=500.0),
        Limit(side="high", limit=-500.0),
        Deviation(set_point=20.0, limit=7.0, deadband=1.0),
        Deviation(set_point=20.0, limit=2.0),
        OutOfRange(quality=False),
        OutOfRange(quality=True),
        Rate(limit=5.0, window_s=600.0),
        Frozen(after_s=600.0),
        Stale(after_s=300.0),
    ],
)
def test_the_same_as_every_sample(acme: TenantConnection, trigger: Trigger, settled: bool) -> None:
    limits = {"range": (10.0, 36.0)} if isinstance(trigger, OutOfRange) else {}
    [sensor] = add_sensors(acme, {"unit": "°C", **limits})
    rows: list[Row] = [
        (START + k * MINUTE + k % 7, wave(k), BAD if k % 997 == 5 else 0)
        for k in range(7 * 1440)
        if not 3_000 <= k < 3_400
    ]
    write(acme, sensor, rows)
    if settled:
        settle(acme)
    for delays in ({}, {"on_delay_s": 90.0, "off_delay_s": 200.0}):
        what = content(sensor, trigger, **delays)
        result = found_by(acme, what)
        assert listed(result) == fed_one_by_one(acme, what, {sensor.id: rows})
        assert result.complete and result.start == SPAN.start and result.end == SPAN.end


def test_rows_of_the_ladder_are_read_in_place_of_most_samples(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    [sensor] = add_sensors(acme, {"unit": "°C"})
    rows: list[Row] = [(START + k * MINUTE, wave(k)) for k in range(7 * 1440)]
    write(acme, sensor, rows)
    settle(acme)
    lengths = list[int]()
    whole = reading.Reader.columns

    def counted(self: reading.Reader, rule: CompiledRule, sensors: dict[str, Sensor]) -> dict[str, Column]:
        found = whole(self, rule, sensors)
        lengths.extend(len(column) for column in found.values())
        return found

    monkeypatch.setattr(reading.Reader, "columns", counted)
    what = content(sensor, Limit(side="high", limit=30.0))
    assert listed(found_by(acme, what)) == fed_one_by_one(acme, what, {sensor.id: rows})
    assert 0 < lengths[0] < len(rows) / 3


@pytest.mark.parametrize("settled", [False, True])
def test_several_sensors_of_which_some_report_on_change(acme: TenantConnection, settled: bool) -> None:
    on_change = {"kind": "discrete", "sampling": "on_change", "interval_s": None}
    value, reference, running, command, mode = add_sensors(
        acme, {"unit": "°C"}, {"unit": "°C"}, on_change, {"kind": "discrete"}, {**on_change, "kind": "text"}
    )
    rows: dict[str, list[Row]] = {
        value.id: [(START + k * MINUTE, wave(k)) for k in range(7 * 1440)],
        running.id: [(START - DAY, 1.0), *((START + k * 5 * HOUR + 41, float(k % 2)) for k in range(30))],
        reference.id: [(START + k * MINUTE, 20.0 + k // 2_000) for k in range(7 * 1440)],
        command.id: [(START + k * MINUTE, float(k // 297 % 2)) for k in range(7 * 1440)],
        mode.id: [(START - DAY, "auto"), (START + DAY, "manual"), (START + 2 * DAY, "auto")],
    }
    for sensor in (value, reference, running, command, mode):
        write(acme, sensor, rows[sensor.id])
    if settled:
        settle(acme)
    rules = [
        content(value, Expression(expression=f"{{{value.id}}} > 27 [°C] and {{{running.id}}} == 1")),
        content(value, Limit(side="high", limit=27.0), armed=Armed(expression=f"{{{running.id}}} == 1", delay_s=600.0)),
        content(value, Deviation(set_point=reference.id, limit=6.0, deadband=0.5)),
        content(running, Discrepancy(command=command.id, within_s=600.0)),
        content(running, InState(states=[1.0])),
        content(mode, InState(states=["manual"])),
    ]
    for what in rules:
        [compiled] = compile_rule(Scope.of(acme), "rule", 0, what, 3).rules
        needed = {id: samples for id, samples in rows.items() if id in compiled.inputs}
        expected = fed_one_by_one(acme, what, needed)
        assert expected and listed(found_by(acme, what)) == expected


def test_what_it_would_have_raised_in_words_and_by_target(acme: TenantConnection) -> None:
    quiet, loud = add_sensors(acme, {}, {})
    write(acme, quiet, [(START + k * MINUTE, 1.0) for k in range(7 * 1440)])
    write(acme, loud, [(START + k * MINUTE, float(k % 1440 == 720)) for k in range(7 * 1440)])
    what = RuleContent(name="Rule", applies=Applies(sensors=[quiet.id, loud.id]), trigger=Limit(side="high", limit=0.5))
    result = found_by(acme, what)
    assert [(each.target.id, each.count, each.shorter_than_2_min) for each in result.targets] == [
        (loud.id, 6, 6), (quiet.id, 1, 0),
    ]  # fmt: skip
    assert result.targets[0].active_ms == 6 * MINUTE
    assert result.targets[1].active_ms == SPAN.width
    assert result.summary == "would have raised 7 alarms in 6 days, 6 shorter than 2 min"
    assert result.occurrences[-1].returned is None and result.per_day == pytest.approx(7 * DAY / SPAN.width, abs=0.001)


def test_late_samples_that_are_not_in_the_ladder_yet_count(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {})
    rows: list[Row] = [(START + k * MINUTE, 1.0) for k in range(7 * 1440)]
    write(acme, sensor, rows)
    settle(acme)
    from tests.historian.test_ladder_late import arrive, truth_of

    arrive(acme, truth_of(sensor, [(row[0], row[1]) for row in rows]), [(START + 3 * DAY + 5_000, 9.0)])
    result = found_by(acme, content(sensor, Limit(side="high", limit=5.0)))
    assert [each.raised for each in result.occurrences] == [START + 3 * DAY + 5_000]


def test_the_time_limit_is_kept_and_said(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {})
    write(acme, sensor, [(START + k * MINUTE, 1.0) for k in range(1440)])
    result = backtest.run(acme, content(sensor, Stale(after_s=60.0)), SPAN, NOW, limit_s=0.0)
    assert (result.complete, result.count, result.targets) == (False, 0, [])


def test_a_range_in_the_future_or_without_width_is_refused(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {})
    what = content(sensor, Stale(after_s=60.0))
    for span in (TimeRange(NOW, NOW + DAY), TimeRange(START, START)):
        with pytest.raises(BadRequest, match="empty, or in the future"):
            backtest.run(acme, what, span, NOW)
    with pytest.raises(BadRequest, match="longer than"):
        backtest.run(acme, what, TimeRange(NOW - 4_000 * DAY, NOW), NOW)


def test_a_sensor_of_another_tenant_is_none(acme: TenantConnection, rival: TenantConnection) -> None:
    [sensor] = add_sensors(rival, {})
    with pytest.raises(InvalidRule, match=r"names the sensor .*, which was deleted"):
        backtest.run(acme, content(sensor, Stale(after_s=60.0)), SPAN, NOW)


def test_proposals_from_stored_samples(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"unit": "°C"})
    now = START + 8 * DAY
    write(acme, sensor, [(START + k * MINUTE, 20.0 if k % 300 else 40.0) for k in range(7 * 1440)])
    what = content(sensor, Limit(side="high", limit=30.0))
    found = propose_change(acme, what, "rule", sensor.id, now)
    assert found.before.raised == 34 and found.change is not None and found.change.on_delay_s == 120.0
    assert found.after is not None and found.after.raised == 0
    limits = propose_limits(acme, sensor, TimeRange(START, now), now)
    assert [each.level for each in limits] == ["high-high", "high", "low", "low-low"]
    assert limits[0].limit > 40.0 and all(np.isfinite(each.limit) for each in limits)
