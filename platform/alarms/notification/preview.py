"""Whom the routes would tell of an alarm that nobody acknowledges: by the planner itself, moment by moment. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from alarms.about import About, AlarmAsset, AlarmTarget, PriorityNumber
from alarms.machine.model import Condition, Transition, What
from alarms.notification.actions import Escalation, Fact, Gathered, NewDelivery
from alarms.notification.planning import Planner, Routing
from kernel.times import DAY

HORIZON = 8 * DAY  # longer than the last step may take
MAX_REPETITIONS, MAX_DELIVERIES = 2, 500
ASSET: Final = "preview"  # in place of an asset's id: `Routing.inside` gets it


def preview(routing: Routing, priority: PriorityNumber, site: str, at: int, rule: str = "") -> list[NewDelivery]:
    """In order of time; `created`: when each is sent. Neither later repetitions nor what is after the horizon. `rule`:
    whose alarm it is; empty: that of no known one.
    """
    fact = _raised(priority, site, at, rule or ASSET)
    due = _Due()
    planner = Planner(routing, {}, at)
    planner.transition(fact)
    found = due.take(planner)
    while due.timers and len(found) < MAX_DELIVERIES:
        now, timer = due.pop()
        if now > at + HORIZON:
            break
        planner = Planner(routing, {}, now)
        if isinstance(timer, Gathered):
            planner.gathered(timer.route, timer.kind, timer.step, [timer.fact], 0, timer.due)
        elif timer.repetition < MAX_REPETITIONS:
            planner.escalation(timer, fact)
        found += due.take(planner)
    return found[:MAX_DELIVERIES]


def _raised(priority: PriorityNumber, site: str, at: int, rule: str) -> Fact:
    about = About(
        rule=rule,
        name="",
        priority=priority,
        kind="limit",
        site=site,
        target=AlarmTarget(kind="sensor", id=ASSET),
        asset=AlarmAsset(id=ASSET),
    )
    done = Transition(what=What.RAISED, t=at, condition=Condition.UNACKNOWLEDGED, occurrence=at)
    return Fact(f"{ASSET}:{ASSET}", done, about)


@dataclass(slots=True)
class _Due:
    """What the planner wants to hear of later, the earliest first."""

    timers: list[tuple[int, int, Escalation | Gathered]] = field(default_factory=list)
    _count: int = 0

    def take(self, planner: Planner) -> list[NewDelivery]:
        """Keeps the timers that it has set; what it sends at once."""
        for action in planner.actions:
            if isinstance(action, Escalation | Gathered):
                heapq.heappush(self.timers, (action.due, self._count, action))
                self._count += 1
        return _deliveries(planner.actions)

    def pop(self) -> tuple[int, Escalation | Gathered]:
        now, _, timer = heapq.heappop(self.timers)
        return now, timer


def _deliveries(actions: Sequence[object]) -> list[NewDelivery]:
    return [action for action in actions if isinstance(action, NewDelivery)]
