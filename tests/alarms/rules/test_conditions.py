"""What each kind of condition says of samples, and what hypothesis finds to be true of all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.rules.conditions import Band, Condition, ConditionMemory, Observation
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
from catalog.expressions.parse import parse
from kernel.samples import BAD

A, B, INF = "a", "b", math.inf


def formula(text: str, *units: str, unit: str = "") -> Formula:
    names = (A, B)[: len(units)]
    return Formula(parse(text), names, names, units, unit)


HIGH = LimitCondition(A, "high", 10.0, 2.0)
LOW = LimitCondition(A, "low", 10.0, 2.0)
FAR = DeviationCondition(A, 20.0, 5.0, "both", 1.0)
RANGE = RangeCondition(A, 0.0, 30.0, True)
IN_STATE = StateCondition(A, frozenset({3.0, "tripped"}))
RATE = RateCondition(A, 5.0, 1_200)
FROZEN = FrozenCondition(A, 30, 1.0)
STALE = StaleCondition(A, 30)
EVENTS = EventCountCondition("door_open", 3, 100)
HOTTER = ExpressionCondition(formula("{a} > 80 [°C] and {b} == 1", "°C", ""))
SET_POINT = SetPointCondition(A, B, 2.0, "above", 0.5)
NOT_FOLLOWING = DiscrepancyCondition(A, B, 30, 0.0)
SUM = CalculatedCondition("f", formula("{a} + {b}", "kW", "kW", unit="kW"), LimitCondition("f", "high", 10.0))
WINDOW = WindowCondition(60, "mean", HIGH)
ALL: list[Condition[Any]] = [
    WINDOW,
    HIGH, LOW, FAR, RANGE, IN_STATE, RATE, FROZEN, STALE, EVENTS, HOTTER, SET_POINT, NOT_FOLLOWING, SUM,
]  # fmt: skip


def met_after(condition: Condition[Any], samples: Sequence[tuple[Any, ...]]) -> list[bool]:
    """Of samples (t, value[, input[, quality]]), whether it is met after each; what is due comes first."""
    memory, found = condition.start(0), []
    for t, value, *rest in samples:
        input, quality = rest[0] if rest else A, rest[1] if len(rest) > 1 else 0
        while (due := condition.due(memory)) is not None and due < t:
            memory = condition.elapse(memory, due)
        memory = condition.feed(memory, t, [Observation(input, value, quality)])
        found.append(condition.met(memory))
    return found


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        (HIGH, [10.0, 10.1, 9.0, 8.1, 8.0, 9.0, 11.0], [False, True, True, True, False, False, True]),
        (LOW, [10.0, 9.9, 11.0, 11.9, 12.0, 9.0], [False, True, True, True, False, True]),
        (FAR, [20.0, 25.0, 25.1, 24.5, 24.0], [False, False, True, True, False]),
        (FAR, [14.9, 26.0, 15.9, 16.0], [True, True, True, False]),
        (RANGE, [0.0, 30.0, 30.1, 30.0, -0.1], [False, False, True, False, True]),
        (IN_STATE, [1.0, 3.0, 3.0, 2.0], [False, True, True, False]),
        (IN_STATE, ["running", "tripped"], [False, True]),
    ],
)  # fmt: skip
def test_conditions_of_one_value(condition: Condition[Any], values: list[Any], expected: list[bool]) -> None:
    assert met_after(condition, list(enumerate(values, 1))) == expected


def test_bad_quality_says_nothing_of_the_value_but_is_out_of_range() -> None:
    samples = [(1, 99.0, A, BAD), (2, 5.0, A, BAD)]
    assert met_after(HIGH, samples) == [False, False]
    assert met_after(RANGE, samples) == [True, True]
    assert met_after(RangeCondition(A, 0.0, 30.0, False), samples) == [False, False]


def test_rate_compares_with_all_values_within_the_window() -> None:
    assert met_after(RATE, [(0, 0.0), (600, 3.0), (1_200, 5.1)]) == [False, False, True]
    assert met_after(RATE, [(0, 0.0), (600, 3.0), (1_230, 5.1)]) == [False, False, False]
    assert met_after(RATE, [(0, 9.0), (600, 3.0)]) == [False, True]
    assert met_after(RateCondition(A, 5.0, 1_200, "rising"), [(0, 9.0), (600, 3.0)]) == [False, False]
    assert met_after(RateCondition(A, 5.0, 1_200, "falling"), [(0, 0.0), (600, 9.0)]) == [False, False]


def test_a_limit_of_what_a_value_was_over_a_window() -> None:
    samples = [(0, 10.0), (400, 16.0), (800, 10.1), (1_300, 10.0), (2_000, 14.0)]
    limit = LimitCondition(A, "high", 12.0)
    assert met_after(WindowCondition(1_200, "mean", limit), samples) == [False, True, True, True, False]
    assert met_after(WindowCondition(1_200, "max", limit), samples) == [False, True, True, True, True]
    assert met_after(WindowCondition(1_200, "min", limit), samples) == [False] * 5
    memory = WindowCondition(1_200, "mean", limit).start(0)
    for t in range(0, 90_000, 7):
        memory = WindowCondition(1_200, "mean", limit).feed(memory, t, [Observation(A, 1.0)])
    assert len(memory.parts) <= 122


def test_a_frozen_value_is_found_by_the_first_sample_that_is_late_enough() -> None:
    assert met_after(FROZEN, [(0, 5.0), (10, 5.5), (29, 4.5), (30, 5.0), (31, 6.1), (61, 6.0)]) == [
        False, False, False, True, False, True,
    ]  # fmt: skip


def test_silence_is_known_at_its_time_and_ends_with_any_sample() -> None:
    memory = STALE.start(100)
    assert STALE.due(memory) == 130
    memory = STALE.feed(memory, 120, [Observation(A, 1.0, BAD)])
    assert STALE.due(memory) == 150 and not STALE.met(STALE.elapse(memory, 149))
    memory = STALE.elapse(memory, 150)
    assert STALE.met(memory) and STALE.due(memory) is None
    assert not STALE.met(STALE.feed(memory, 151, [Observation(A, "x")]))


def test_events_are_counted_within_the_window_and_of_the_device() -> None:
    event = "event:door_open"
    assert met_after(EVENTS, [(0, "d1", event), (50, "d2", event), (99, "d1", event)]) == [False, False, True]
    assert met_after(EVENTS, [(0, "d1", event), (50, "d2", event), (100, "d1", event)]) == [False, False, False]
    memory = EVENTS.feed(EVENTS.start(0), 10, [Observation(event, "d1")] * 3)
    assert EVENTS.met(memory) and EVENTS.due(memory) == 110 and not EVENTS.met(EVENTS.elapse(memory, 110))
    own = EventCountCondition("door_open", 2, 100, "d1")
    assert met_after(own, [(0, "d1", event), (1, "d2", event), (2, "d1", event)]) == [False, False, True]


def test_an_expression_keeps_its_answer_while_it_is_not_known() -> None:
    assert met_after(HOTTER, [(1, 90.0), (2, 1.0, B), (3, 80.0), (4, 85.0)]) == [False, True, False, True]
    assert met_after(HOTTER, [(1, 90.0), (2, 1.0, B), (3, 0.0, A, BAD)]) == [False, True, True]
    root = ExpressionCondition(formula("1 / {a} > 0.1", ""))
    assert met_after(root, [(1, 2.0), (2, 0.0)]) == [True, True]


def test_deviation_from_another_sensor_follows_it() -> None:
    assert met_after(SET_POINT, [(1, 9.0), (2, 7.0, B), (3, 6.9, B), (4, 7.4, B), (5, 7.5, B)]) == [
        False, False, True, True, False,
    ]  # fmt: skip


def test_a_command_that_is_not_followed() -> None:
    samples = [(0, 0.0), (1, 0.0, B), (10, 1.0, B), (40, 0.0), (41, 0.0), (42, 1.0)]
    assert met_after(NOT_FOLLOWING, samples) == [False, False, False, False, True, False]
    again = [(0, 0.0), (10, 1.0, B), (30, 2.0, B), (45, 0.0), (61, 0.0)]
    assert met_after(NOT_FOLLOWING, again) == [False, False, False, False, True]


def test_a_calculated_series_is_watched_through_its_sensors() -> None:
    assert met_after(SUM, [(1, 6.0), (2, 4.0, B), (3, 4.1, B), (4, 0.0)]) == [False, False, True, False]


values = st.floats(-40, 40) | st.sampled_from([8.0, 10.0, 12.0, 15.0, 25.0, 3.0, 1.0, 0.0, 30.0])
steps = st.lists(
    st.tuples(st.integers(1, 50), values, st.sampled_from([A, B]), st.sampled_from([0, 0, 0, 1, BAD])), max_size=25
)


def fed(condition: Condition[Any], sampled: list[tuple[int, float, str, int]]) -> tuple[Any, int]:
    memory, t = condition.start(0), 0
    for step, value, input, quality in sampled:
        t += step
        while (due := condition.due(memory)) is not None and due < t:
            memory = condition.elapse(memory, due)
        memory = condition.feed(memory, t, [Observation(input, value, quality)])
    return memory, t


@given(st.sampled_from(ALL), steps, values, st.sampled_from([A, B]), st.sampled_from([0, 1, BAD]))
def test_samples_within_the_band_change_nothing(
    condition: Condition[Any], sampled: list[tuple[int, float, str, int]], value: float, input: str, quality: int
) -> None:
    memory, t = fed(condition, sampled)
    band = condition.band(memory, input) if input in condition.inputs else None
    if band is None or condition is STALE or not band.quiet(np.array([value]), np.array([quality], np.uint8))[0]:
        return
    after = condition.feed(memory, t + 1, [Observation(input, value, quality)])
    assert after == memory


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(-3e6, 3e6), st.sampled_from(["both", "above", "below"]))
def test_the_band_of_a_deviation_is_exact_to_the_last_digit(middle: float, far: float, value: float, side: Any) -> None:
    condition = DeviationCondition(A, middle, far, side)
    band = condition.band(condition.start(0), A)
    assert band is not None
    for near in (value, band.low, band.high, middle + far, middle - far):
        if math.isfinite(near) and band.low <= near <= band.high:
            assert not condition.met(condition.feed(condition.start(0), 1, [Observation(A, near)]))


@given(st.sampled_from(ALL), steps)
def test_memories_are_the_same_after_msgpack(
    condition: Condition[Any], sampled: list[tuple[int, float, str, int]]
) -> None:
    memory, _ = fed(condition, sampled)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=ConditionMemory) == memory


@given(st.lists(st.tuples(st.integers(1, 40), st.floats(-20, 20)), max_size=60))
def test_the_rate_is_that_of_a_search_through_all_values(sampled: list[tuple[int, float]]) -> None:
    condition = RateCondition(A, 9.0, 120)  # parts of 1 ms: exact
    memory, t, past = condition.start(0), 0, list[tuple[int, float]]()
    for step, value in sampled:
        t += step
        past.append((t, value))
        memory = condition.feed(memory, t, [Observation(A, value)])
        assert condition.met(memory) == any(abs(value - v) > 9.0 for at, v in past if at >= t - 120)
        assert len(memory.lows) <= 121 and len(memory.highs) <= 121


def test_the_memory_of_a_rate_is_bounded() -> None:
    condition = RateCondition(A, 5.0, 86_400_000)
    memory = condition.start(0)
    for t in range(2_000):
        memory = condition.feed(memory, t * 60_000, [Observation(A, float(t))])
    assert len(memory.lows) <= 122


def test_a_band_of_numbers() -> None:
    band = Band(0.0, 10.0, bad=False)
    values, qualities = np.array([0.0, 10.0, 10.1, math.nan, 5.0]), np.array([0, 1, 0, 0, BAD], np.uint8)
    assert band.quiet(values, qualities).tolist() == [True, True, False, False, False]
    assert Band(0.0, 10.0).quiet(values, qualities).tolist() == [True, True, False, False, True]
