"""Who is to be told of what: transitions, escalations and gathered alarms become deliveries. Pure.

`now`, and all times, are epoch ms. Nothing here reads a clock or a store: what it needs is a `Routing` and, of alarms
that were raised before, their present states.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from alarms.about import About
from alarms.machine.model import Condition, What
from alarms.notification.actions import (
    UNACKNOWLEDGED,
    Action,
    Ended,
    Escalation,
    Fact,
    Gathered,
    Gathering,
    NewDelivery,
    Recipient,
    Told,
    delivery_id,
)
from alarms.notification.channels import StoredChannel
from alarms.notification.duty import is_active, next_time, on_duty, quiet_until
from alarms.notification.messages import MAX_ITEMS, Reason
from alarms.notification.models import Match, Route, RouteStep, ShiftPlan
from kernel.times import DAY

MAX_MESSAGES = 30  # of a route in a period, beyond which it gathers
PERIOD = 600_000
FLOOD_DELAY = 60_000
MAX_GATHERED = 1_000
MAX_REPEATING = DAY

_BACK = (What.UNSHELVED, What.RELEASED, What.IN_SERVICE)
_ENDS = (
    What.ACKNOWLEDGED,
    What.SHELVED,
    What.SUPPRESSED,
    What.OUT_OF_SERVICE,
    What.DISABLED,
    What.RESET,
)


@dataclass(frozen=True, slots=True)
class Routing:
    """What a tenant has set. `routes` in the order in which they are looked at, the enabled ones; `inside`: areas and
    assets in which an asset is, itself included, by ids.
    """

    routes: Sequence[Route]
    channels: Mapping[str, StoredChannel]
    plans: Mapping[str, ShiftPlan]
    inside: Callable[[str], Collection[str]] = lambda asset: (asset,)

    def route(self, id: str) -> Route | None:
        return next((route for route in self.routes if route.id == id), None)

    def matching(self, about: About, now: int) -> list[Route]:
        found: list[Route] = []
        for route in self.routes:
            if matches(route.match, about, self.inside) and is_active(route.active, self.plans, now):
                found.append(route)
                if route.stop:
                    break
        return found

    def recipients(self, step: RouteStep, now: int) -> list[Recipient]:
        """Each once: addresses and systems of the channels, then people, by e-mail and in their browsers."""
        channels = [self.channels[id] for id in step.channels if id in self.channels and self.channels[id].enabled]
        found: list[Recipient] = []
        for channel in channels:
            if channel.kind == "email":
                found += [Recipient("email", channel.id, address) for address in channel.addresses]
            elif channel.kind != "push":
                found.append(Recipient(channel.kind, channel.id))
        on_call = [member for id in step.shifts if id in self.plans for member in on_duty(self.plans[id], now)]
        pushes = [channel.id for channel in channels if channel.kind == "push"][:1]
        for member in dict.fromkeys([*step.people, *on_call]):
            found.append(Recipient("email", "", member))
            found += [Recipient("push", channel, member) for channel in pushes]
        return found


def matches(match: Match, about: About, inside: Callable[[str], Collection[str]]) -> bool:
    if match.priorities and about.priority not in match.priorities:
        return False
    if match.rules and about.rule not in match.rules:
        return False
    if not (match.sites or match.areas or match.assets):
        return True
    if about.site and about.site in match.sites:
        return True
    if about.asset is None or not (match.areas or match.assets):
        return False
    places = inside(about.asset.id)
    return any(id in places for id in (*match.areas, *match.assets))


class Planner:
    """Plans for one tenant at one moment: `actions`, in order. `recent`: messages of each route in the period, also of
    these actions.
    """

    def __init__(self, routing: Routing, recent: Mapping[str, int], now: int) -> None:
        self._routing, self.recent, self._now = routing, dict(recent), now
        self.actions: list[Action] = []

    @property
    def has_routes(self) -> bool:
        return bool(self._routing.routes)

    def transition(self, fact: Fact) -> None:
        """An entry of the outbox."""
        done = fact.transition
        if done.late or done.past:
            return
        if done.what in _ENDS:
            self.actions.append(Ended(fact.key))
        elif done.suppressed:
            return
        elif done.what is What.RAISED or (done.what in _BACK and done.condition is Condition.UNACKNOWLEDGED):
            for route in self._routing.matching(fact.about, self._now):
                self._raised(route, fact)
        elif done.what is What.RETURNED:
            for route in self._routing.matching(fact.about, self._now):
                if "returned" in route.on:
                    self._tell(route, 0, fact, "returned")

    def escalation(self, due: Escalation, fact: Fact | None) -> None:
        """One that is due. `fact`: the alarm as it is now; None: nobody is to be told of it any more."""
        route = self._routing.route(due.route)
        if route is None or fact is None or fact.transition.condition not in UNACKNOWLEDGED:
            return
        if due.step < len(route.steps):
            self._escalate(route, due, fact)
        elif route.repeat_s is not None:
            self._repeat(route, due, fact, route.repeat_s)

    def gathered(self, route_id: str, kind: Gathering, step: int, facts: Sequence[Fact], more: int, due: int) -> None:
        """Those that waited until `due`, as they are now, in one message to each recipient."""
        route = self._routing.route(route_id)
        if route is None or not facts:
            return
        quiet = self._quiet_until(route, min(fact.about.priority for fact in facts))
        if quiet is not None and kind != "quiet_hours":
            for fact in facts:
                self._gather(route, "quiet_hours", step, quiet, fact)
            return
        latest = list({fact.occurrence: fact for fact in facts}.values())
        ordered = sorted(latest, key=lambda fact: (fact.about.priority, -fact.transition.t))
        self._told(route)
        left = len(ordered) - MAX_ITEMS
        self._deliver(route, step, ordered[:MAX_ITEMS], kind, f"{kind}:{due}", more + max(0, left))
        if kind == "quiet_hours" and step == 0 and route.digest is None:
            for fact in latest:
                if fact.transition.condition in UNACKNOWLEDGED and not fact.transition.suppressed:
                    self._begin(route, fact)

    def _raised(self, route: Route, fact: Fact) -> None:
        if "raised" in route.on and self._tell(route, 0, fact, "raised") and route.digest is None:
            self._begin(route, fact)

    def _tell(self, route: Route, step: int, fact: Fact, reason: Reason, again: str = "") -> bool:
        """Now, or with others later. False: at the end of quiet hours."""
        quiet = self._quiet_until(route, fact.about.priority)
        if quiet is not None:
            self._gather(route, "quiet_hours", step, quiet, fact)
            return False
        if route.digest is not None:
            self._gather(route, "digest", step, self._digest_due(route), fact)
        elif self.recent.get(route.id, 0) >= MAX_MESSAGES:
            self._gather(route, "flood", step, self._now + FLOOD_DELAY, fact)
        else:
            self._told(route)
            number = "" if fact.transition.what is What.RAISED else str(fact.number)
            self._deliver(route, step, [fact], reason, again or number)
        return True

    def _begin(self, route: Route, fact: Fact) -> None:
        """The escalation, if there is one. A step that reaches nobody now is followed by the next at once."""
        following, reached = 1, bool(self._routing.recipients(route.steps[0], self._now))
        if len(route.steps) > 1:
            due = self._now + (route.steps[1].after_s * 1000 if reached else 0)
        elif route.repeat_s is not None:
            due = self._now + route.repeat_s * 1000
        else:
            return
        self.actions.append(
            Escalation(
                route=route.id, key=fact.key, began=self._now, step=following, due=due, occurrence=fact.occurrence
            )
        )

    def _escalate(self, route: Route, due: Escalation, fact: Fact) -> None:
        reached = bool(self._routing.recipients(route.steps[due.step], self._now))
        if reached:
            self._tell(route, due.step, fact, "escalated", "escalated")
        following = due.step + 1
        if following < len(route.steps):
            at = due.began + route.steps[following].after_s * 1000 if reached else self._now
            self.actions.append(replace(due, step=following, due=max(at, due.due + 1)))
        elif route.repeat_s is not None:
            self.actions.append(replace(due, step=following, due=due.due + route.repeat_s * 1000))

    def _repeat(self, route: Route, due: Escalation, fact: Fact, repeat_s: int) -> None:
        if fact.transition.condition is not Condition.UNACKNOWLEDGED or self._now - due.began > MAX_REPEATING:
            return
        for step in range(len(route.steps)):
            self._tell(route, step, fact, "repeated", f"repeated:{due.repetition}")
        following = max(due.due + repeat_s * 1000, self._now)  # of repetitions that were missed, one
        self.actions.append(replace(due, repetition=due.repetition + 1, due=following))

    def _deliver(
        self, route: Route, step: int, facts: Sequence[Fact], reason: Reason, again: str, more: int = 0
    ) -> None:
        for recipient in self._routing.recipients(route.steps[min(step, len(route.steps) - 1)], self._now):
            self.actions.append(
                NewDelivery(
                    id=delivery_id(facts[0].occurrence, route.id, step, recipient, again),
                    reason=reason,
                    route=route.id,
                    route_name=route.name,
                    step=step,
                    recipient=recipient,
                    created=self._now,
                    facts=list(facts),
                    more=more,
                )
            )

    def _gather(self, route: Route, kind: Gathering, step: int, due: int, fact: Fact) -> None:
        self.actions.append(Gathered(route=route.id, kind=kind, step=step, due=due, fact=fact))

    def _told(self, route: Route) -> None:
        self.recent[route.id] = self.recent.get(route.id, 0) + 1
        self.actions.append(Told(route.id, period_of(self._now)))

    def _quiet_until(self, route: Route, priority: int) -> int | None:
        quiet = route.quiet
        return None if quiet is None or priority in quiet.exempt else quiet_until(quiet, self._now)

    def _digest_due(self, route: Route) -> int:
        digest = route.digest
        assert digest is not None
        if digest.at is not None:
            return next_time(digest.at, digest.zone, self._now)
        return self._now + (digest.every_s or 0) * 1000


def period_of(now: int) -> int:
    """When the period began in which a route's messages are counted."""
    return now - now % PERIOD
