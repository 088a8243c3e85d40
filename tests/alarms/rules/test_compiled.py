"""A compiled rule: arming, schedules, what is due, several inputs of one moment, memories."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alarms.machine import run
from alarms.machine.model import State, Timer, Transition
from alarms.rules.arming import Hours
from alarms.rules.compiled import CompiledRule
from alarms.rules.compiling import compile_rule
from alarms.rules.conditions import Band, Observation
from alarms.rules.models import (
    Applies,
    Armed,
    Deviation,
    Expression,
    InState,
    Limit,
    Rate,
    RuleContent,
    Schedule,
    Stale,
    Trigger,
)
from alarms.rules.targets import Scope
from tests.alarms.rules.plant import rule

PLATFORM = Path(__file__).resolve().parents[3] / "platform"
T0 = 1_772_323_200_000  # 2026-03-01 00:00 UTC
HOUR, DAY = 3_600_000, 86_400_000


def at(scope: Scope, content: RuleContent) -> CompiledRule:
    [only] = compile_rule(scope, "al1", 1, content, 3).rules
    return only


def changes(compiled: CompiledRule, samples: list[tuple[int, str, float]], until: int) -> list[tuple[int, bool]]:
    memory, found = compiled.start(T0), []
    for t, input, value in samples:
        memory, inputs = compiled.feed(memory, T0 + t, [Observation(input, value)])
        found += inputs
    _, inputs = compiled.elapse(memory, T0 + until)
    return [(each.t - T0, each.met) for each in (*found, *inputs)]


def test_an_unarmed_rule_is_not_met_and_a_running_delay_arms_it_at_its_time(scope: Scope) -> None:
    compiled = at(scope, rule(armed=Armed(expression="{asset:RUN} == 1", delay_s=10.0)))
    samples = [(0, "s1", 40.0), (1_000, "s3", 1.0), (60_000, "s3", 0.0)]
    assert changes(compiled, samples, 90_000) == [(11_000, True), (60_000, False)]
    stopped_early = [(0, "s1", 40.0), (1_000, "s3", 1.0), (11_000, "s3", 0.0)]
    assert changes(compiled, stopped_early, 90_000) == []


def test_the_limit_keeps_its_deadband_while_the_rule_is_not_armed(scope: Scope) -> None:
    compiled = at(scope, rule(Limit(side="high", limit=30.0, deadband=5.0), armed=Armed(expression="{asset:RUN} == 1")))
    samples = [(0, "s1", 31.0), (1_000, "s1", 26.0), (2_000, "s3", 1.0), (3_000, "s1", 25.0)]
    assert changes(compiled, samples, 9_000) == [(2_000, True), (3_000, False)]


def test_values_of_one_moment_count_together(scope: Scope) -> None:
    compiled = at(scope, rule(Expression(expression="{AHU-1-SAT} > 30 [°C] and {AHU-1-RUN} == 1")))
    memory, _ = compiled.feed(compiled.start(T0), T0, [Observation("s1", 20.0), Observation("s3", 1.0)])
    memory, inputs = compiled.feed(memory, T0 + 1, [Observation("s1", 40.0), Observation("s3", 0.0)])
    assert inputs == ()
    memory, inputs = compiled.feed(memory, T0 + 2, [Observation("s3", 1.0), Observation("s1", 40.0)])
    assert [(each.t - T0, each.met, each.timed) for each in inputs] == [(2, True, False)]


def test_a_sensor_that_lags_behind_is_heard_and_duplicates_are_not(scope: Scope) -> None:
    compiled = at(scope, rule(Expression(expression="{AHU-1-SAT} > 30 [°C] and {AHU-1-RUN} == 1")))
    memory, _ = compiled.feed(compiled.start(T0), T0 + 60, [Observation("s1", 40.0)])
    memory, inputs = compiled.feed(memory, T0 + 50, [Observation("s3", 1.0)])
    assert [(each.t - T0, each.met, each.timed) for each in inputs] == [(60, True, True)]
    assert compiled.feed(memory, T0 + 50, [Observation("s3", 0.0)]) == (memory, ())
    assert compiled.feed(memory, T0 + 40, [Observation("s3", 0.0)]) == (memory, ())


def test_silence_between_two_samples_of_a_late_batch_is_found(scope: Scope) -> None:
    compiled = at(scope, rule(Stale(after_s=30.0)))
    assert changes(compiled, [(0, "s1", 1.0), (30_000, "s1", 1.0), (100_000, "s1", 1.0)], 129_999) == [
        (60_000, True), (100_000, False),
    ]  # fmt: skip


def test_a_whole_life(scope: Scope) -> None:
    compiled = at(scope, rule(Limit(side="high", limit=30.0, deadband=1.0), on_delay_s=5.0, off_delay_s=2.0))
    memory, state, transitions = compiled.start(T0), State(), list[Transition]()
    for second, value in enumerate([20.0, 31.0, 31.5, 29.5, 29.5, 32.0, 32.0, 28.0, 28.0, 28.0]):
        memory, inputs = compiled.feed(memory, T0 + 1_000 * second, [Observation("s1", value)])
        state, added = run(compiled.settings, state, inputs)
        transitions += added
    state, added = run(compiled.settings, state, [Timer(T0 + 60_000)])
    transitions += added
    assert [(each.what.value, each.t - T0, each.value, each.limit) for each in transitions] == [
        ("raised", 6_000, 31.0, 30.0), ("returned", 9_000, 31.0, 30.0),
    ]  # fmt: skip


def test_memories_are_stored_and_those_of_another_version_are_not_taken(scope: Scope) -> None:
    compiled = at(scope, rule(armed=Armed(expression="{asset:RUN} == 1")))
    memory, _ = compiled.feed(compiled.start(T0), T0 + 1, [Observation("s1", 40.0), Observation("s3", 1.0)])
    assert compiled.decode(compiled.encode(memory)) == memory
    for other in (rule(), rule(Stale(after_s=5.0)), rule(InState(states=[1.0]), sensors=("s3",))):
        assert at(scope, other).decode(compiled.encode(memory)) is None
    assert compiled.decode(b"nonsense") is None
    renamed = at(scope, rule(armed=Armed(expression="{asset:RUN} == 1"), name="Another", on_delay_s=5.0))
    assert renamed.decode(compiled.encode(memory)) == memory


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Limit(side="high", limit=30.0), Limit(side="high", limit=20.0)),
        (Limit(side="high", limit=30.0, window_s=60.0), Limit(side="high", limit=30.0, window_s=3600.0)),
        (Rate(limit=5.0, window_s=60.0), Rate(limit=5.0, window_s=600.0)),
        (Expression(expression="{s1} > {s2}"), Expression(expression="{s1} > {s4}")),
        (Expression(expression="{s1} > {s2}"), Expression(expression="{s1} < {s2}")),
        (Deviation(set_point="s2", limit=1.0), Deviation(set_point="s4", limit=1.0)),
    ],
)
def test_a_memory_is_not_taken_by_a_rule_of_which_it_would_mean_something_else(
    scope: Scope, one: Trigger, other: Trigger
) -> None:
    compiled, changed = at(scope, rule(one)), at(scope, rule(other))
    memory, _ = compiled.feed(compiled.start(T0), T0, [Observation("s1", 99.0), Observation("s2", 1.0)])
    assert compiled.decode(compiled.encode(memory)) == memory
    assert changed.decode(compiled.encode(memory)) is None


def test_fingerprints_are_the_same_in_every_process() -> None:
    code = (
        "from alarms.rules.conditions.limits import StateCondition as S;"
        "print(repr(S('s7', frozenset(['heating', 'cooling', 'off', 1.0, 2.0]))))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(PLATFORM)},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(said) == 1


def test_silence_counts_from_the_last_sample_that_was_left_out(scope: Scope) -> None:
    compiled = at(scope, rule(Stale(after_s=30.0)))
    memory = compiled.start(T0)
    assert compiled.due(memory, None) == T0 + 30_000
    assert compiled.due(memory, T0 + 20_000) == T0 + 50_000
    memory, inputs = compiled.wake(memory, T0 + 40_000, T0 + 20_000)
    assert inputs == ()
    memory, inputs = compiled.wake(memory, T0 + 50_000, T0 + 20_000)
    assert [(each.t - T0, each.met) for each in inputs] == [(50_000, True)]
    _, inputs = compiled.feed(memory, T0 + 55_000, [Observation("s1", 1.0)])
    assert [(each.t - T0, each.met) for each in inputs] == [(55_000, False)]


def test_the_band_of_a_rule_is_that_of_all_its_parts(scope: Scope) -> None:
    compiled = at(scope, rule(armed=Armed(expression="{asset:RUN} == 1")))
    memory = compiled.start(T0)
    assert compiled.band(memory, "s1") == Band(float("-inf"), 30.0)
    assert compiled.band(memory, "s3") is None
    memory, _ = compiled.feed(memory, T0, [Observation("s3", 1.0)])
    assert compiled.band(memory, "s3") == Band(1.0, 1.0)


def test_a_rule_of_a_device_reads_no_sensor(scope: Scope) -> None:
    compiled = at(scope, rule(Stale(after_s=60.0), applies=Applies(devices=["g1"])))
    assert compiled.reads == []
    _, inputs = compiled.wake(compiled.start(T0), T0 + 60_000, None)
    assert [(each.t - T0, each.met) for each in inputs] == [(60_000, True)]


# Schedules


def moment(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("schedule", "text", "expected"),
    [
        (Schedule(start="08:00", until="17:00"), "2026-03-02 07:59", (False, "2026-03-02 08:00")),
        (Schedule(start="08:00", until="17:00"), "2026-03-02 08:00", (True, "2026-03-02 17:00")),
        (Schedule(start="08:00", until="17:00"), "2026-03-02 17:00", (False, "2026-03-03 08:00")),
        (Schedule(days=[1, 2], start="08:00", until="17:00"), "2026-03-03 17:00", (False, "2026-03-09 08:00")),
        (Schedule(start="22:00", until="06:00"), "2026-03-02 05:59", (True, "2026-03-02 06:00")),
        (Schedule(days=[7], start="22:00", until="06:00"), "2026-03-02 05:59", (True, "2026-03-02 06:00")),
        (Schedule(days=[7], start="22:00", until="06:00"), "2026-03-01 05:59", (False, "2026-03-01 22:00")),
        (Schedule(days=[1, 2, 3]), "2026-03-02 12:00", (True, "2026-03-05 00:00")),
        (Schedule(), "2026-03-02 12:00", (True, None)),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Dubai", "America/New_York"])
def test_schedules(schedule: Schedule, text: str, expected: tuple[bool, str | None], zone: str) -> None:
    open, changes = expected
    wanted = None if changes is None else moment(changes, zone)
    assert Hours(schedule, zone).at(moment(text, zone)) == (open, wanted)


def test_a_day_with_a_change_of_the_clock_is_shorter() -> None:
    hours = Hours(Schedule(days=[7], start="00:00", until="24:00"), "Europe/Vienna")
    open, changes = hours.at(moment("2026-03-29 00:00", "Europe/Vienna"))
    assert open and changes == moment("2026-03-29 00:00", "Europe/Vienna") + 23 * HOUR


def test_a_rule_with_a_schedule_changes_at_its_edges(scope: Scope) -> None:
    compiled = at(scope, rule(armed=Armed(schedule=Schedule(start="08:00", until="09:00"))))  # 04:00 UTC
    assert changes(compiled, [(0, "s1", 40.0)], 2 * DAY - 1) == [
        (4 * HOUR, True), (5 * HOUR, False), (DAY + 4 * HOUR, True), (DAY + 5 * HOUR, False),
    ]  # fmt: skip
    assert datetime.fromtimestamp(T0 / 1000, UTC).hour == 0
