"""What the endpoints of notification take and return beside channels, routes, shift plans and deliveries."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from alarms.about import PriorityNumber
from alarms.lists.models import Moment
from alarms.notification.channels import Channel, Kind
from alarms.notification.models import Delivery, Reference, Route, ShiftPlan, SiteReference
from alarms.notification.subscriptions import PushSubscription
from catalog.models import Id
from catalog.responses import Problem


class ChannelList(Struct, frozen=True):
    """By name."""

    results: list[Channel]
    next: str | None


class RouteList(Struct, frozen=True):
    """In the order in which they are looked at."""

    results: list[Route]
    next: str | None


class ShiftPlanList(Struct, frozen=True):
    """By name."""

    results: list[ShiftPlan]
    next: str | None


class DeliveryList(Struct, frozen=True):
    """The newest first."""

    results: list[Delivery]
    next: str | None


class NotifiedPerson(Struct, frozen=True, kw_only=True):
    """An active member. `has_email`: their account has an address; `browsers`: how many show push messages."""

    id: Annotated[Id, Meta(description="As in /api/v1/members")]
    username: str
    name: str
    has_email: bool
    browsers: int


class NotifiablePeople(Struct, frozen=True):
    """By username."""

    results: list[NotifiedPerson]
    next: str | None


class TestedRecipient(Struct, frozen=True, kw_only=True):
    recipient: str
    state: Annotated[
        Literal["sent", "retry", "refused", "doubtful"],
        Meta(
            description="retry: not accepted now, may be later; refused: it never will be; doubtful: it may have been"
        ),
    ]
    detail: str


class ChannelTest(Struct, frozen=True, kw_only=True):
    """What became of the test, by recipient; it is not repeated. `left_out`: how many it was not sent to."""

    results: list[TestedRecipient]
    left_out: int


class PreviewRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An alarm that is raised `at` a moment, now by default, in a site, an area of it or at an asset, and acknowledged
    by nobody. `rule`: whose alarm it is.
    """

    priority: PriorityNumber
    site: SiteReference
    area: Reference | None = None
    asset: Annotated[Reference | None, Meta(description="Instead of an area")] = None
    rule: Reference | None = None
    at: Moment | None = None


class PreviewedDelivery(Struct, frozen=True, kw_only=True):
    """Somebody who would be told. `at`: epoch ms; `channel`: an id; empty: the address of a person's account."""

    at: int
    step: int
    recipient: str
    channel: str
    channel_name: str
    kind: Kind
    route: str
    route_name: str
    why: Annotated[str, Meta(description="How it comes about, in a phrase")]


class Preview(Struct, frozen=True):
    """In order of time."""

    results: list[PreviewedDelivery]


class PushSubscriptionList(Struct, frozen=True, kw_only=True):
    """One's own in this tenant, the oldest first. `key`: to subscribe with, in base64url; null: push is not set up."""

    results: list[PushSubscription]
    next: str | None
    key: str | None


def _conflict_of(kind: type[Struct]) -> type[Struct]:
    return msgspec.defstruct(
        f"{kind.__name__}Conflict", [("current", kind | UnsetType, UNSET)], bases=(Problem,),
        rename={"kind": "type"}, kw_only=True, module=__name__,
    )  # fmt: skip


ChannelConflict, RouteConflict, ShiftPlanConflict = (
    _conflict_of(Channel),
    _conflict_of(Route),
    _conflict_of(ShiftPlan),
)
