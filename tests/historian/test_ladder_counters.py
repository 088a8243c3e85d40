"""Counters with rollover and noise: equal from samples, from rows, and from the ladder."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from historian.ladder.verify import verify
from historian.queries import read_samples
from historian.read.ladders import ladders_of
from historian.rungs.aggregates import grown_by_row, merged, rows_of, rows_of_each
from historian.rungs.counters import CounterRule
from historian.rungs.rungs import RUNGS, recipe_of
from historian.statistics.query import statistics
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.plant import START, add_sensors, make_sensor
from tests.historian.test_ladder_late import NOW, change, settle
from tests.historian.test_ladder_rows import raw_of
from tests.historian.years import Truth


def slow(values: list[float], rule: CounterRule) -> float:
    total = 0.0
    for before, after in pairwise(values):
        if after >= before - rule.tolerance:
            total += after - before
        elif (
            rule.rollover is not None and before <= rule.rollover and after - before + rule.rollover < rule.rollover / 2
        ):
            total += after - before + rule.rollover
        else:
            total += after
    return total


@pytest.mark.parametrize(
    ("rule", "values", "growth"),
    [
        (CounterRule(), [90, 99, 3], 12),
        (CounterRule(rollover=100), [90, 99, 3, 4], 14),
        (CounterRule(rollover=100), [40, 50, 0, 5], 15),  # by half of the register or more: a reset
        (CounterRule(rollover=100), [250, 3], 3),  # was never a register of 100
        (CounterRule(tolerance=0.5), [10, 9.8, 10, 9.6, 10.1], 0.1),
        (CounterRule(tolerance=0.5), [10, 9, 10], 10),
        (CounterRule(rollover=100, tolerance=1), [99, 98.5, 99.5, 0.5, 0, 1], 2),
    ],
)
def test_what_a_fall_means(rule: CounterRule, values: list[float], growth: float) -> None:
    raw = raw_of([(place * 10**9, float(v), 0) for place, v in enumerate(values)])
    assert math.isclose(grown_by_row(rows_of_each(raw), None, rule).sum(), growth)
    assert math.isclose(slow(values, rule), growth)


@given(
    st.lists(st.integers(0, 120), min_size=1, max_size=60),
    st.sampled_from([CounterRule(), CounterRule(100.0), CounterRule(100.0, 3.0), CounterRule(None, 5.0)]),
    st.sampled_from([rung.ms for rung in RUNGS][:4]),
)
def test_rows_of_any_rung_add_up_to_the_samples(values: list[int], rule: CounterRule, width: int) -> None:
    raw = raw_of([(place * 20 * 10**9, float(v), 0) for place, v in enumerate(values)])
    wanted = slow([50.0, *map(float, values)], rule)
    for rows in (
        rows_of_each(raw),
        rows_of(raw, width, rule=rule),
        merged(rows_of(raw, MINUTE, rule=rule), HOUR, rule=rule),
        merged(merged(rows_of(raw, MINUTE, rule=rule), HOUR, rule=rule), 2 * DAY, rule=rule),
    ):
        assert math.isclose(grown_by_row(rows, 50.0, rule).sum(), wanted, abs_tol=1e-9)


def test_a_new_rule_rebuilds_the_ladder(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"interval_s": 60.0, "kind": "counter"})
    t = np.arange(START, START + 5 * DAY, MINUTE)
    v = np.arange(len(t)) * 7.0 % 1000 + np.where(np.arange(len(t)) % 11 == 5, -8.0, 0.0)
    v = np.clip(v, 0, None)
    Truth(sensor, t, v, np.zeros(len(t), np.uint8)).write(acme)
    settle(acme)
    span = TimeRange(START - 7, START + 5 * DAY - 11)
    for fields in ({}, {"rollover": 1000.0}, {"rollover": 1000.0, "tolerance": 9.0}, {"rollover": None}):
        if fields:
            change(acme, sensor, **fields)
        changed = snapshot_of(acme).sensors[sensor.id]
        rule = CounterRule(changed.rollover, changed.tolerance)
        wanted = slow(v[(t >= span.start) & (t < span.end)].tolist(), rule)
        assert (changed.id in ladders_of(acme, [changed])) == (not fields), "rungs of another rule are not read"
        if fields:
            assert math.isclose(statistics(acme, changed, TimeRange(span.start, START + DAY), now_ms=NOW).increase or 0,
                                slow(v[t < START + DAY].tolist(), rule))  # fmt: skip
        settle(acme)
        assert ladders_of(acme, [changed])[sensor.id].finest.ms == 5 * MINUTE
        assert list(verify(acme, changed)) == []
        found = statistics(acme, changed, span, now_ms=NOW)
        assert found.complete and found.rung != "raw"
        assert math.isclose(found.increase or 0, wanted)
        line = read_samples(acme, changed, span, 50, now_ms=NOW)
        assert math.isclose(sum(line.v), wanted)  # type: ignore[union-attr]


def test_a_sensor_without_such_a_rule_keeps_its_ladder() -> None:
    assert recipe_of(make_sensor(kind="counter")) == "counter"
    assert recipe_of(make_sensor(kind="counter", rollover=100.0)) == "counter:100.0:0.0"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "counter", "rollover": 0}, "above zero"),
        ({"kind": "counter", "rollover": -5}, "above zero"),
        ({"kind": "counter", "tolerance": -1}, "neither zero"),
        ({"kind": "continuous", "rollover": 100}, "only a counter"),
        ({"kind": "counter", "rollover": 100, "tolerance": 50}, "less than half"),
    ],
)
def test_rules_that_cannot_be_meant(acme: TenantConnection, fields: dict[str, object], why: str) -> None:
    [sensor] = add_sensors(acme, {})
    site = snapshot_of(acme).sites[sensor.site].slug
    with pytest.raises(BadRequest) as refused:
        bulk_upsert(acme, "sensors", [{"site": site, "tag": "EM-X", **fields}])
    assert why in f"{refused.value.detail} {vars(refused.value)}"
