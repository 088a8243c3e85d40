"""What rules remember at most is not more than what is said of them."""

from __future__ import annotations

import pytest

from alarms.rules.compiled import CompiledRule
from alarms.rules.compiling import compile_rule
from alarms.rules.conditions import Observation
from alarms.rules.conditions.events import Counted, EventCountCondition
from alarms.rules.memory import memory_of
from alarms.rules.models import Applies, EventCount, Frozen, Limit, Override, Rate, Trigger
from alarms.rules.targets import Scope
from tests.alarms.rules.plant import rule

T0 = 1_772_323_200_000
SMALL = 100  # bytes, whatever the rule


@pytest.mark.parametrize("window_ms", [90, 60_000, 86_400_000])
@pytest.mark.parametrize("shape", ["rising", "falling", "closing in"])
@pytest.mark.parametrize("of", ["mean", "rate"])
def test_a_window(scope: Scope, window_ms: int, shape: str, of: str) -> None:
    trigger: Trigger = Limit(side="high", limit=1e300, window_s=window_ms / 1000)
    if of == "rate":
        trigger = Rate(limit=1e300, window_s=window_ms / 1000)
    [compiled] = compile_rule(scope, "al1", 1, rule(trigger), 3).rules
    step, memory, most = max(1, window_ms // 480), compiled.start(T0), 0
    for k in range(1_000):
        distance = 1e6 / (1 + k) ** 0.37
        value = {"rising": -distance, "falling": distance, "closing in": distance if k % 2 else -distance}[shape]
        memory, _ = compiled.feed(memory, T0 + k * step, [Observation("s1", value)])
        most = max(most, len(CompiledRule.encode(memory)))
    said = memory_of(rule(trigger), 1)
    assert most < said + SMALL
    assert most > said / 5


def test_counted_events(scope: Scope) -> None:
    trigger = EventCount(event_type="trip", count=1_000, window_s=600.0)
    content = rule(trigger, applies=Applies(devices=["g1"]))
    [compiled] = compile_rule(scope, "al1", 1, content, 3).rules
    memory = compiled.start(T0)
    for k in range(1_500):
        memory, _ = compiled.feed(memory, T0 + k, [Observation("event:trip", "gateway-1", id=f"event {k}")])
    assert 18_000 - SMALL < len(CompiledRule.encode(memory)) < memory_of(content, 1) + SMALL


def test_events_of_a_memory_without_ids_count_and_one_with_an_id_counts_once() -> None:
    condition = EventCountCondition("trip", 3, 60_000)
    memory = Counted(False, (T0, T0 + 1))  # as an earlier release stored it
    memory = condition.feed(memory, T0 + 2, [Observation("event:trip", id="a")])
    assert memory.met and memory.times == (T0, T0 + 1, T0 + 2)
    assert condition.feed(memory, T0 + 2, [Observation("event:trip", id="a")]) is memory
    assert condition.feed(memory, T0 + 3, [Observation("event:trip")]).times == (T0 + 1, T0 + 2, T0 + 3)


def test_what_has_no_window_counts_nothing_and_the_largest_override_counts_everywhere() -> None:
    assert memory_of(rule(Frozen(after_s=60.0)), 20_000) == memory_of(rule(), 20_000) == 0
    window = Override(target="AHU-1-SAT", trigger=Limit(side="high", limit=30.0, window_s=60.0))
    assert memory_of(rule(overrides=[window]), 2) == 2 * memory_of(rule(window.trigger), 1) > 0
