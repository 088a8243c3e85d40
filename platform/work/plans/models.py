"""A maintenance plan, as sent, stored and returned. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from work.fields import GivenRevision, MemberId, Moment, Person, PlantObject, Priority, Reference, Text, Title

MAX_PLANS = 1_000  # of a tenant
MAX_ASSETS = 200  # of a plan
MAX_STANDING = 100  # assets in one answer: each may be counted from samples
MAX_OF_TYPE = 2_000  # assets of a plan by type
MAX_MEMBERS = 10_000  # present ones of a plan, and as many former ones
MAX_MEMBERS_BYTES = 4 << 20  # of each
MAX_LEAD_S = 366 * 86_400
MAX_TYPE = 100
MAX_EVENTS = 1_000  # that are counted

MemberKind = Literal["asset", "sensor", "device"]
Due = Literal["time", "run_hours", "events"]
Type = Annotated[str, Meta(min_length=1, max_length=MAX_TYPE)]


class CalendarDue(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """So long after it was done last, on the calendar of the asset's site: a month after 31 January is 28 February."""

    count: Annotated[int, Meta(ge=1, le=3_660)]
    unit: Literal["days", "weeks", "months", "years"]


class RunHoursDue(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """After so many hours of running since it was done last: by `run`, a definition of runs, or by a sensor of the
    asset whose tag or name fits `sensor` (`*` is any characters, `?` one): a counter in a unit of time, or a discrete
    one while it has one of `states`.
    """

    hours: Annotated[float, Meta(gt=0, le=1_000_000)]
    sensor: Reference | None = None
    states: Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=32)] = []
    run: Annotated[Reference | None, Meta(description="The id of a definition of runs; for a plan of one asset")] = None


class EventsDue(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """After so many events of a type from the asset's devices since it was done last."""

    type: Reference
    count: Annotated[int, Meta(ge=1, le=MAX_EVENTS)]


class PlanTriggers(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """At least one; whichever comes first."""

    calendar: CalendarDue | None = None
    run_hours: RunHoursDue | None = None
    events: EventsDue | None = None


class PlanTarget(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Either assets by id, or all of a type, at one site (id or slug) or at all."""

    assets: Annotated[list[Reference], Meta(min_length=1, max_length=MAX_ASSETS)] | None = None
    asset_type: Type | None = None
    site: Reference | None = None


class GivenLastDone(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    asset: Reference
    at: Moment


class MaintenancePlanContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Title
    enabled: bool = True
    target: Annotated[PlanTarget, Meta(extra_json_schema={"minProperties": 1})]
    every: Annotated[PlanTriggers, Meta(extra_json_schema={"minProperties": 1})]
    lead_s: Annotated[
        int, Meta(ge=0, le=MAX_LEAD_S, description="Its case is opened this long before the date of `calendar`")
    ] = 0
    priority: Priority = 3
    assigned: MemberId | None = None
    instruction: Text = ""
    suppress: Annotated[bool, Meta(description="Of its cases: they suppress alarms while they are in progress")] = True
    begins: Annotated[
        Moment | None, Meta(description="From when it counts where it was never done; left out: from now")
    ] = None
    last_done: Annotated[
        list[GivenLastDone], Meta(max_length=MAX_ASSETS, description="Before there was this plan, by asset")
    ] = []


class MaintenancePlanChange(MaintenancePlanContent, frozen=True, kw_only=True):
    revision: GivenRevision = None


class LastDone(Struct, frozen=True, kw_only=True):
    asset: str
    at: int


class MaintenancePlan(Struct, frozen=True, kw_only=True):
    """`begins`: from when it counts where it was never done."""

    id: str
    revision: int
    name: str
    enabled: bool
    target: PlanTarget
    every: PlanTriggers
    lead_s: int
    priority: Priority
    assigned: Person | None
    instruction: str
    suppress: bool
    begins: int
    last_done: list[LastDone]
    author: str
    created: int
    changed: int
    changed_by: str


class PlanMember(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of a plan's assets, or a sensor or device that its hours or events at the asset `asset` are counted by, from
    `joined` until `left` (None: still). One that is renamed leaves and joins.
    """

    kind: MemberKind
    id: str
    asset: str
    site: str
    tag: str = ""
    name: str = ""
    joined: int
    left: int | None = None


class PlanMembers(Struct, frozen=True, kw_only=True):
    """As stored. All members are known from `since` on; `digest` is of those that have not left."""

    since: int
    members: list[PlanMember]
    digest: str


class PlanStanding(Struct, frozen=True, kw_only=True):
    """One of its assets. Null where the plan does not count that, or it cannot be read now. Hours and events are of the
    last five years at most.
    """

    asset: PlantObject
    last_done: Annotated[int | None, Meta(description="Null: never; it counts from `begins`")]
    due: Annotated[int | None, Meta(description="By the calendar")]
    run_hours: Annotated[float | None, Meta(description="Since it was done last")]
    events: Annotated[int | None, Meta(description="Since it was done last")]
    reached: Annotated[list[Due], Meta(description="What is due now, the lead included")]
    open_case: Annotated[str | None, Meta(description="The id of its case that is not closed yet")]
    problem: Annotated[str | None, Meta(description="Why something cannot be counted, such as a missing sensor")]


class MaintenancePlanWithStanding(MaintenancePlan, frozen=True, kw_only=True):
    standing: Annotated[list[PlanStanding], Meta(description=f"Of the first {MAX_STANDING} assets, by tag")]
    targets: Annotated[int, Meta(description="For how many assets it is")]


class MaintenancePlanList(Struct, frozen=True, kw_only=True):
    """By name."""

    results: list[MaintenancePlan]
    next: str | None
