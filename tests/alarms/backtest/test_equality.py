"""The back-test finds crossings over whole columns; the same must come out as when every sample is fed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.about import About, AlarmTarget
from alarms.backtest.columns import Column
from alarms.backtest.combining import simulate
from alarms.machine import run
from alarms.machine.model import Sample, Settings, State, Timer, Transition
from alarms.rules.arming import Arming, Hours
from alarms.rules.compiled import CompiledRule
from alarms.rules.conditions import EVENT, Condition, Observation
from alarms.rules.conditions.changes import FrozenCondition, RateCondition, StaleCondition
from alarms.rules.conditions.events import EventCountCondition
from alarms.rules.conditions.limits import DeviationCondition, LimitCondition, RangeCondition, StateCondition
from alarms.rules.conditions.several import (
    CalculatedCondition,
    DiscrepancyCondition,
    ExpressionCondition,
    Formula,
    SetPointCondition,
)
from alarms.rules.conditions.windows import WindowCondition
from alarms.rules.models import Schedule
from catalog.expressions.parse import parse
from kernel.samples import BAD
from tests.properties import examples

A, B, C, DOOR = "a", "b", "c", f"{EVENT}door"
START, MINUTE = 1_772_323_200_000, 60_000  # 2026-03-01 00:00 UTC, a Sunday
levels = st.sampled_from([0.0, 1.0, 2.0, 5.0, 7.5, 8.0, 9.9, 10.0, 10.1, 11.0, 20.0])
sides = st.sampled_from(["high", "low"])
deviation_sides = st.sampled_from(["both", "above", "below"])
rate_sides = st.sampled_from(["both", "rising", "falling"])
spans = st.integers(1, 12).map(lambda n: n * 10) | st.integers(1, 400)
small = st.sampled_from([0.0, 0.5, 1.0, 3.0])


def expression(text: str, *names: str, unit: str = "") -> Formula:
    return Formula(parse(text), names, names, ("",) * len(names), unit)


FORMULAS = st.sampled_from(
    [
        expression("{a} > 8 and {b} < 9", A, B),
        expression("not ({a} >= {b} + 1) or {b} == 2", A, B),
        expression("1 / ({a} - 5) > 0", A),
        expression("if({a} > 5, {b}, {a}) > 7", A, B),
    ]
)
CONDITIONS: dict[str, st.SearchStrategy[Condition[Any]]] = {
    "limit": st.builds(LimitCondition, st.just(A), sides, levels, small),
    "window": st.builds(
        WindowCondition,
        spans,
        st.sampled_from(["mean", "min", "max"]),
        st.builds(LimitCondition, st.just(A), sides, levels, small),
    ),
    "deviation": st.builds(
        DeviationCondition, st.just(A), levels, small.map(lambda x: x + 0.1), deviation_sides, small
    ),
    "out of range": st.builds(RangeCondition, st.just(A), st.just(1.0), st.just(9.9), st.booleans()),
    "state": st.builds(StateCondition, st.just(A), st.frozensets(levels, min_size=1, max_size=3)),
    "rate": st.builds(RateCondition, st.just(A), small.map(lambda x: x + 1.0), spans, rate_sides),
    "frozen": st.builds(FrozenCondition, st.just(A), spans, small),
    "stale": st.builds(StaleCondition, st.just(A), spans),
    "events": st.builds(EventCountCondition, st.just("door"), st.integers(1, 4), spans, st.sampled_from(["", "d1"])),
    "expression": st.builds(ExpressionCondition, FORMULAS),
    "set point": st.builds(
        SetPointCondition, st.just(A), st.just(B), small.map(lambda x: x + 0.1), deviation_sides, small
    ),
    "discrepancy": st.builds(DiscrepancyCondition, st.just(A), st.just(B), spans, small),
    "calculated": st.builds(
        CalculatedCondition,
        st.just("f"),
        st.just(expression("{a} + {b} / 2", A, B)),
        st.builds(LimitCondition, st.just("f"), sides, levels, small)
        | st.builds(FrozenCondition, st.just("f"), spans, small)
        | st.builds(RateCondition, st.just("f"), small.map(lambda x: x + 1.0), spans, rate_sides),
    ),
}
schedules = st.sampled_from([Schedule(start="00:00", until="00:03"), Schedule(days=[7], until="00:02")])
armings = st.none() | st.builds(
    Arming,
    st.none() | st.just(ExpressionCondition(expression("{c} > 4", C))),
    st.integers(0, 12).map(lambda n: n * 10) | st.integers(0, 9_000),
    st.none() | st.builds(Hours, schedules, st.just("UTC")),
)
delays = st.integers(0, 12).map(lambda n: n * 10) | st.integers(0, 300)
machine_settings = st.builds(Settings, delays, delays, st.booleans())
moments = st.one_of(  # mostly such that limits are met exactly, or missed by a millisecond
    st.integers(0, 30).map(lambda n: n * 10), st.integers(0, 30).map(lambda n: n * 10 + 1), st.integers(0, 4_000)
)
numbers = st.lists(st.tuples(moments, levels, st.sampled_from([0, 0, 0, 1, BAD])), max_size=40)
events = st.lists(st.tuples(moments, st.sampled_from(["d1", "d2"])), max_size=30)


def rule_of(condition: Condition[Any], arming: Arming | None, machine: Settings) -> CompiledRule:
    target = AlarmTarget(kind="sensor", id=A)
    about = About(rule="al1", name="x", priority=3, kind="limit", target=target)
    return CompiledRule("al1", "limit", target, "", machine, condition, arming, about)


def column_of(samples: list[tuple[int, float, int]]) -> Column:
    first = dict[int, tuple[float, int]]()
    for t, v, q in samples:
        first.setdefault(START + t, (v, q))
    t = sorted(first)
    return Column(
        np.array(t, np.int64),
        np.array([first[each][0] for each in t], np.float64),
        np.array([first[each][1] for each in t], np.uint8),
    )


def before(column: Column, end: int) -> Column:
    return column.take(column.t < end)


def every_sample(rule: CompiledRule, columns: dict[str, Column], start: int, end: int) -> list[Transition]:
    """The slow, obvious way: what the evaluator does."""
    at: dict[int, list[Observation]] = {}
    for input, column in columns.items():
        for t, v, q in zip(column.t.tolist(), column.v.tolist(), column.q.tolist(), strict=True):
            at.setdefault(t, []).append(Observation(input, v, q))
    memory, inputs = rule.start(start), list[Sample]()
    for t in sorted(at):
        memory, found = rule.feed(memory, t, at[t])
        inputs += found
    _, found = rule.elapse(memory, end - 1)
    _, transitions = run(rule.settings, State(), [*inputs, *found, Timer(end - 1)])
    return transitions


@pytest.mark.parametrize("kind", CONDITIONS)
@settings(max_examples=examples(150))
@given(st.data(), armings, machine_settings, numbers, numbers, numbers, events, st.booleans())
def test_crossings_alone_give_what_every_sample_gives(
    kind: str,
    data: st.DataObject,
    arming: Arming | None,
    machine: Settings,
    a: list[tuple[int, float, int]],
    b: list[tuple[int, float, int]],
    c: list[tuple[int, float, int]],
    happened: list[tuple[int, str]],
    long: bool,
) -> None:
    rule = rule_of(data.draw(CONDITIONS[kind]), arming, machine)
    doors = sorted(happened)
    all_columns = {
        A: column_of(a),
        B: column_of(b),
        C: column_of(c),
        DOOR: Column(
            np.array([START + t for t, _ in doors], np.int64),
            np.array([device for _, device in doors], object),
            np.zeros(len(doors), np.uint8),
        ),
    }
    end = START + (5 * MINUTE if long else 310)
    columns = {input: before(all_columns[input], end) for input in rule.inputs}
    assert simulate(rule, columns, START, end) == every_sample(rule, columns, START, end)
