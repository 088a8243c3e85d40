"""Plans deliveries of what the outbox has and of what is due. Each step is done once, however often it is tried."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from alarms import states
from alarms.notification import progress
from alarms.notification.actions import (
    Action,
    Ended,
    Escalation,
    Fact,
    Gathered,
    Gathering,
    NewDelivery,
    Told,
    as_of_now,
    fact_now,
)
from alarms.notification.planning import MAX_GATHERED, Planner, period_of
from alarms.notification.routing import routing_of
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from stores.redis.alarms import Outgoing
from stores.redis.deliveries import DueTimer, Fired, Moved
from web.stores import deliveries

log = logging.getLogger(__name__)

BATCH_SIZE = 500  # transitions
TIMERS_BATCH_SIZE = 100
Clock = Callable[[], int]

_encode = msgspec.json.Encoder().encode
_escalation = msgspec.json.Decoder(Escalation).decode
_fact = msgspec.json.Decoder(Fact).decode
delivery_of = msgspec.json.Decoder(NewDelivery).decode


def plan(tenant: TenantConnection, clock: Clock, go_on: Callable[[], bool] = lambda: True) -> int:
    """Plan what the outbox has and was not planned; how many transitions. Raises Unavailable."""
    total = 0
    while go_on():
        position, entries = deliveries().entries(tenant.prefix, BATCH_SIZE)
        if not entries:
            break
        now = clock()
        actions = _planned(tenant, entries, now)
        if not _apply(tenant, Moved(position, entries[-1].id), actions):
            break
        total += len(entries)
    return total


def fire(tenant: TenantConnection, clock: Clock) -> int:
    """What is due: escalations, and gathered alarms. How many timers. Raises Unavailable."""
    now = clock()
    timers = deliveries().due_timers(tenant.prefix, now, TIMERS_BATCH_SIZE)
    if not timers:
        return 0
    routing, recent = routing_of(tenant), deliveries().recent(tenant.prefix, period_of(now))
    for timer in timers:
        planner = Planner(routing, recent, now)
        try:
            done = _fire(tenant, planner, timer)
        except PlantraceError:
            raise
        except Exception:  # it would stop all others
            log.exception("%s: what is due cannot be planned, and is left out: %s", tenant.slug, timer.member)
            planner, done = Planner(routing, recent, now), MAX_GATHERED
        _apply(tenant, Fired(timer.member, timer.due, done), planner.actions)
        recent = planner.recent
    return len(timers)


def _planned(tenant: TenantConnection, entries: Sequence[Outgoing], now: int) -> list[Action]:
    planner = Planner(routing_of(tenant), deliveries().recent(tenant.prefix, period_of(now)), now)
    for entry in entries if planner.has_routes else ():
        try:
            added = states.added_of(entry.payload)
            planner.transition(Fact(added.key, added.transition, added.about, entry.number))
        except Exception:  # it would stop all that follow
            log.exception(
                "%s: a transition cannot be planned, and nobody is told: %r", tenant.slug, entry.payload[:500]
            )
    return planner.actions


def _fire(tenant: TenantConnection, planner: Planner, timer: DueTimer) -> int:
    """How many gathered alarms are done."""
    what, _, rest = timer.member.partition("|")
    if what == "e":
        due = _escalation(timer.payload or b"")
        known = states.read(tenant, [due.key])[due.key].kept
        planner.escalation(due, fact_now(due.key, known.state, known.about) if known else None)
        return 0
    route, kind, step = rest.split("|")
    if kind not in Gathering.__args__:  # type: ignore[attr-defined]
        raise ValueError(f"“{kind}” is no kind of gathering")
    items = deliveries().gathered(tenant.prefix, timer.member, MAX_GATHERED)
    facts = [_fact(item) for item in items]
    known_states = states.read(tenant, list({fact.key for fact in facts}))
    now = [as_of_now(fact, known_states[fact.key].state) for fact in facts]
    planner.gathered(route, kind, int(step), now, int(timer.payload or 0), timer.due)  # type: ignore[arg-type]
    return len(items)


def _apply(tenant: TenantConnection, cause: Moved | Fired, actions: Sequence[Action]) -> bool:
    """False: the tenant is gone. What somebody else has planned meanwhile is left to them."""
    outcome, left_out = deliveries().apply(tenant.prefix, cause, map(_words, actions), MAX_GATHERED)
    if left_out:
        log.error("%s: %d notifications are left out, as too many wait to be sent", tenant.slug, left_out)
    return outcome != "gone"


def _words(action: Action) -> Sequence[str]:
    """As the store takes it: JSON inside of JSON."""
    match action:
        case NewDelivery():
            start = progress.encode(progress.first(action.created)).decode()
            return ("d", action.id, str(action.created), _encode(action).decode(), start)
        case Escalation():
            return ("e", action.route, action.key, str(action.due), _encode(action).decode())
        case Gathered():
            member = f"g|{action.route}|{action.kind}|{action.step}"
            return ("g", member, str(action.due), _encode(action.fact).decode())
        case Ended():
            return ("x", action.key)
        case Told():
            return ("t", action.route, str(action.period))
