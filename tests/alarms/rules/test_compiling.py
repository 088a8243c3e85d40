"""Where rules apply, what they become there, and what is wrong with them in words that say what to do."""

from __future__ import annotations

import math

import pytest

from alarms.rules.compiled import CompiledRule
from alarms.rules.compiling import compile_rule
from alarms.rules.conditions.changes import StaleCondition
from alarms.rules.conditions.limits import LimitCondition, StateCondition
from alarms.rules.conditions.several import CalculatedCondition, DiscrepancyCondition, SetPointCondition
from alarms.rules.errors import InvalidRule
from alarms.rules.models import (
    Applies,
    Armed,
    Deviation,
    Discrepancy,
    EventCount,
    Expression,
    InState,
    Limit,
    OutOfRange,
    Override,
    RuleContent,
    Schedule,
    Stale,
)
from alarms.rules.targets import Scope, matcher
from tests.alarms.rules.plant import rule


def compiled(scope: Scope, content: RuleContent) -> list[CompiledRule]:
    found = compile_rule(scope, "al1", 3, content, 2)
    assert found.problems == []
    return found.rules


def problem(scope: Scope, content: RuleContent) -> str:
    """The first thing that is wrong, with its field."""
    try:
        found = compile_rule(scope, "al1", 3, content, 2).problems
    except InvalidRule as error:
        found = error.problems
    return f"{found[0].field}: {found[0].message}" if found else ""


AIR_HANDLERS = Applies(asset_type="Air handler", pattern="*-SAT")


def test_one_rule_for_all_assets_of_a_type(scope: Scope) -> None:
    rules = compiled(scope, rule(applies=AIR_HANDLERS))
    assert [(each.key, each.target.tag, each.asset) for each in rules] == [
        ("al1:s1", "AHU-1-SAT", "a1"), ("al1:s4", "AHU-2-SAT", "a2"),
    ]  # fmt: skip
    assert [each.settings.rule_version for each in rules] == [3] * 2
    assert [(each.about.priority, each.kind, each.about.site) for each in rules] == [(2, "limit", "p1")] * 2


def test_names_of_sensors_match_patterns_too_in_whatever_case(scope: Scope) -> None:
    found = compiled(scope, rule(applies=Applies(asset_type="AIR HANDLER", pattern="supply air*")))
    assert [each.target.id for each in found] == ["s1"]


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("*-SAT", "ahu-1-sat", True),
        ("*-SAT", "AHU-1-SAT-SP", False),
        ("T?", "TT", True),
        ("T?", "TTT", False),
        ("[a]*", "[a]x", True),
        ("[a]*", "ax", False),
        ("a.c", "abc", False),
    ],
)
def test_patterns_have_two_special_characters(pattern: str, text: str, matches: bool) -> None:
    assert matcher(pattern)(text) is matches


def test_a_hostile_pattern_is_no_slower() -> None:
    assert not matcher("*a" * 100)("a" * 95 + "b" * 5)


def test_an_override_changes_one_target_or_those_of_an_asset_or_takes_it_out(scope: Scope) -> None:
    overrides = [
        Override(target="AHU-1", on_delay_s=60.0, trigger=Limit(side="high", limit=28.0)),
        Override(target="AHU-1-SAT", on_delay_s=90.0),
        Override(target="s4", enabled=False),
    ]
    [only] = compiled(scope, rule(applies=AIR_HANDLERS, overrides=overrides))
    assert (only.target.id, only.settings.on_delay) == ("s1", 90_000)
    assert isinstance(only.condition, LimitCondition) and only.condition.at == 28.0


def test_expressions_and_references_name_sensors_of_the_targets_asset(scope: Scope) -> None:
    armed = Armed(expression="{asset:RUN} == 1", delay_s=5.0)
    first, second = compiled(scope, rule(applies=AIR_HANDLERS, armed=armed))
    assert (first.inputs, second.inputs) == (("s1", "s3"), ("s4", "s5"))
    [only] = compiled(scope, rule(Deviation(set_point="asset:SAT-SP", limit=2.0)))
    assert only.condition == SetPointCondition("s1", "s2", 2.0)


def test_a_missing_sensor_of_one_asset_leaves_the_others(scope: Scope) -> None:
    found = compile_rule(scope, "al1", 1, rule(Deviation(set_point="asset:SAT-SP", limit=2.0), applies=AIR_HANDLERS), 3)
    assert [each.target.id for each in found.rules] == ["s1"]
    [only] = found.problems
    assert only.field == "trigger.set_point"
    assert only.message == "names asset:SAT-SP, which AHU-2 does not have. Did you mean “SAT”? (at AHU-2-SAT)"


def test_states_by_name_or_number(scope: Scope) -> None:
    [only] = compiled(scope, rule(InState(states=["fault", 1.0]), sensors=("AHU-1-RUN",)))
    assert only.condition == StateCondition("s3", frozenset({2.0, 1.0}))
    [text] = compiled(scope, rule(InState(states=["manual"]), sensors=("CH-1-MODE",)))
    assert text.condition == StateCondition("s7", frozenset({"manual"}))


def test_calculated_series_devices_and_sources(scope: Scope) -> None:
    [series] = compiled(scope, rule(Limit(side="high", limit=800.0), applies=Applies(calculated=["Double power"])))
    assert isinstance(series.condition, CalculatedCondition)
    assert (series.inputs, series.target.kind, series.target.unit) == (("s6",), "calculated", "kW")
    device, source = compiled(
        scope, rule(Stale(after_s=300.0), applies=Applies(devices=["gateway-1"], sources=["influxdb"]))
    )
    assert device.condition == StaleCondition("g1", 300_000) and device.reads == [] and device.watches_silence
    assert (device.asset, device.about.site, source.target.kind) == ("a3", "p1", "source")
    [events] = compiled(
        scope, rule(EventCount(event_type="restart", count=3, window_s=60.0), applies=Applies(devices=["g1"]))
    )
    assert events.event_types == ["restart"] and events.reads == []


def test_discrepancy(scope: Scope) -> None:
    [only] = compiled(scope, rule(Discrepancy(command="s2", within_s=30.0)))
    assert only.condition == DiscrepancyCondition("s1", "s2", 30_000)


def test_a_schedule_goes_by_the_clock_of_the_site(scope: Scope) -> None:
    [only] = compiled(scope, rule(armed=Armed(schedule=Schedule(start="08:00", until="17:00"))))
    assert only.armed is not None and only.armed.hours is not None and only.armed.hours.zone == "Asia/Dubai"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            rule(sensors=("AHU-1-SAF",)),
            "applies.sensors[0]: names AHU-1-SAF, which is not a sensor here. Did you mean “AHU-1-SAT”",
        ),
        (rule(applies=Applies(sensors=["PT-1"])), "Give its site, too, or write site:tag."),
        (
            rule(applies=Applies(site="nord", sensors=["s1"])),
            "applies.site: names nord, which is not a site here. Did you mean “north”?",
        ),
        (rule(applies=Applies()), "applies: names nothing"),
        (
            rule(applies=Applies(asset_type="chillers", pattern="*")),
            "is chillers, of which there are no assets. Did you mean “chiller”?",
        ),
        (rule(applies=Applies(asset_type="chiller")), "applies.pattern: is missing"),
        (rule(applies=Applies(asset_type="chiller", pattern="*-SAT")), "matches no sensor of the 1 chiller assets"),
        (rule(applies=Applies(sensors=["s1"], pattern="*")), "requires `asset_type`"),
        (rule(applies=Applies(devices=["gatway-1"])), "is not a device here. Did you mean “gateway-1”?"),
        (
            rule(applies=Applies(calculated=["Double powr"])),
            "is not a calculated series here. Did you mean “Double power”?",
        ),
        (rule(applies=Applies(calculated=["f2"])), "Broken has no values: {CH-9} has been deleted."),
        (
            rule(Stale(after_s=10.0), applies=Applies(calculated=["f1"])),
            "does not fit Double power, which is calculated",
        ),
        (
            rule(applies=Applies(devices=["g1"])),
            "does not fit a device, which has no values; use stale or event_count.",
        ),
        (
            rule(EventCount(event_type="x", count=1, window_s=1.0), applies=Applies(sources=["influxdb"])),
            "does not fit a source",
        ),
        (rule(sensors=("CH-1-MODE",)), "does not fit CH-1-MODE, which holds text; use state, stale or frozen."),
        (
            rule(Limit(side="high", limit=900.0), sensors=("s6",)),
            "never has more: its range is 0 to 500 kW. Is the unit right?",
        ),
        (rule(Limit(side="low", limit=0.0), sensors=("s6",)), "never has less"),
        (rule(Limit(side="high", limit=math.inf)), "trigger.limit: must be a finite number."),
        (
            rule(Deviation(set_point="CH-1-KW", limit=2.0)),
            "names CH-1-KW, in kW, and AHU-1-SAT is in °C: use a sensor of the same unit",
        ),
        (rule(Deviation(set_point="CH-1-MODE", limit=2.0)), "trigger.set_point: names CH-1-MODE, which holds text."),
        (rule(Deviation(set_point="AHU-1-SAT", limit=2.0)), "is AHU-1-SAT itself; name another sensor."),
        (
            rule(Deviation(set_point="AHU-1-SPT", limit=2.0)),
            "names AHU-1-SPT, which is not a sensor here. Did you mean",
        ),
        (rule(Deviation(set_point="asset:RUN", limit=2.0), sensors=("PT-1",)), "PT-1 belongs to no asset"),
        (
            rule(InState(states=["falt"]), sensors=("AHU-1-RUN",)),
            "has “falt”, which is no state of AHU-1-RUN. Did you mean “Fault”?",
        ),
        (rule(InState(states=[1.0]), sensors=("CH-1-MODE",)), "holds text: write it in quotes"),
        (rule(OutOfRange(quality=False)), "needs the range of AHU-1-SAT"),
        (rule(Expression(expression="{AHU-1-SAT} > 80")), "Give numbers their unit, as in 30 [°C]."),
        (rule(Expression(expression="{AHU-1-SAT} * 2")), "trigger.expression: is no condition"),
        (rule(Expression(expression="{AHU-1-SAT} >")), "ends too early"),
        (
            rule(armed=Armed(expression="{asset:RUM} == 1")),
            "armed.expression: names asset:RUM, which AHU-1 does not have. Did you mean “RUN”",
        ),
        (
            rule(overrides=[Override(target="AHU-9")]),
            "overrides[0].target: names AHU-9, which is not a target",
        ),
        (
            rule(overrides=[Override(target="s1", trigger=Stale(after_s=5.0))]),
            "overrides[0].trigger: is of another kind",
        ),
        (
            rule(armed=Armed(schedule=Schedule(days=[1], start="08:00", until="08:00"))),
            "for whole days write 00:00 and 24:00",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(scope: Scope, content: RuleContent, expected: str) -> None:
    assert expected in problem(scope, content)
