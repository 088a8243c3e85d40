"""Rules are evaluated from the queue: what raises an alarm, what does not, what a restart changes."""

from __future__ import annotations

import pytest

from alarms import states
from alarms.machine import step
from alarms.machine.model import Acknowledge, Condition, Shelve
from alarms.rules import repository
from alarms.rules.compiled import CompiledRule
from alarms.rules.models import Applies, Deviation, EventCount, Expression, Frozen, Rate, Stale
from alarms.states import Kept
from catalog.operations import bulk_upsert
from ingest.events.entries import QueuedEvent, encode
from ingest.fleet.registry import register
from stores.redis.devices import Sign
from stores.redis.latest import Latest
from tests.alarms.evaluation_plant import Evaluated, S, T
from web.clock import now_ms
from web.stores import alarms, devices, second_reader, streams


def acknowledge(plant: Evaluated, key: str, t: int) -> None:
    known = states.read(plant.tenant, [key])[key]
    assert known.kept is not None
    state, added = step(known.kept.settings, known.state, Acknowledge(t, "anna"))
    kept = Kept(state, known.kept.about, known.kept.settings)
    assert not states.commit_changes(plant.tenant, {key: (known.revision, kept, added)})


def test_a_sample_over_the_limit_raises_an_alarm_and_one_below_returns_it(plant: Evaluated) -> None:
    rule = plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 79.0), ("TT-101", T + S, 81.0), ("TT-102", T + S, 99.0))
    plant.run(evaluator)
    key = plant.key(rule)
    state = plant.state(key)
    assert (state.condition, state.raised, state.value, state.limit) == (Condition.UNACKNOWLEDGED, T + S, 81.0, 80.0)
    plant.send(("TT-101", T + 2 * S, 82.0), ("TT-101", T + 3 * S, 80.0))
    plant.run(evaluator)
    assert plant.told() == [("raised", T + S), ("returned", T + 3 * S)]
    assert plant.transitions()[0].about.target.tag == "TT-101"
    acknowledge(plant, key, T + 9 * S)
    assert alarms().all_states(plant.tenant.prefix)[1] == {}


def test_an_acknowledgement_between_two_turns_is_not_lost(plant: Evaluated) -> None:
    rule = plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 81.0))
    plant.run(evaluator)
    acknowledge(plant, plant.key(rule), T + S)
    plant.send(("TT-101", T + 2 * S, 70.0))
    plant.run(evaluator)
    assert [what for what, _ in plant.told()] == ["raised", "acknowledged", "returned"]
    assert plant.state(plant.key(rule)).condition is Condition.NORMAL


def test_what_was_evaluated_is_not_evaluated_again_after_a_restart(plant: Evaluated) -> None:
    plant.rule()
    plant.run()
    plant.send(("TT-101", T, 81.0), ("TT-101", T + S, 70.0))
    plant.run()
    plant.run()
    plant.send(("TT-101", T, 81.0), ("TT-101", T + S, 70.0))  # a sender's repetition
    plant.run()
    assert plant.told() == [("raised", T), ("returned", T + S)]


def test_without_the_writer_alarms_are_raised_all_the_same(plant: Evaluated) -> None:
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 81.0))
    plant.run(evaluator)
    assert plant.told() == [("raised", T)]
    assert len(streams().waiting(plant.tenant.prefix, 9)) == 1
    plant.write()
    assert streams().oldest(plant.tenant.prefix) is None


def test_samples_that_the_writer_has_stored_first_are_evaluated(plant: Evaluated) -> None:
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 81.0))
    plant.write()
    plant.run(evaluator)
    assert plant.told() == [("raised", T)] and streams().oldest(plant.tenant.prefix) is None


def test_late_samples_raise_nothing_and_are_noted(plant: Evaluated) -> None:
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 70.0))
    plant.run(evaluator)
    plant.send(("TT-101", T - 5 * S, 95.0), ("TT-101", T - 3 * S, 95.0), ("TT-101", T, 70.0), ("TT-101", T + S, 71.0))
    plant.run(evaluator)
    plant.run()
    [late] = alarms().late(plant.tenant.prefix)
    assert (late.target, late.start, late.end) == (plant.sensor("TT-101"), T - 5 * S, T - 3 * S)
    assert plant.told() == []


def test_samples_within_one_batch_count_in_order_of_time(plant: Evaluated) -> None:
    plant.rule(on_delay_s=5.0)
    evaluator = plant.run()
    plant.send(("TT-101", T + 8 * S, 85.0), ("TT-101", T, 85.0), ("TT-101", T + 4 * S, 85.0))
    plant.now = T + 8 * S
    plant.run(evaluator)
    assert plant.told() == [("raised", T + 5 * S)]


def test_a_delay_ends_by_the_clock_when_no_sample_comes_and_exactly_after_a_restart(plant: Evaluated) -> None:
    plant.rule(on_delay_s=30.0)
    plant.run()
    plant.send(("TT-101", T, 85.0))
    plant.run()
    plant.now = T + 29_999
    plant.run()
    assert plant.told() == []
    plant.now = T + 95_000
    plant.run()
    assert plant.told() == [("raised", T + 30 * S)]


def test_a_shelf_that_somebody_has_set_ends_by_the_clock(plant: Evaluated) -> None:
    rule = plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    key = plant.key(rule)
    known = states.read(plant.tenant, [key])[key]
    assert known.kept is not None
    state, added = step(known.kept.settings, known.state, Shelve(T + S, T + 60 * S, "is being repaired", "anna"))
    states.commit_changes(
        plant.tenant, {key: (known.revision, Kept(state, known.kept.about, known.kept.settings), added)}
    )
    plant.now = T + 61 * S
    plant.run(evaluator)
    assert plant.told() == [("raised", T), ("shelved", T + S), ("unshelved", T + 60 * S)]
    assert plant.state(key).condition is Condition.UNACKNOWLEDGED


def test_silence_is_an_alarm_at_its_exact_time_and_ends_with_the_next_sample(plant: Evaluated) -> None:
    plant.rule(trigger=Stale(after_s=60))
    evaluator = plant.run()
    plant.send(*(("TT-101", T + k * S, 20.0) for k in range(0, 50, 10)))
    plant.now = T + 50 * S
    plant.run(evaluator)
    plant.now = T + 99 * S
    plant.run()
    assert plant.told() == []
    plant.now = T + 130 * S
    evaluator = plant.run()
    assert plant.told() == [("raised", T + 100 * S)]
    plant.send(("TT-101", T + 131 * S, 20.0))
    plant.run(evaluator)
    assert plant.told()[1:] == [("returned", T + 131 * S)]


def test_silence_that_was_over_before_it_was_evaluated_is_found_in_the_queue(plant: Evaluated) -> None:
    plant.rule(trigger=Stale(after_s=60))
    plant.run()
    plant.send(*(("TT-101", T + k * S, 20.0) for k in (0, 10, 20, 200, 210)))
    plant.now = T + 215 * S
    plant.run()
    assert plant.told() == [("raised", T + 80 * S), ("returned", T + 200 * S)]


def test_a_sensor_that_never_sent_is_silent_since_its_rule_was_switched_on(plant: Evaluated) -> None:
    plant.rule(trigger=Stale(after_s=60))
    plant.run()
    plant.now = T + 40 * S
    plant.run()
    plant.now = T + 70 * S
    plant.run()
    assert plant.told() == [("raised", T + 60 * S)]


def test_a_frozen_value_is_an_alarm_also_across_restarts(plant: Evaluated) -> None:
    plant.rule(trigger=Frozen(after_s=30, within=0.1))
    plant.run()
    for k in range(0, 45, 5):
        plant.send(("TT-101", T + k * S, 20.0 + (k % 2) * 0.05))
        plant.run()
    plant.send(("TT-101", T + 50 * S, 21.0))
    plant.run()
    assert plant.told() == [("raised", T + 30 * S), ("returned", T + 50 * S)]


def test_a_rate_of_change_is_found_across_restarts(plant: Evaluated) -> None:
    plant.rule(trigger=Rate(limit=5, window_s=60))
    plant.run()
    for t, value in ((0, 20.0), (30, 23.0), (59, 26.0)):
        plant.send(("TT-101", T + t * S, value))
        plant.run()
    assert plant.told() == [("raised", T + 59 * S)]


def test_an_expression_of_several_sensors_counts_samples_of_one_moment_together(plant: Evaluated) -> None:
    rule = plant.rule(trigger=Expression(expression="{TT-101} - {TT-102} > 5 [K] and {TT-101} > 30 [°C]"))
    plant.run()
    plant.send(("TT-101", T, 28.0), ("TT-102", T, 20.0))
    plant.run()
    plant.send(("TT-101", T + S, 31.0), ("TT-102", T + S, 27.0))
    plant.run()
    assert plant.told() == []
    plant.send(("TT-102", T + 2 * S, 25.0), ("TT-101", T + 2 * S, 31.0))
    plant.run()
    assert plant.told() == [("raised", T + 2 * S)] and plant.state(plant.key(rule)).raised == T + 2 * S


def test_a_deviation_follows_a_set_point_that_moves(plant: Evaluated) -> None:
    plant.rule(trigger=Deviation(set_point="TT-102", limit=3.0))
    plant.run()
    plant.send(("TT-102", T, 20.0), ("TT-101", T, 21.0))
    plant.run()
    plant.send(("TT-102", T + S, 30.0), ("TT-101", T + 2 * S, 21.0), ("TT-101", T + 3 * S, 28.0))
    plant.run()
    assert plant.told() == [("raised", T + S), ("returned", T + 3 * S)]


def test_an_alarm_of_a_rule_that_is_switched_off_is_over(plant: Evaluated) -> None:
    rule = plant.rule()
    other = plant.rule(tag="TT-102")
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0), ("TT-102", T, 85.0))
    plant.run(evaluator)
    plant.now = T + 10 * S
    plant.change(rule, enabled=False)
    plant.run(evaluator)
    assert plant.told()[2:] == [("disabled", T + 10 * S)]
    assert plant.state(plant.key(other, "TT-102")).active
    repository.delete(plant.tenant, other.id, None)
    plant.run(evaluator)
    assert plant.told()[3:] == [("disabled", T + 10 * S)]
    assert alarms().all_states(plant.tenant.prefix)[1] == {} and alarms().timers(plant.tenant.prefix) == {}
    assert second_reader().with_cursor([plant.tenant.prefix]) == []


def test_a_new_rule_counts_from_the_latest_value(plant: Evaluated) -> None:
    plant.send(("TT-101", T, 85.0))
    entries = streams().read(plant.tenant.prefix, 9)
    streams().commit(plant.tenant.prefix, entries, {plant.sensor("TT-101"): Latest(T * 1_000_000, 85.0)})
    plant.now = T + 5 * S
    plant.rule()
    plant.run()
    assert plant.told() == [("raised", T)]


def test_what_was_seen_is_known_after_rules_have_changed(plant: Evaluated) -> None:
    plant.rule()
    evaluator = plant.run()
    plant.send(("TT-101", T, 70.0))
    plant.run(evaluator)
    plant.rule(limit=90.0)
    plant.run(evaluator)
    plant.send(("TT-101", T - S, 95.0))
    plant.run(evaluator)
    assert plant.told() == [] and len(alarms().late(plant.tenant.prefix)) == 1


def test_a_rule_suppresses_another_at_the_same_asset(plant: Evaluated) -> None:
    bulk_upsert(plant.tenant, "assets", [{"site": plant.slug, "tag": "CH-1", "name": "Chiller"}])
    bulk_upsert(
        plant.tenant, "sensors",
        [{"site": plant.slug, "tag": tag, "name": tag, "unit": "°C", "asset": "CH-1"} for tag in ("TT-101", "TT-102")],
    )  # fmt: skip
    cause = plant.rule()
    effect = plant.rule(tag="TT-102", suppressed_by=[cause.id])
    evaluator = plant.run()
    plant.send(("TT-101", T, 85.0), ("TT-102", T + S, 85.0))
    plant.run(evaluator)
    assert plant.state(plant.key(effect, "TT-102")).suppressed == (f"alarm:{plant.key(cause)}",)
    plant.send(("TT-101", T + 2 * S, 70.0))
    plant.run(evaluator)
    assert plant.state(plant.key(effect, "TT-102")).suppressed == ()
    assert {what for what, _ in plant.told()} == {"raised", "suppressed", "returned", "released"}


def test_an_alarm_that_fails_stops_no_other(plant: Evaluated, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = plant.rule(), plant.rule()
    evaluator = plant.run()
    real = CompiledRule.feed

    def feed(self: CompiledRule, memory: object, t: int, seen: object) -> object:
        if self.rule == bad.id:
            raise ZeroDivisionError
        return real(self, memory, t, seen)  # type: ignore[arg-type]

    monkeypatch.setattr(CompiledRule, "feed", feed)
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    assert [each.key for each in plant.transitions()] == [plant.key(good)]


def test_an_alarm_that_fails_when_its_time_comes_stops_no_other(
    plant: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = plant.rule(trigger=Stale(after_s=30)), plant.rule(trigger=Stale(after_s=60))
    evaluator = plant.run()
    real = CompiledRule.wake

    def wake(self: CompiledRule, memory: object, now: int, last: int | None) -> object:
        if self.rule == bad.id:
            raise ZeroDivisionError
        return real(self, memory, now, last)  # type: ignore[arg-type]

    monkeypatch.setattr(CompiledRule, "wake", wake)
    for second in (35, 65):
        plant.now = T + second * S
        plant.run(evaluator)
    assert [(each.key, each.transition.t) for each in plant.transitions()] == [(plant.key(good), T + 60 * S)]
    assert all(key.startswith(good.id) for key in alarms().timers(plant.tenant.prefix))


def test_what_is_no_batch_is_left_to_the_writer(plant: Evaluated) -> None:
    plant.rule()
    evaluator = plant.run()
    streams().append(plant.tenant, [(1, b"nonsense")])
    plant.send(("TT-101", T, 85.0))
    plant.run(evaluator)
    assert plant.told() == [("raised", T)]


def test_a_device_that_is_not_heard_is_an_alarm_until_it_is_heard_again(plant: Evaluated) -> None:
    device = register(plant.tenant, ["gw-1"], "hand", T).by_name["gw-1"]
    plant.rule(applies=Applies(devices=["gw-1"]), trigger=Stale(after_s=60))
    evaluator = plant.run()
    devices().note(plant.tenant.prefix, [Sign(device.id, T + 30 * S)], T + 30 * S)
    plant.now = T + 80 * S
    plant.run(evaluator)
    assert plant.told() == []
    plant.now = T + 95 * S
    plant.run()
    assert plant.told() == [("raised", T + 90 * S)]
    devices().note(plant.tenant.prefix, [Sign(device.id, T + 98 * S)], T + 98 * S)
    plant.now = T + 101 * S
    plant.run()
    assert plant.told()[1:] == [("returned", T + 98 * S)]


def test_a_source_from_which_nothing_comes_is_an_alarm(plant: Evaluated) -> None:
    began = plant.now = now_ms()
    plant.rule(applies=Applies(sources=["influxdb"]), trigger=Stale(after_s=60))
    plant.run()
    streams().append(plant.tenant, [], accepted=1, source="influxdb", sender="gateway")
    plant.now = began + 59 * S
    plant.run()
    assert plant.told() == []
    plant.now = began + 70 * S
    plant.run()
    [(what, t)] = plant.told()
    assert what == "raised" and abs(t - began - 60 * S) < 5 * S


def test_events_are_counted_once_each(plant: Evaluated) -> None:
    register(plant.tenant, ["gw-1"], "hand", T)
    trigger = EventCount(event_type="fault", count=3, window_s=60)
    plant.rule(applies=Applies(devices=["gw-1"]), trigger=trigger)
    evaluator = plant.run()

    def happen(*events: tuple[int, str, str]) -> None:
        queued = [QueuedEvent(t, "fault", device, id, "{}") for t, device, id in events]
        streams().append(plant.tenant, [(len(queued), payload) for payload in encode(queued)])
        plant.run(evaluator)

    happen((T, "gw-1", "a"), (T + S, "gw-1", "b"), (T + 2 * S, "gw-2", "c"))
    happen((T, "gw-1", "a"), (T + S, "gw-1", "b"), (T + 62 * S, "gw-1", "d"))
    assert plant.told() == []
    evaluator.release()
    evaluator = plant.run()  # after a restart
    happen((T + 62 * S, "gw-1", "d"), (T + 63 * S, "gw-1", "e"), (T, "gw-1", "a"))
    assert plant.told() == [], "sent again"
    happen((T + 64 * S, "gw-1", "f"))
    assert plant.told() == [("raised", T + 64 * S)]
    plant.now = T + 200 * S
    plant.run(evaluator)
    assert plant.told()[1:] == [("returned", T + 122 * S)]
