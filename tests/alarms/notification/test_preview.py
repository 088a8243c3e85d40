"""Whom the routes would tell of an alarm that nobody acknowledges."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from alarms.notification.actions import NewDelivery
from alarms.notification.planning import Routing
from alarms.notification.preview import MAX_DELIVERIES, preview
from tests.alarms.notification.routes import ANNA, BEN, HOOK, MAIL, PLAN, PUSH, T, plan, route, routing

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def told(routes: Routing, priority: int = 2, at: int = T) -> list[tuple[int, int, str, str]]:
    """Minutes after the alarm, step, recipient and reason."""
    return [said(each, at) for each in preview(routes, priority, "p1", at)]  # type: ignore[arg-type]


def said(each: NewDelivery, at: int) -> tuple[int, int, str, str]:
    minutes = (each.created - at) // MINUTE
    return (minutes, each.step, each.recipient.to or each.recipient.channel, each.reason)


def test_later_steps_come_at_their_time() -> None:
    steps = [{"channels": [HOOK]}, {"after_s": 600, "people": [ANNA]}, {"after_s": 1_800, "people": [BEN]}]
    assert told(routing(route(steps=steps))) == [
        (0, 0, HOOK, "raised"),
        (10, 1, ANNA, "escalated"),
        (30, 2, BEN, "escalated"),
    ]


def test_only_the_first_repetitions_are_listed() -> None:
    assert told(routing(route(steps=[{"channels": [HOOK]}], repeat_s=1_800))) == [
        (0, 0, HOOK, "raised"),
        (30, 0, HOOK, "repeated"),
        (60, 0, HOOK, "repeated"),
    ]


def test_whoever_is_on_duty_at_that_moment_is_told() -> None:
    day = {"days": [1, 2, 3, 4, 5, 6, 7], "from": "06:00", "to": "18:00", "people": [ANNA]}
    shifts = plan(entries=[day, {**day, "from": "18:00", "to": "06:00", "people": [BEN]}])
    routes = routing(route(steps=[{"shifts": [PLAN], "channels": [PUSH]}]), plans=[shifts])
    assert [who for _, _, who, _ in told(routes)] == [ANNA, ANNA]  # by e-mail and in browsers
    assert [who for _, _, who, _ in told(routes, at=T + 12 * HOUR)] == [BEN, BEN]


def test_quiet_hours_defer_to_their_end_and_escalate_from_there() -> None:
    quiet = {"from": "09:00", "to": "11:00", "zone": "UTC", "exempt": [1]}
    routes = routing(route(steps=[{"channels": [HOOK]}, {"after_s": 600, "people": [ANNA]}], quiet=quiet))
    assert told(routes, priority=1)[0] == (0, 0, HOOK, "raised")
    assert told(routes, priority=3) == [(60, 0, HOOK, "quiet_hours"), (70, 1, ANNA, "escalated")]


def test_a_digest_is_told_when_it_is_due() -> None:
    every = routing(route(steps=[{"channels": [MAIL]}], digest={"every_s": 3_600}))
    assert told(every) == [(60, 0, "ops@example.com", "digest"), (60, 0, "lead@example.com", "digest")]
    daily = routing(route(steps=[{"channels": [HOOK]}], digest={"at": "07:00", "zone": "UTC"}))
    assert told(daily) == [(21 * 60, 0, HOOK, "digest")]


def test_areas_match_by_the_place_that_is_asked_about() -> None:
    routes = routing(route(match={"areas": ["r1"]}, steps=[{"channels": [HOOK]}]))
    assert told(routes) == []
    assert told(replace(routes, inside=lambda _: {"r1", "r2"})) == [(0, 0, HOOK, "raised")]


def test_routes_of_other_priorities_rules_and_assets_tell_nobody() -> None:
    for match in ({"priorities": [1]}, {"rules": ["alaaaaaaaaaa"]}, {"assets": ["a1"]}, {"sites": ["p9"]}):
        assert told(routing(route(match=match, steps=[{"channels": [HOOK]}]))) == []


def test_the_list_is_bounded() -> None:
    """Sixty routes of ten steps would tell 600 times."""
    steps = [{"after_s": n * 60, "people": [ANNA]} for n in range(10)]
    routes = [structs.replace(route(steps=steps), id=f"nr{n:010d}") for n in range(60)]
    assert len(told(routing(*routes))) == MAX_DELIVERIES == 500
