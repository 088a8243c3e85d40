"""Routes, shift plans and deliveries as the API takes, stores and returns them. Times in epoch ms; times of day are
those of a zone's clock, so they hold across changes of daylight saving time.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec import field as member

from alarms.about import PriorityNumber
from alarms.notification.channels import GivenRevision, Kind, Name
from alarms.notification.messages import Reason
from catalog.bounds import MAX_REFERENCE
from catalog.models import Id, Revision
from kernel.ids import LENGTH, MEMBERSHIP, NOTIFICATION_CHANNEL, SHIFT_PLAN, pattern

MAX_ROUTES, MAX_PLANS = 200, 100  # of a tenant
MAX_STEPS, MAX_PEOPLE, MAX_MATCHED = 10, 50, 500
MAX_ENTRIES, MAX_GROUPS = 100, 60
MAX_AFTER_S, MAX_REPEAT_S = 7 * 86_400, 86_400
MAX_ZONE = 60

TimeOfDay = Annotated[str, Meta(min_length=5, max_length=5, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Days = Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7, description="1 is Monday")]
Zone = Annotated[str, Meta(min_length=1, max_length=MAX_ZONE, description="IANA time zone, such as Asia/Dubai")]
Date = Annotated[str, Meta(min_length=10, max_length=10, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
ChannelId = Annotated[str, Meta(pattern=pattern(NOTIFICATION_CHANNEL), max_length=LENGTH + 2)]
PlanId = Annotated[str, Meta(pattern=pattern(SHIFT_PLAN), max_length=LENGTH + 2)]
MemberId = Annotated[str, Meta(pattern=pattern(MEMBERSHIP), max_length=LENGTH + 1)]
People = Annotated[list[MemberId], Meta(max_length=MAX_PEOPLE, description="Members, by `id` of /api/v1/members")]
Reference = Annotated[str, Meta(min_length=1, max_length=LENGTH + 2)]
References = Annotated[list[Reference], Meta(max_length=MAX_MATCHED)]
SiteReference = Annotated[str, Meta(min_length=1, max_length=MAX_REFERENCE, description="An id or a slug")]


class Match(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which alarms. What is empty matches all; `sites`, `areas` (with those inside) and `assets` (with those that they
    contain) are alternatives to each other.
    """

    priorities: Annotated[list[PriorityNumber], Meta(max_length=4)] = []
    sites: Annotated[list[SiteReference], Meta(max_length=MAX_MATCHED)] = []
    areas: References = []
    assets: References = []
    rules: References = []


class Always(Struct, frozen=True, forbid_unknown_fields=True, tag="always", tag_field="kind"):
    pass


class WeeklyTimes(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """On these days from one time to another; to the next day if `to` is not after `from`. Days are those on which it
    begins.
    """

    days: Days
    start: TimeOfDay = member(name="from")
    end: TimeOfDay = member(name="to")


class Weekly(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="weekly", tag_field="kind"):
    zone: Zone
    times: Annotated[list[WeeklyTimes], Meta(min_length=1, max_length=MAX_ENTRIES)]


class DuringShifts(Struct, frozen=True, forbid_unknown_fields=True, tag="shifts", tag_field="kind"):
    """While somebody is on duty."""

    plan: PlanId


Active = Always | Weekly | DuringShifts


class RouteStep(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`after_s`: since the first step. People, and those on duty by the shift plans, get an e-mail, and in browsers
    where they have turned it on a push message if a channel of that kind is named.
    """

    after_s: Annotated[int, Meta(ge=0, le=MAX_AFTER_S)] = 0
    channels: Annotated[list[ChannelId], Meta(max_length=20)] = []
    people: People = []
    shifts: Annotated[list[PlanId], Meta(max_length=10)] = []


class Digest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One message with all alarms: `every_s` after the first of them, or daily `at` a time of the zone's clock."""

    every_s: Annotated[int, Meta(ge=60, le=7 * 86_400)] | None = None
    at: TimeOfDay | None = None
    zone: Zone = "UTC"


class QuietHours(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Alarms, but those of the `exempt` priorities, wait for the end, and are then told in one message."""

    start: TimeOfDay = member(name="from")
    end: TimeOfDay = member(name="to")
    zone: Zone
    exempt: Annotated[list[PriorityNumber], Meta(max_length=4)] = member(default_factory=lambda: [1])


class RouteContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who is notified of which alarms. Routes are looked at by `order`; after one that matches and has `stop`, no more.

    Later steps, and repetitions, only while nobody has acknowledged and the alarm is neither shelved, suppressed nor
    out of service.
    """

    name: Name
    enabled: bool = True
    order: Annotated[int, Meta(ge=0, le=10_000)] = 100
    match: Match = Match()
    on: Annotated[list[Literal["raised", "returned"]], Meta(min_length=1, max_length=2)] = member(
        default_factory=lambda: ["raised"]
    )
    active: Active = Always()
    steps: Annotated[list[RouteStep], Meta(min_length=1, max_length=MAX_STEPS)]
    digest: Digest | None = None
    quiet: QuietHours | None = None
    repeat_s: Annotated[
        Annotated[int, Meta(ge=60, le=MAX_REPEAT_S)] | None,
        Meta(description="After the last step, to all steps again, while the alarm is active; for a day"),
    ] = None
    stop: bool = False


class RouteChange(RouteContent, frozen=True, kw_only=True):
    revision: GivenRevision = None


class RouteRevision(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A route as it was read."""

    id: Annotated[str, Meta(min_length=1, max_length=40)]
    revision: Annotated[int, Meta(ge=1, le=2**63 - 1)]


class RouteOrder(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All routes in the order in which they are to be looked at."""

    routes: Annotated[list[RouteRevision], Meta(min_length=1, max_length=MAX_ROUTES)]


class Route(RouteContent, frozen=True, forbid_unknown_fields=False, kw_only=True):
    id: Id
    revision: Revision
    created: int
    created_by: str
    changed: int
    changed_by: str


class ShiftEntry(WeeklyTimes, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who is on duty at these times, beside the group of the rotation."""

    people: People = []


class Rotation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Groups take turns at all entries, or around the clock without any: each for `days`, the first from `begins`."""

    days: Annotated[int, Meta(ge=1, le=366)]
    begins: Date
    groups: Annotated[list[People], Meta(min_length=1, max_length=MAX_GROUPS)]


class PlanContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Name
    zone: Zone
    entries: Annotated[list[ShiftEntry], Meta(max_length=MAX_ENTRIES)] = []
    rotation: Rotation | None = None


class PlanChange(PlanContent, frozen=True, kw_only=True):
    revision: GivenRevision = None


class ShiftPlan(PlanContent, frozen=True, forbid_unknown_fields=False, kw_only=True):
    id: Id
    revision: Revision
    created: int
    created_by: str
    changed: int
    changed_by: str


DeliveryState = Literal["waiting", "sending", "sent", "failed", "doubtful", "cancelled"]
DELIVERY_STATES: tuple[str, ...] = DeliveryState.__args__  # type: ignore[attr-defined]


class Delivery(Struct, frozen=True, kw_only=True):
    """One message to one recipient. `doubtful`: it may have arrived; it is, or was, repeated with the same id."""

    id: Annotated[str, Meta(description="Also the idempotency key that receivers get")]
    state: DeliveryState
    reason: Reason
    key: Annotated[str, Meta(description="Of the alarm; of the first one in a digest")]
    occurrence: str
    alarms: Annotated[int, Meta(description="How many the message is about")]
    name: Annotated[str, Meta(description="Of the alarm's rule")]
    priority: PriorityNumber
    route: Annotated[str, Meta(description="Its id")]
    route_name: str
    step: int
    channel: Annotated[str, Meta(description="Its id; empty: the e-mail address of a person's account")]
    kind: Kind
    recipient: Annotated[str, Meta(description="An address, a person or a channel, as people name it")]
    created: int
    due: Annotated[int, Meta(description="When it is sent, or was to be last")]
    attempts: int
    ended: int | None
    detail: Annotated[str, Meta(description="What the last attempt met with")]
