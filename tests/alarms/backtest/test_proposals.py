"""Proposals: changes that make an alarm quieter without losing what lasts, and limits from data."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from alarms.backtest.columns import Column
from alarms.backtest.proposals import Change, limits_of, quieter, with_change
from alarms.backtest.running import summary
from alarms.rules.compiled import CompiledRule
from alarms.rules.compiling import compile_rule, overridden
from alarms.rules.models import Applies, Limit, Override, RuleContent
from alarms.rules.targets import Target, resolve
from kernel.errors import BadRequest
from kernel.times import DAY, MINUTE, TimeRange
from tests.alarms.rules.plant import SENSORS, rule, scope_of_plant

START = 1_772_323_200_000
SPAN = TimeRange(START, START + 30 * DAY)


def compiled(content: RuleContent) -> CompiledRule:
    [only] = compile_rule(scope_of_plant(), "al1", 1, content, 3).rules
    return only


def column(values: list[float], step: int = 10_000) -> Column:
    t = START + step * np.arange(len(values), dtype=np.int64)
    return Column(t, np.array(values), np.zeros(len(values), np.uint8))


def test_noise_around_the_limit_is_answered_by_a_deadband() -> None:
    noisy = [29.9, 30.1] * 400 + [20.0] * 100
    found = quieter(compiled(rule()), {"s1": column(noisy)}, SPAN, SENSORS[0])
    assert (found.before.raised, found.before.shorter_than_2_min) == (400, 400)
    assert found.change is not None and found.change.deadband == pytest.approx(0.2)  # 2 % of what its values span
    assert found.after is not None and found.after.raised == 1 and found.lost == 0


def test_short_peaks_are_answered_by_a_delay_that_keeps_what_lasts() -> None:
    peaks = ([10.0] * 30 + [40.0] * 2) * 60 + [10.0] * 30 + [40.0] * 100 + [10.0]
    found = quieter(compiled(rule()), {"s1": column(peaks)}, SPAN, None)
    assert found.before.raised == 61
    assert found.change == Change(on_delay_s=30.0)
    assert found.after is not None and found.after.raised == 1 and found.lost == 0


def test_a_change_that_leaves_a_fifth_is_enough() -> None:
    chattering = [10.0] * 100 + [40.0, 10.0] * 5 + [10.0] * 100
    found = quieter(compiled(rule()), {"s1": column(chattering, step=1_000)}, SPAN, None)
    assert (found.before.raised, found.after and found.after.raised) == (5, 1)
    assert found.change == Change(off_delay_s=30.0)


def test_an_alarm_that_lasts_gets_no_proposal() -> None:
    lasting = ([10.0] * 200 + [40.0] * 200) * 5
    found = quieter(compiled(rule()), {"s1": column(lasting)}, SPAN, None)
    assert (found.before.raised, found.change, found.after) == (5, None, None)


def test_a_change_becomes_an_override_of_its_target() -> None:
    content = rule(overrides=[Override(target="s1", off_delay_s=5.0), Override(target="s4", enabled=False)])
    once = with_change(content, target("s1"), Change(on_delay_s=30.0, deadband=0.5))
    twice = with_change(once, target("s1"), Change(on_delay_s=60.0))
    assert twice.overrides == [
        Override(target="s4", enabled=False),
        Override(
            target="s1", off_delay_s=5.0, on_delay_s=60.0, trigger=Limit(side="high", limit=30.0, deadband=0.5)
        ),
    ]  # fmt: skip


def target(sensor: str) -> Target:
    [found], _ = resolve(scope_of_plant(), Applies(sensors=[sensor]))
    return found


@pytest.mark.parametrize("name", ["AHU-1-SAT", "AHU-1"])
def test_what_the_rule_says_at_the_tag_or_the_asset_still_holds(name: str) -> None:
    own = Limit(side="high", limit=35.0, deadband=0.1)
    content = rule(overrides=[Override(target=name, trigger=own, off_delay_s=5.0)])
    made = with_change(content, target("s1"), Change(on_delay_s=30.0, deadband=0.5))
    effective = overridden(made, target("s1"))
    assert effective is not None and effective.trigger == replace(own, deadband=0.5)
    assert (effective.on_delay_s, effective.off_delay_s) == (30.0, 5.0)


def test_limits_lie_outside_of_what_is_usual_and_say_what_they_would_have_raised() -> None:
    values = (20 + 2 * np.sin(np.arange(20_000) / 300)).tolist()
    values[5_000:5_020] = [30.0] * 20
    found = {each.level: each for each in limits_of(column(values), "s1", SPAN)}
    assert found["low-low"].limit < found["low"].limit < 18.1 < 21.9 < found["high"].limit < found["high-high"].limit
    assert found["high"].raised == 1 and found["high-high"].raised == 0 and found["low"].raised >= 0
    assert found["high"].deadband == pytest.approx(0.08, abs=0.01)


def test_a_value_that_never_moves_has_limits_too() -> None:
    assert [each.raised for each in limits_of(column([5.0] * 500), "s1", SPAN)] == [0, 0, 0, 0]


def test_too_few_samples_are_said_to_be_too_few() -> None:
    with pytest.raises(BadRequest, match="99 samples"):
        limits_of(column([1.0] * 99), "s1", SPAN)


@pytest.mark.parametrize(
    ("count", "short", "width", "expected"),
    [
        (14, 11, 90 * DAY, "would have raised 14 alarms in 90 days, 11 shorter than 2 min"),
        (1, 0, 2 * DAY, "would have raised 1 alarm in 2 days"),
        (0, 0, 180 * MINUTE, "would have raised no alarm in 3 h"),
    ],
)
def test_a_summary(count: int, short: int, width: int, expected: str) -> None:
    assert summary(count, short, width) == expected
