"""What the outbox has is planned once, whoever is killed; escalations and digests are due at their exact times."""

from __future__ import annotations

import threading

from alarms.machine.model import Shelve, Suppress, Unshelve
from alarms.notification.plan import plan
from kernel.tenancy import TenantConnection
from stores.redis.deliveries import Moved
from tests.alarms.alarm_world import write_journal
from tests.alarms.notification.world import T, World, forget
from web.stores import alarms, deliveries, streams


def test_what_the_outbox_has_is_planned_once_however_often_it_is_read(world: World) -> None:
    world.route({"channels": [world.email("a@example.com", "b@example.com").id]})
    world.raise_alarm()
    assert world.plan() == 1 and world.plan() == 0
    before = world.planned()
    assert sorted(each.recipient.to for each in before) == ["a@example.com", "b@example.com"]
    world.now += 1_000
    assert write_journal(world.tenant) == 1
    assert world.plan() == 0 and world.planned() == before


def test_the_journal_waits_until_a_transition_is_planned(world: World) -> None:
    from alarms.journal.drain import drain

    world.route({"channels": [world.channel().id]})
    world.raise_alarm()
    drain(world.tenant, before=lambda tenant: plan(tenant, world.clock))
    assert alarms().outgoing_count(world.tenant.prefix) == 0
    assert len(world.planned()) == 1


def test_planners_at_the_same_time_plan_each_once(world: World) -> None:
    world.route({"channels": [world.channel().id]}, {"channels": [world.channel(name="Other").id], "after_s": 60})
    for n in range(60):
        world.raise_alarm(f"s{n}")
    threads = [threading.Thread(target=world.plan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    raised = [each for each in world.planned() if each.reason == "raised"]
    flood = [member for member in world.timers() if member.startswith("g|")]
    assert len(raised) == 30 and len(flood) == 1  # beyond thirty they are gathered
    assert len(world.timers()) == 61
    world.fire(60)
    [gathered] = [each for each in world.planned() if each.reason == "flood" and each.step == 0]
    assert {fact.key for fact in gathered.facts} | {each.facts[0].key for each in raised} == {
        f"alaaaaaaaaaa:s{n}" for n in range(60)
    }


def test_a_step_from_another_position_does_nothing(world: World) -> None:
    world.route({"channels": [world.channel().id]})
    world.raise_alarm()
    assert deliveries().apply(world.tenant.prefix, Moved("1-1", "2-2"), [("x", "al:s1")], 10) == ("moved", 0)
    assert world.plan() == 1


def test_without_routes_nothing_is_planned_and_nothing_is_told_later(world: World) -> None:
    world.raise_alarm()
    assert world.plan() == 1
    world.route({"channels": [world.channel().id]})
    assert world.plan() == 0 and world.planned() == []


def test_a_route_of_another_tenant_takes_nothing(world: World, rival: TenantConnection) -> None:
    forget(rival)
    world.route({"channels": [world.channel().id]})
    World(rival).raise_alarm()
    assert plan(rival, world.clock) == 1
    assert world.planned() == [] == World(rival).planned()
    forget(rival)


def _escalating(world: World) -> None:
    first, second, third = (world.channel(name=name).id for name in ("First", "Second", "Third"))
    world.route({"channels": [first]}, {"channels": [second], "after_s": 900}, {"channels": [third], "after_s": 1800})


def test_steps_are_due_at_the_exact_millisecond_and_end_with_the_last(world: World) -> None:
    _escalating(world)
    key = world.raise_alarm()
    world.plan()
    [member] = world.timers()
    assert member.endswith(f"|{key}") and world.timers()[member] == T + 900_000
    world.now += 1
    assert world.fire(899.998) == 0
    assert world.fire(0.001) == 1
    assert [(each.step, each.reason) for each in world.planned()] == [(0, "raised"), (1, "escalated")]
    assert world.timers() == {member: T + 1_800_000}
    assert world.fire(10_000) == 1  # long after, as after a restart
    assert [each.step for each in world.planned()] == [0, 1, 2]
    assert world.timers() == {} and world.fire(100_000) == 0


def test_an_acknowledgement_ends_it_also_one_that_is_not_planned_yet(world: World) -> None:
    _escalating(world)
    world.raise_alarm()
    world.plan()
    world.acknowledge()
    assert world.fire(900) == 1  # the state says so
    assert len(world.planned()) == 1 and world.timers() == {}


def test_an_alarm_that_chatters_still_escalates_and_once(world: World) -> None:
    _escalating(world)
    world.raise_alarm()
    world.plan()
    for _ in range(3):
        world.now += 200_000
        world.clear_alarm()
        world.now += 50_000
        world.raise_alarm()
        world.plan()
    assert list(world.timers().values()) == [T + 900_000]
    world.now = T + 900_000
    world.fire()
    escalated = [each for each in world.planned() if each.reason == "escalated"]
    assert [each.facts[0].transition.t for each in escalated] == [T + 750_000]  # as it is now


def test_an_acknowledgement_between_two_occurrences_begins_the_escalation_again(world: World) -> None:
    _escalating(world)
    world.raise_alarm()
    world.plan()
    world.now += 60_000
    world.acknowledge()
    world.clear_alarm()
    world.now += 60_000
    world.raise_alarm()
    world.plan()
    assert list(world.timers().values()) == [T + 120_000 + 900_000]


def test_a_shelf_ends_the_escalation_and_its_end_begins_it_again(world: World) -> None:
    _escalating(world)
    world.raise_alarm()
    world.plan()
    world.now += 1_000
    world.give(Shelve(world.now, world.now + 3_600_000, "Repair", "ben"))
    world.plan()
    assert world.timers() == {}
    world.now += 60_000
    world.give(Unshelve(world.now, "ben"))
    world.plan()
    assert list(world.timers().values()) == [world.now + 900_000]
    assert [each.reason for each in world.planned()] == ["raised", "raised"]


def test_nobody_is_told_of_a_suppressed_alarm(world: World) -> None:
    _escalating(world)
    world.give(Suppress(world.now - 1, "maintenance"))
    world.raise_alarm()
    world.plan()
    assert world.planned() == [] and world.timers() == {}


def test_a_digest_has_what_came_until_it_is_due_and_what_has_become_of_it(world: World) -> None:
    world.route({"channels": [world.email("a@example.com").id]}, digest={"every_s": 3600})
    for n in range(3):
        world.raise_alarm(f"s{n}")
        world.plan()
        world.now += 60_000
    world.acknowledge("s1")
    world.clear_alarm("s1")
    assert list(world.timers().values()) == [T + 3_600_000]
    world.now = T + 3_600_000
    assert world.fire() == 1
    [digest] = world.planned()
    assert digest.reason == "digest" and [str(each.transition.condition) for each in digest.facts] == [
        "unacknowledged", "normal", "unacknowledged",
    ]  # fmt: skip
    assert world.timers() == {}
    world.raise_alarm("s9")
    world.plan()
    assert list(world.timers().values()) == [T + 7_200_000]


def test_more_than_a_digest_can_keep_is_counted(world: World) -> None:
    prefix, item = world.tenant.prefix, "{}"
    actions = [("g", "g|nraaaaaaaaaa|digest|0", str(T), item)] * 12
    assert deliveries().apply(prefix, Moved("", "1-1"), actions, 10) == ("ok", 0)
    [timer] = deliveries().due_timers(prefix, T, 10)
    assert timer.payload == b"2" and len(deliveries().gathered(prefix, timer.member, 100)) == 10


def test_what_is_due_and_cannot_be_read_stops_nothing_else(world: World) -> None:
    _escalating(world)
    deliveries().apply(
        world.tenant.prefix,
        Moved("", "0-1"),
        [("e", "nrzzzzzzzzzz", "al:broken", str(T), "no JSON"), ("g", "g|nrzzzzzzzzzz|digest|0", str(T), "[]")],
        10,
    )
    world.raise_alarm()
    world.plan()
    assert world.fire() == 2
    assert world.fire(900) == 1
    assert [each.step for each in world.planned()] == [0, 1] and len(world.timers()) == 1


def test_more_deliveries_than_may_wait_are_left_out_and_counted(world: World) -> None:
    actions = [("d", f"{n}", str(T), "{}", "{}") for n in range(7)]
    assert deliveries().apply(world.tenant.prefix, Moved("", "1-1"), actions, 10, max_waiting=5) == ("ok", 2)


def test_nothing_comes_back_of_a_tenant_that_is_gone(world: World) -> None:
    prefix = f"pt:t{'z' * 10}:"
    streams().drop_tenant(prefix)
    assert deliveries().apply(prefix, Moved("", "1-1"), [("d", "1", str(T), "{}", "{}")], 10)[0] == "gone"
    assert deliveries().page(prefix, None, 10) == []
