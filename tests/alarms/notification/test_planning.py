"""Who is told of what: by route, step, shift, digest and quiet hours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.machine.model import Condition, State, What
from alarms.notification.actions import Ended, Escalation, Gathered, as_of_now, fact_now
from alarms.notification.models import Route
from alarms.notification.planning import MAX_MESSAGES, Planner
from tests.alarms.notification.routes import (
    ANNA,
    BEN,
    CLEO,
    HOOK,
    MAIL,
    PLAN,
    PUSH,
    T,
    about,
    deliveries,
    fact,
    plan,
    planned,
    recipients,
    route,
    routing,
)

MINUTE = 60_000
LATER: list[dict[str, Any]] = [
    {"people": [ANNA]},
    {"people": [BEN], "after_s": 900},
    {"people": [CLEO], "after_s": 1800},
]
QUIET = {"from": "09:00", "to": "11:30", "zone": "UTC"}


def test_an_alarm_is_told_to_each_recipient_of_the_first_step() -> None:
    actions = planned(routing(route(steps=[{"channels": [MAIL, HOOK], "people": [ANNA]}])), fact())
    assert recipients(actions) == ["ops@example.com", "lead@example.com", HOOK, ANNA]
    [first, *_] = deliveries(actions)
    assert (first.reason, first.step, first.created, [each.key for each in first.facts]) == (
        "raised", 0, T, ["alaaaaaaaaaa:s1"],
    )  # fmt: skip


def test_people_get_push_messages_if_the_step_names_such_a_channel() -> None:
    actions = planned(routing(route(steps=[{"channels": [PUSH], "people": [ANNA]}])), fact())
    assert [(each.recipient.kind, each.recipient.channel, each.recipient.to) for each in deliveries(actions)] == [
        ("email", "", ANNA),
        ("push", PUSH, ANNA),
    ]


def test_whoever_is_on_duty_is_told() -> None:
    shifts = plan(
        entries=[
            {"days": [3], "from": "06:00", "to": "12:00", "people": [ANNA]},
            {"days": [3], "from": "12:00", "to": "18:00", "people": [BEN]},
        ]
    )
    routes = routing(route(steps=[{"shifts": [PLAN]}]), plans=[shifts])
    assert recipients(planned(routes, fact())) == [ANNA]
    assert recipients(planned(routes, fact(), now=T + 2 * 60 * MINUTE)) == [BEN]


@pytest.mark.parametrize(
    "quiet_fact",
    [
        fact(late=True),
        fact(past=True),
        fact(suppressed=True),
        fact(What.RELEASED, condition=Condition.ACKNOWLEDGED),
        fact(What.RELEASED, condition=Condition.RETURNED),
        fact(What.RELEASED, suppressed=True),
        fact(What.RETURNED),
        fact(What.NOTE),
        fact(What.NOTIFIED),
        fact(What.NOTIFICATION_FAILED),
    ],
    ids=lambda each: f"{each.transition.what}",
)
def test_nobody_is_told_of(quiet_fact: Any) -> None:
    assert planned(routing(route()), quiet_fact) == []


@pytest.mark.parametrize("what", [What.RELEASED, What.UNSHELVED, What.IN_SERVICE])
def test_an_active_alarm_that_is_not_suppressed_any_more_is_told_then(what: What) -> None:
    actions = planned(routing(route()), fact(what))
    assert len(deliveries(actions)) == 2
    raised = planned(routing(route()), fact())
    assert {each.id for each in deliveries(actions)}.isdisjoint(each.id for each in deliveries(raised))


def test_a_return_is_told_where_the_route_says_so() -> None:
    actions = planned(
        routing(route("a", on=["raised", "returned"]), route("b")), fact(What.RETURNED, t=T + 1, occurrence=T)
    )
    assert [each.reason for each in deliveries(actions)] == ["returned"] * 2
    assert {each.route for each in deliveries(actions)} == {"nraaaaaaaaaa"}


def test_of_a_route_for_returns_alone_nothing_begins_when_an_alarm_is_raised() -> None:
    routes = routing(route(on=["returned"], steps=LATER))
    assert planned(routes, fact()) == []
    assert recipients(planned(routes, fact(What.RETURNED, t=T + 1, occurrence=T))) == [ANNA]


@pytest.mark.parametrize(
    ("match", "takes"),
    [
        ({}, True),
        ({"priorities": [1]}, False),
        ({"priorities": [1, 2]}, True),
        ({"sites": ["p1"]}, True),
        ({"sites": ["p2"]}, False),
        ({"sites": ["p2"], "assets": ["a1"]}, True),
        ({"areas": ["r-outer"]}, True),
        ({"areas": ["r-other"]}, False),
        ({"assets": ["a-plant"]}, True),
        ({"rules": ["alaaaaaaaaaa"]}, True),
        ({"rules": ["albbbbbbbbbb"]}, False),
        ({"rules": ["alaaaaaaaaaa"], "sites": ["p2"]}, False),
    ],
)
def test_a_route_takes_alarms_by_priority_place_and_rule(match: dict[str, Any], takes: bool) -> None:
    inside = {"a1": {"a1", "a-plant", "r-inner", "r-outer"}}
    routes = routing(route(match=match), inside=inside.__getitem__)
    assert bool(deliveries(planned(routes, fact()))) is takes


def test_an_alarm_without_a_place_is_taken_by_routes_without_one_only() -> None:
    nowhere = fact(about=about(site="", asset=""))
    actions = planned(routing(route("a", match={"sites": ["p1"]}), route("b")), nowhere)
    assert {each.route for each in deliveries(actions)} == {"nrbbbbbbbbbb"}


def test_after_a_route_that_stops_no_other_is_looked_at() -> None:
    first = route("a", stop=True, match={"priorities": [2]})
    routes = routing(first, route("b"))
    assert {each.route for each in deliveries(planned(routes, fact()))} == {"nraaaaaaaaaa"}
    assert {each.route for each in deliveries(planned(routes, fact(about=about(priority=3))))} == {"nrbbbbbbbbbb"}


def test_a_route_that_is_not_active_now_takes_and_stops_nothing() -> None:
    times = {"kind": "weekly", "zone": "UTC", "times": [{"days": [3], "from": "11:00", "to": "12:00"}]}
    routes = routing(route("a", active=times, stop=True), route("b"))
    assert {each.route for each in deliveries(planned(routes, fact()))} == {"nrbbbbbbbbbb"}
    assert {each.route for each in deliveries(planned(routes, fact(), now=T + 60 * MINUTE))} == {"nraaaaaaaaaa"}


# Escalation


def _escalation(actions: list[Any]) -> Escalation:
    [found] = [each for each in actions if isinstance(each, Escalation)]
    return found


def _due(one: Route, escalation: Escalation, alarm: Any = None, now: int | None = None) -> list[Any]:
    planner = Planner(routing(one), {}, escalation.due if now is None else now)
    planner.escalation(escalation, alarm)
    return planner.actions


def test_steps_follow_at_their_exact_times_until_the_last() -> None:
    one = route(steps=LATER)
    first = _escalation(planned(routing(one), fact()))
    assert (first.step, first.due) == (1, T + 900_000)
    late = _due(one, first, fact(), now=first.due + 5 * MINUTE)  # the process was down
    assert recipients(late) == [BEN]
    second = _escalation(late)
    assert (second.step, second.due) == (2, T + 1_800_000)  # counted from the beginning
    last = _due(one, second, fact())
    assert recipients(last) == [CLEO]
    assert not any(isinstance(each, Escalation) for each in last)


@pytest.mark.parametrize("alarm", [None, fact(condition=Condition.ACKNOWLEDGED), fact(condition=Condition.NORMAL)])
def test_an_alarm_that_needs_nobody_any_more_does_not_escalate(alarm: Any) -> None:
    one = route(steps=LATER, repeat_s=600)
    assert _due(one, _escalation(planned(routing(one), fact())), alarm) == []


def test_an_alarm_that_returned_unacknowledged_still_escalates_but_is_not_repeated() -> None:
    one = route(steps=LATER[:2], repeat_s=600)
    returned = fact(condition=Condition.RETURNED)
    actions = _due(one, _escalation(planned(routing(one), fact())), returned)
    assert recipients(actions) == [BEN]
    assert _due(one, _escalation(actions), returned) == []


def test_nothing_follows_for_a_route_that_is_gone() -> None:
    first = _escalation(planned(routing(route("a", steps=LATER)), fact()))
    assert _due(route("b", steps=LATER), first, fact()) == []


@pytest.mark.parametrize(
    "what", [What.ACKNOWLEDGED, What.SHELVED, What.SUPPRESSED, What.OUT_OF_SERVICE, What.DISABLED, What.RESET]
)
def test_escalations_end_when_somebody_acts(what: What) -> None:
    assert planned(routing(route(steps=LATER)), fact(what, suppressed=what is not What.ACKNOWLEDGED)) == [
        Ended("alaaaaaaaaaa:s1")
    ]


def test_a_step_that_reaches_nobody_is_followed_by_the_next_at_once() -> None:
    nobody = plan(entries=[{"days": [7], "from": "06:00", "to": "12:00", "people": [ANNA]}])
    one = route(steps=[{"shifts": [PLAN]}, {"people": [BEN], "after_s": 900}])
    actions = planned(routing(one, plans=[nobody]), fact())
    assert deliveries(actions) == []
    assert _escalation(actions).due == T


def test_repetitions_tell_all_steps_again_each_with_ids_of_its_own_for_a_day() -> None:
    one = route(steps=LATER[:2], repeat_s=3600)
    told = planned(routing(one), fact())
    each, ids, times = _escalation(told), [found.id for found in deliveries(told)], 0
    while True:
        actions = _due(one, each, fact())
        if not actions:
            break
        found = deliveries(actions)
        if each.step == 2:
            assert {delivery.reason for delivery in found} == {"repeated"}
            assert [delivery.recipient.to for delivery in found] == [ANNA, BEN]
            times += 1
        ids += [delivery.id for delivery in found]
        each = _escalation(actions)
    assert times == 23
    assert len(ids) == len(set(ids))


def test_of_repetitions_that_were_missed_there_is_one() -> None:
    one = route(repeat_s=600)
    first = _escalation(planned(routing(one), fact()))
    actions = _due(one, first, fact(), now=first.due + 10 * 600_000 + 5)
    assert len(deliveries(actions)) == 2
    assert _escalation(actions).due >= first.due + 10 * 600_000


# Digests, quiet hours and floods


def test_a_digest_gathers_alarms_and_does_not_escalate() -> None:
    [found] = planned(routing(route(digest={"every_s": 3600})), fact())
    assert isinstance(found, Gathered) and (found.kind, found.due) == ("digest", T + 3_600_000)


def test_a_daily_digest_is_due_at_its_time_of_the_zones_clock() -> None:
    [found] = planned(routing(route(digest={"at": "15:30", "zone": "Asia/Dubai"})), fact())
    assert isinstance(found, Gathered) and found.due == T + 90 * MINUTE


def test_alarms_in_quiet_hours_wait_for_their_end_but_those_of_exempt_priorities() -> None:
    routes = routing(route(steps=LATER, quiet={**QUIET, "exempt": [1]}))
    [found] = planned(routes, fact())
    assert isinstance(found, Gathered) and (found.kind, found.due) == ("quiet_hours", T + 90 * MINUTE)
    urgent = planned(routes, fact(about=about(priority=1)))
    assert recipients(urgent) == [ANNA] and _escalation(urgent).due == T + 900_000


def test_at_the_end_of_quiet_hours_one_message_has_all_and_the_unacknowledged_begin_to_escalate() -> None:
    one = route(steps=LATER, quiet=QUIET)
    now = T + 90 * MINUTE
    open_one, over = fact(key="al:s1"), fact(key="al:s2", condition=Condition.NORMAL, about=about(priority=1))
    planner = Planner(routing(one), {}, now)
    planner.gathered(one.id, "quiet_hours", 0, [open_one, over, open_one], 4, now)
    [delivery] = deliveries(planner.actions)
    assert (delivery.reason, delivery.recipient.to, delivery.more) == ("quiet_hours", ANNA, 4)
    assert [each.key for each in delivery.facts] == ["al:s2", "al:s1"]  # by priority, each once
    begun = _escalation(planner.actions)
    assert (begun.key, begun.due) == ("al:s1", now + 900_000)


def test_a_message_has_a_hundred_alarms_and_the_number_of_the_others() -> None:
    one = route(digest={"every_s": 60})
    planner = Planner(routing(one), {}, T)
    planner.gathered(one.id, "digest", 0, [fact(key=f"al:s{n}") for n in range(130)], 20, T)
    assert [(len(each.facts), each.more) for each in deliveries(planner.actions)] == [(100, 50)] * 2


def test_a_route_that_has_said_much_gathers_for_a_minute() -> None:
    one = route()
    many = [fact(key=f"al:s{n}") for n in range(MAX_MESSAGES + 5)]
    actions = planned(routing(one), *many)
    assert len(deliveries(actions)) == MAX_MESSAGES * 2
    gathered = [each for each in actions if isinstance(each, Gathered)]
    assert {(each.kind, each.due) for each in gathered} == {("flood", T + MINUTE)} and len(gathered) == 5
    assert deliveries(planned(routing(one), fact(), recent={one.id: MAX_MESSAGES})) == []


def test_a_digest_that_is_due_in_quiet_hours_waits_for_their_end() -> None:
    one = route(digest={"every_s": 60}, quiet={**QUIET, "exempt": []})
    planner = Planner(routing(one), {}, T)
    planner.gathered(one.id, "digest", 0, [fact()], 0, T)
    [found] = planner.actions
    assert isinstance(found, Gathered) and (found.kind, found.due) == ("quiet_hours", T + 90 * MINUTE)


# As it is now


def test_an_alarm_that_is_raised_again_escalates_as_what_it_is_now() -> None:
    state = State(condition=Condition.UNACKNOWLEDGED, raised=T + 5, value=19.0, limit=14.5)
    found = fact_now("al:s1", state, about())
    assert found is not None and found.occurrence == f"al:s1:{T + 5}" and found.transition.value == 19.0
    assert fact_now("al:s1", State(condition=Condition.ACKNOWLEDGED, raised=T), about()) is None
    assert (
        fact_now("al:s1", State(condition=Condition.UNACKNOWLEDGED, raised=T, suppressed=("maintenance",)), about())
        is None
    )


def test_a_gathered_alarm_whose_occurrence_is_over_is_normal() -> None:
    again = State(condition=Condition.UNACKNOWLEDGED, raised=T + 5)
    assert as_of_now(fact(), again).transition.condition is Condition.NORMAL
    assert as_of_now(fact(), State(condition=Condition.RETURNED, raised=T)).transition.condition is Condition.RETURNED


# Nothing is lost and nothing planned twice, whatever is set

_STEPS = st.sampled_from(
    [[{"channels": [MAIL]}], [{"people": [ANNA]}], LATER, [{"channels": [PUSH, HOOK], "people": [BEN]}]]
)
_QUIET = st.none() | st.fixed_dictionaries(
    {"from": st.sampled_from(["00:00", "09:00"]), "to": st.sampled_from(["10:30", "23:00"]), "zone": st.just("UTC"),
     "exempt": st.sampled_from([[], [1], [1, 2, 3, 4]])}
)  # fmt: skip


@st.composite
def _routes(draw: st.DrawFn) -> list[Route]:
    found = []
    for id in draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)):
        steps, digest = draw(_STEPS), None
        if len(steps) == 1:
            digest = draw(st.none() | st.just({"every_s": 600}))
        match = draw(st.sampled_from([{}, {"priorities": [1, 2]}, {"sites": ["p1"]}]))
        found.append(route(id, steps=steps, digest=digest, match=match, quiet=draw(_QUIET), stop=draw(st.booleans())))
    return found


@given(
    _routes(), st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)), max_size=40, unique=True), st.integers(0, 40)
)
def test_every_alarm_is_told_or_gathered_once_for_each_recipient_of_its_routes(
    routes: list[Route], alarms: list[tuple[int, int]], said: int
) -> None:
    found = routing(*routes)
    facts = [fact(key=f"al:s{n}-{priority}", about=about(priority=priority)) for n, priority in alarms]
    recent = {each.id: said for each in routes}
    actions = planned(found, *facts, recent=recent)
    assert actions == planned(found, *facts, recent=recent)
    told = [(each.route, each.facts[0].key, each.recipient) for each in deliveries(actions)]
    later = [(each.route, each.fact.key) for each in actions if isinstance(each, Gathered)]
    expected_told, expected_later = set(), set()
    for each in facts:
        for one in found.matching(each.about, T):
            if (one.id, each.key) in later:
                expected_later.add((one.id, each.key))
            else:
                expected_told |= {(one.id, each.key, recipient) for recipient in found.recipients(one.steps[0], T)}
    assert set(told) == expected_told and len(told) == len(expected_told)
    assert set(later) == expected_later and len(later) == len(expected_later)
    ids = [each.id for each in deliveries(actions)]
    assert len(ids) == len(set(ids))
    exempt = {each.id for each in routes if each.quiet is None and each.digest is None}
    assert said >= MAX_MESSAGES or not any(id in exempt for id, _ in later) or len(facts) > MAX_MESSAGES - said
