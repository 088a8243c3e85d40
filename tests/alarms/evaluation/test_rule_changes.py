"""Rules that change while their alarms are active or delayed: none stays active, none is raised falsely."""

from __future__ import annotations

import pytest

from alarms import states
from alarms.machine.model import Condition
from alarms.rules.compiled import CompiledRule
from alarms.rules.models import AlarmRule, Applies, Armed, Deviation, EventCount, Expression, Limit, Stale, Trigger
from catalog.operations import bulk_upsert
from ingest.events.entries import QueuedEvent, encode
from ingest.fleet.registry import register
from stores.redis.devices import Sign
from tests.alarms.evaluation_plant import Evaluated, S, T
from web.stores import alarms, devices, streams


def pair(plant: Evaluated) -> tuple[AlarmRule, AlarmRule]:
    """A rule and another one that it suppresses, whose alarm is suppressed."""
    bulk_upsert(plant.tenant, "assets", [{"site": plant.slug, "tag": "CH-1", "name": "Chiller"}])
    bulk_upsert(
        plant.tenant, "sensors",
        [{"site": plant.slug, "tag": tag, "name": tag, "unit": "°C", "asset": "CH-1"} for tag in ("TT-101", "TT-102")],
    )  # fmt: skip
    cause = plant.rule()
    effect = plant.rule(tag="TT-102", suppressed_by=[cause.id])
    plant.send(("TT-101", T, 85.0), ("TT-102", T + S, 85.0))
    plant.run()
    assert plant.state(plant.key(effect, "TT-102")).suppressed == (f"alarm:{plant.key(cause)}",)
    return cause, effect


@pytest.mark.parametrize("how", ["disabled", "at another asset", "no longer named"])
def test_an_alarm_is_released_when_the_rule_of_its_cause_goes(plant: Evaluated, how: str) -> None:
    cause, effect = pair(plant)
    plant.now = T + 10 * S
    if how == "disabled":
        plant.change(cause, enabled=False)
    elif how == "at another asset":
        bulk_upsert(plant.tenant, "assets", [{"site": plant.slug, "tag": "CH-2", "name": "Chiller 2"}])
        moved = {"site": plant.slug, "tag": "TT-101", "name": "TT-101", "unit": "°C", "asset": "CH-2"}
        bulk_upsert(plant.tenant, "sensors", [moved])
    else:
        plant.change(effect, suppressed_by=[])
    plant.run()
    state = plant.state(plant.key(effect, "TT-102"))
    assert state.active and state.suppressed == ()
    assert ("released", T + 10 * S) in plant.told()


def test_an_alarm_is_released_when_the_rule_of_its_cause_fails(
    plant: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause, effect = pair(plant)
    evaluator = plant.run()
    fail(monkeypatch, cause, "feed")
    plant.send(("TT-101", T + 2 * S, 70.0))
    plant.run(evaluator)
    assert plant.state(plant.key(effect, "TT-102")).suppressed == ()


def fail(monkeypatch: pytest.MonkeyPatch, rule: AlarmRule, method: str) -> None:
    real = getattr(CompiledRule, method)

    def failing(self: CompiledRule, *arguments: object) -> object:
        if self.rule == rule.id:
            raise ZeroDivisionError
        return real(self, *arguments)

    monkeypatch.setattr(CompiledRule, method, failing)


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({"trigger": Limit(side="high", limit=90.0)}, False),
        ({"trigger": Limit(side="high", limit=82.0)}, True),
        ({"trigger": Expression(expression="{TT-101} > 90 [°C]")}, False),
        ({"trigger": Expression(expression="{TT-101} > {TT-102}")}, False),
        ({"armed": Armed(expression="{TT-102} > 0 [°C]")}, False),
        ({"name": "Another name", "off_delay_s": 1.0}, True),
    ],
)
def test_an_active_alarm_whose_rule_changes_is_as_the_rule_says_now(
    plant: Evaluated, changed: dict[str, Trigger], holds: bool
) -> None:
    rule = plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    plant.now = T + 10 * S
    plant.change(rule, **changed)
    plant.run(evaluator)
    assert plant.told() == [("raised", T), *([] if holds else [("returned", T + 10 * S)])]
    plant.send(("TT-101", T + 20 * S, 79.0))
    plant.now = T + 30 * S
    plant.run(evaluator)
    assert [what for what, _ in plant.told()] == ["raised", "returned"]


def test_a_delay_that_runs_ends_with_the_condition_that_began_it(plant: Evaluated) -> None:
    rule = plant.rule(on_delay_s=30.0)
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    plant.now = T + 10 * S
    plant.change(rule, trigger=Expression(expression="{TT-101} > 90 [°C]"), on_delay_s=5.0)
    plant.run(evaluator)
    plant.now = T + 60 * S
    plant.run(evaluator)
    assert plant.told() == [] and alarms().timers(plant.tenant.prefix) == {}


def test_a_lower_limit_counts_at_once_without_another_sample(plant: Evaluated) -> None:
    rule = plant.rule(limit=100.0)
    evaluator = plant.run()
    plant.send(("TT-101", T, 90.0))
    plant.run(evaluator)
    plant.now = T + 10 * S
    plant.change(rule, trigger=Limit(side="high", limit=80.0))
    plant.run(evaluator)
    assert plant.told() == [("raised", T)]


def test_a_value_of_bad_quality_is_not_taken_for_the_latest(plant: Evaluated) -> None:
    rule = plant.rule(limit=100.0)
    evaluator = plant.run()
    plant.send(("TT-101", T, 90.0), quality=2)
    plant.run(evaluator)
    plant.change(rule, trigger=Limit(side="high", limit=80.0))
    plant.run(evaluator)
    plant.send(("TT-101", T, 90.0), quality=2)
    plant.run(evaluator)
    assert plant.told() == [] and alarms().late(plant.tenant.prefix) == []


def test_a_longer_window_forgets_the_parts_of_the_one_before(plant: Evaluated) -> None:
    rule = plant.rule(trigger=Limit(side="high", limit=80.0, statistic="max", window_s=60))
    evaluator = plant.run()
    plant.send(("TT-101", T, 99.0))
    plant.run(evaluator)
    plant.change(rule, trigger=Limit(side="high", limit=80.0, statistic="max", window_s=3600))
    plant.run(evaluator)
    plant.send(*(("TT-101", T + k * 60 * S, 1.0) for k in range(1, 90)))
    plant.run(evaluator)
    assert [what for what, _ in plant.told()] == ["raised", "returned"]


def test_another_set_point_is_not_taken_for_the_one_before(plant: Evaluated) -> None:
    rule = plant.rule(trigger=Deviation(set_point="TT-102", limit=3.0))
    evaluator = plant.run()
    plant.send(("TT-101", T, 20.0), ("TT-102", T, 20.0))
    plant.run(evaluator)
    plant.change(rule, trigger=Deviation(set_point="TT-103", limit=3.0))
    plant.run(evaluator)
    plant.send(("TT-101", T + S, 30.0))
    plant.run(evaluator)
    assert plant.told() == []
    plant.send(("TT-103", T + 2 * S, 20.0))
    plant.run(evaluator)
    assert plant.told() == [("raised", T + 2 * S)]


def test_silence_goes_on_when_its_rule_changes(plant: Evaluated) -> None:
    device = register(plant.tenant, ["gw-1"], "hand", T).by_name["gw-1"]
    rule = plant.rule(applies=Applies(devices=["gw-1"]), trigger=Stale(after_s=60))
    evaluator = plant.run()
    devices().note(plant.tenant.prefix, [Sign(device.id, T + 10 * S)], T + 10 * S)
    plant.now = T + 80 * S
    plant.run(evaluator)
    plant.change(rule, trigger=Stale(after_s=50))
    plant.run(evaluator)
    assert plant.told() == [("raised", T + 70 * S)]
    plant.change(rule, trigger=Stale(after_s=90))
    plant.run(evaluator)
    assert plant.told() == [("raised", T + 70 * S), ("returned", T + 80 * S)]


def test_a_delay_that_is_shortened_while_it_runs_counts(plant: Evaluated) -> None:
    rule = plant.rule(on_delay_s=600.0)
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    plant.now = T + 20 * S
    plant.change(rule, on_delay_s=60.0)
    plant.run(evaluator)
    key = plant.key(rule)
    assert alarms().timers(plant.tenant.prefix) == {states.timer_of(key): T + 60 * S}
    known = states.read(plant.tenant, [key])[key]
    assert known.kept is not None and known.kept.settings.on_delay == 60_000, "people's changes set the timer by it"
    plant.now = T + 61 * S
    plant.run(evaluator)
    assert plant.told() == [("raised", T + 60 * S)]
    assert plant.state(key).condition is Condition.UNACKNOWLEDGED


def test_an_event_that_is_sent_again_after_rules_have_changed_is_not_counted(plant: Evaluated) -> None:
    register(plant.tenant, ["gw-1"], "hand", T)
    trigger = EventCount(event_type="fault", count=2, window_s=60)
    plant.rule(applies=Applies(devices=["gw-1"]), trigger=trigger)
    evaluator = plant.run()

    def happen(t: int, id: str) -> None:
        [payload] = encode([QueuedEvent(t, "fault", "gw-1", id, "{}")])
        streams().append(plant.tenant, [(1, payload)])
        plant.run(evaluator)

    happen(T, "a")
    plant.rule(limit=90.0)
    plant.run(evaluator)
    evaluator.recover()
    happen(T, "a")
    assert plant.told() == []
    happen(T + S, "b")
    assert plant.told() == [("raised", T + S)]
