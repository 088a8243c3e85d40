"""What planning decides: deliveries, and what is to be decided later. Times are epoch ms."""

from __future__ import annotations

import hashlib
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from alarms.about import About, occurrence_of
from alarms.machine.model import Condition, State, Transition, What
from alarms.notification.channels import Kind
from alarms.notification.messages import Reason

UNACKNOWLEDGED = (Condition.UNACKNOWLEDGED, Condition.RETURNED)

Gathering = Literal["digest", "quiet_hours", "flood"]


class Fact(Struct, frozen=True):
    """An alarm, and what it did. `number`: of the transition, which tells one from another of the same occurrence."""

    key: str
    transition: Transition
    about: About
    number: int = 0

    @property
    def occurrence(self) -> str:
        raised = self.transition.occurrence
        return occurrence_of(self.key, self.transition.t if raised is None else raised)


class Recipient(Struct, frozen=True):
    """`channel`: its id; empty for the address of a member's account. `to`: an address of an e-mail channel, or a
    member's id; empty: the channel itself.
    """

    kind: Kind
    channel: str
    to: str = ""


class NewDelivery(Struct, frozen=True, kw_only=True):
    """What is stored of a delivery from its beginning. `more`: alarms beside `facts`."""

    id: str
    reason: Reason
    route: str
    route_name: str
    step: int
    recipient: Recipient
    created: int
    facts: list[Fact]
    more: int = 0


class Escalation(Struct, frozen=True, kw_only=True):
    """What happens to a route's alarm if nobody acknowledges it. `step`: which comes next; beyond the last one it is
    repeated for the `repetition`th time. `due`: when.
    """

    route: str
    key: str
    began: int
    step: int
    due: int
    repetition: int = 0
    occurrence: str


class Gathered(Struct, frozen=True, kw_only=True):
    """An alarm that waits for one message with others. `due`: when that is, if none waits yet."""

    route: str
    kind: Gathering
    step: int
    due: int
    fact: Fact


class Ended(Struct, frozen=True):
    """All escalations of the alarm."""

    key: str


class Told(Struct, frozen=True):
    """A message of the route, which counts towards its maximum within the period that began then."""

    route: str
    period: int


Action = NewDelivery | Escalation | Gathered | Ended | Told  # what one step adds to the store


def fact_now(key: str, state: State, about: About) -> Fact | None:
    """An unacknowledged alarm as it is, as if it had just been raised; None if nobody is to be told of it."""
    if state.condition not in UNACKNOWLEDGED or not state.annunciated or state.raised is None:
        return None
    raised = Transition(
        what=What.RAISED,
        t=state.raised,
        condition=state.condition,
        occurrence=state.raised,
        value=state.value,
        limit=state.limit,
        rule_version=state.rule_version,
    )
    return Fact(key, raised, about)


def as_of_now(fact: Fact, state: State) -> Fact:
    """A gathered alarm with its present condition. An occurrence that is over is normal."""
    same = state.raised is not None and state.raised == fact.transition.occurrence
    condition = state.condition if same else Condition.NORMAL
    return Fact(
        fact.key,
        replace(fact.transition, condition=condition, suppressed=not state.annunciated),
        fact.about,
        fact.number,
    )


def delivery_id(occurrence: str, route: str, step: int, recipient: Recipient, again: str = "") -> str:
    """32 hexadecimal digits. `again`: tells this message from others of the same occurrence, step and recipient."""
    words = (occurrence, route, str(step), recipient.kind, recipient.channel, recipient.to, again)
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:32]
