"""One attempt of a delivery: claimed, sent, and noted with its outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from alarms import states
from alarms.machine.model import Transition, What
from alarms.notification import progress
from alarms.notification.actions import Fact, NewDelivery
from alarms.notification.channels import Destination
from alarms.notification.composing import Target, message_of, target_of
from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.plan import delivery_of
from alarms.notification.progress import MAX_DOUBTS, Progress
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.deliveries import StoredDelivery
from web import stream
from web.stores import deliveries, outgoing_counts

log = logging.getLogger(__name__)

Clock = Callable[[], int]
Send = Callable[[TenantConnection, Destination, AlarmMessage, str], Outcome]
_KINDS = {
    "email": "E-mail",
    "webhook": "Webhook",
    "slack": "Slack",
    "teams": "Teams",
    "apprise": "Apprise",
    "push": "Browser push",
}
_BEST = ("sent", "doubtful", "retry", "refused")  # of several browsers
_encode = msgspec.json.Encoder().encode


def attempt(tenant: TenantConnection, stored: StoredDelivery, send: Send, clock: Clock) -> Progress | None:
    """How it is then; None: somebody else has it. Raises Unavailable if Redis does not answer."""
    try:
        delivery, before = delivery_of(stored.payload), progress.decode(stored.progress)
    except msgspec.MsgspecError as error:
        log.error("%s: delivery %s cannot be read, and is left out: %s", tenant.slug, stored.id, error)
        broken = progress.encode(Progress("failed", clock(), ended=clock(), detail="It cannot be read."))
        deliveries().finish(tenant.prefix, stored.id, stored.progress, broken, stored.payload, [])
        return None
    claim = progress.claimed(before, clock())
    if claim.doubts > MAX_DOUBTS:
        ended = replace(before, state="doubtful", ended=clock())
        return _finish(tenant, stored, delivery, stored.progress, ended)
    claimed = progress.encode(claim)
    if not deliveries().set_progress(tenant.prefix, stored.id, stored.progress, claimed, claim.due):
        return None
    after = _after(tenant, delivery, claim, send, clock)
    if after.ended is not None:
        return _finish(tenant, stored, delivery, claimed, after)
    done = deliveries().set_progress(tenant.prefix, stored.id, claimed, progress.encode(after), after.due)
    if done:
        outgoing_counts().add({f"retry {delivery.recipient.kind}": 1})
    return after if done else None


def _after(tenant: TenantConnection, delivery: NewDelivery, claim: Progress, send: Send, clock: Clock) -> Progress:
    try:
        target = target_of(tenant, delivery)
        message = message_of(tenant, delivery)
    except Unavailable as error:  # nothing was sent
        return progress.after(claim, Outcome("retry", error.detail), delivery.created, clock())
    named = replace(claim, recipient=target.recipient[: progress.MAX_DETAIL])
    if not target.destinations:
        return progress.cancelled(named, target.why, clock())
    return progress.after(named, _send(tenant, target, message, delivery.id, send), delivery.created, clock())


def _send(tenant: TenantConnection, target: Target, message: AlarmMessage, id: str, send: Send) -> Outcome:
    """To all of them; the best outcome counts."""
    outcomes = [send(tenant, to, message, id) for to in target.destinations]
    return min(outcomes, key=lambda outcome: _BEST.index(outcome.state))


def _finish(
    tenant: TenantConnection, stored: StoredDelivery, delivery: NewDelivery, before: bytes, after: Progress
) -> Progress | None:
    kept = replace(delivery, facts=delivery.facts[:1], more=delivery.more + len(delivery.facts) - 1)
    transitions = _transitions(tenant, delivery, after) if after.state != "cancelled" else []
    done = deliveries().finish(
        tenant.prefix, stored.id, before, progress.encode(after), _encode(kept), list(map(_encode, transitions))
    )
    if done:
        outgoing_counts().add({f"delivery {after.state} {delivery.recipient.kind}": 1})
    if done and transitions:
        stream.publish(tenant, stream.ALARMS)
    return after if done else None


def _transitions(tenant: TenantConnection, delivery: NewDelivery, after: Progress) -> Sequence[states.Added]:
    """For each alarm of the message. They change no state; the condition is the present one."""
    known = states.read(tenant, list({fact.key for fact in delivery.facts}))
    what = What.NOTIFIED if after.state == "sent" else What.NOTIFICATION_FAILED
    return [_added(fact, known[fact.key].state.condition, what, delivery, after) for fact in delivery.facts]


def _added(fact: Fact, condition: object, what: What, delivery: NewDelivery, after: Progress) -> states.Added:
    done = fact.transition
    transition = Transition(
        what=what,
        t=after.ended or after.due,
        condition=condition,  # type: ignore[arg-type]
        occurrence=done.t if done.occurrence is None else done.occurrence,
        value=done.value,
        limit=done.limit,
        rule_version=done.rule_version,
        note=note_of(delivery, after),
    )
    return states.Added(fact.key, transition, fact.about)


def note_of(delivery: NewDelivery, after: Progress) -> str:
    """Such as “E-mail to anna@example.com (Night shift, step 2)”, and what went wrong."""
    step = f", step {delivery.step + 1}" if delivery.step else ""
    text = f"{_KINDS[delivery.recipient.kind]} to {after.recipient or 'an unknown recipient'}"
    text = f"{text} ({delivery.route_name}{step})"
    if after.state == "sent":
        return text
    doubt = "may have arrived" if after.state == "doubtful" else "failed"
    return f"{text} {doubt}: {after.detail}" if after.detail else f"{text} {doubt}"
