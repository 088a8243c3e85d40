"""Routes, channels and alarms as tests of notification have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from alarms.about import About, AlarmAsset, AlarmTarget
from alarms.machine.model import Condition, Transition, What
from alarms.notification.actions import Action, Fact, NewDelivery
from alarms.notification.channels import StoredChannel
from alarms.notification.models import Route, ShiftPlan
from alarms.notification.planning import Planner, Routing

T = 1_773_223_200_000  # 2026-03-11 10:00 UTC, a Wednesday
ANNA, BEN, CLEO = "maaaaaaaaaa", "mbbbbbbbbbb", "mcccccccccc"
MAIL, HOOK, PUSH = "ncaaaaaaaaaa", "ncbbbbbbbbbb", "nccccccccccc"
PLAN = "spaaaaaaaaaa"
META: dict[str, Any] = {"revision": 1, "created": 0, "created_by": "anna", "changed": 0, "changed_by": "anna"}


def route(id: str = "a", **given: Any) -> Route:
    steps = given.pop("steps", [{"channels": [MAIL]}])
    return msgspec.convert({"id": f"nr{id * 10}", "name": f"Route {id}", "steps": steps, **META, **given}, Route)


def plan(**given: Any) -> ShiftPlan:
    return msgspec.convert({"id": PLAN, "name": "Operators", "zone": "UTC", **META, **given}, ShiftPlan)


def channel(id: str, kind: str, **given: Any) -> StoredChannel:
    return msgspec.convert(
        {"id": id, "name": f"By {kind}", "enabled": True, "kind": kind, **META, **given}, StoredChannel
    )


CHANNELS = {
    MAIL: channel(MAIL, "email", addresses=["ops@example.com", "lead@example.com"]),
    HOOK: channel(HOOK, "webhook", url="https://example.com/hook"),
    PUSH: channel(PUSH, "push"),
}


def routing(*routes: Route, plans: Sequence[ShiftPlan] = (), **given: Any) -> Routing:
    return Routing(list(routes), CHANNELS, {each.id: each for each in plans}, **given)


def about(rule: str = "alaaaaaaaaaa", priority: int = 2, site: str = "p1", asset: str = "a1") -> About:
    target = AlarmTarget(kind="sensor", id="s1", tag="TT-101", unit="°C")
    return msgspec.convert(
        {
            "rule": rule,
            "name": "Supply too warm",
            "priority": priority,
            "kind": "limit",
            "site": site,
            "target": msgspec.to_builtins(target),
            "asset": msgspec.to_builtins(AlarmAsset(id=asset, tag="CH-1")) if asset else None,
        },
        About,
    )


def fact(what: What = What.RAISED, t: int = T, key: str = "alaaaaaaaaaa:s1", **given: Any) -> Fact:
    """`about` and the members of a transition."""
    said = given.pop("about", about())
    condition = Condition.RETURNED if what is What.RETURNED else Condition.UNACKNOWLEDGED
    words = {"condition": condition, "occurrence": t, "value": 17.9, "limit": 14.5, **given}
    return Fact(key, Transition(what=what, t=t, **words), said, number=7)


def planned(routes: Routing, *facts: Fact, now: int = T, recent: dict[str, int] | None = None) -> list[Action]:
    planner = Planner(routes, recent or {}, now)
    for each in facts:
        planner.transition(each)
    return planner.actions


def deliveries(actions: Sequence[Action]) -> list[NewDelivery]:
    return [each for each in actions if isinstance(each, NewDelivery)]


def recipients(actions: Sequence[Action]) -> list[str]:
    return [each.recipient.to or each.recipient.channel for each in deliveries(actions)]
