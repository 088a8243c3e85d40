"""A campaign, as sent, stored and returned. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from work.fields import GivenRevision, MemberId, Moment, Person, Priority, Reference, Text, Title

MAX_CAMPAIGNS = 200  # of a tenant
MAX_DEVICES = 5_000  # of a campaign
MAX_PATTERNS, MAX_PATTERN = 50, 100
MAX_MARKED = 500  # devices in one request
MAX_REPLACED, MAX_REPLACED_BYTES = 20_000, 4 << 20  # changes of devices that are known of a campaign, the last ones

Pattern = Annotated[str, Meta(min_length=1, max_length=MAX_PATTERN)]
Patterns = Annotated[list[Pattern], Meta(max_length=MAX_PATTERNS)]
Progress = Literal["pending", "done", "skipped", "left"]


class DeviceQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which devices: those that fit each of the members that are given, of which at least one must be. In patterns `*`
    is any characters, `?` one.
    """

    asset_types: Annotated[Patterns, Meta(description="The type of the asset that a device belongs to")] = []
    names: Annotated[Patterns, Meta(description="Patterns, one of which must match its name")] = []
    firmware: Annotated[Patterns, Meta(description="Patterns, one of which must match its reported firmware")] = []
    not_firmware: Annotated[Patterns, Meta(description="Patterns, none of which may match its reported firmware")] = []
    site: Annotated[Reference | None, Meta(description="Id or slug of its asset's site")] = None


class CampaignContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`closed`: devices join and leave no more."""

    name: Title
    query: Annotated[DeviceQuery, Meta(extra_json_schema={"minProperties": 1})]
    instruction: Text = ""
    priority: Priority = 3
    assigned: MemberId | None = None
    due: Moment | None = None
    closed: bool = False


class CampaignChange(CampaignContent, frozen=True, kw_only=True):
    revision: GivenRevision = None


class CampaignMarking(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Says of devices how far they are; `pending` takes it back."""

    devices: Annotated[list[Reference], Meta(min_length=1, max_length=MAX_MARKED, description="Ids")]
    progress: Literal["pending", "done", "skipped"]
    note: Annotated[str, Meta(max_length=500)] = ""


class CampaignCaseOpening(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A case for each of these pending devices that has none."""

    devices: Annotated[list[Reference], Meta(min_length=1, max_length=MAX_MARKED, description="Ids")]


class CampaignDevice(Struct, frozen=True, kw_only=True):
    """`pending`: it fits the query. `done`: somebody said so, or its case is done. `left`: it fits no more, as after an
    upgrade. `case`: the id of its case.
    """

    device: str
    name: str
    asset: str | None
    firmware: Annotated[str, Meta(description="As it reported when it joined")]
    progress: Progress
    joined: int
    changed: int
    by: Annotated[str, Meta(description="Who said so; empty: the platform")]
    note: str
    case: str | None


class CampaignCounts(Struct, frozen=True, kw_only=True):
    pending: int
    done: int
    skipped: int
    left: int


class CampaignRecord(Struct, frozen=True, kw_only=True):
    """As stored."""

    id: str
    revision: int
    name: str
    query: DeviceQuery
    instruction: str
    priority: Priority
    assigned: Person | None
    due: int | None
    closed: bool
    author: str
    created: int
    changed: int
    changed_by: str


class Campaign(CampaignRecord, frozen=True, kw_only=True):
    counts: CampaignCounts
    truncated: Annotated[
        bool, Meta(description=f"More than {MAX_DEVICES:,} devices match; the others are not included")
    ]


class CampaignWithDevices(Campaign, frozen=True, kw_only=True):
    devices: Annotated[list[CampaignDevice], Meta(description="By name")]


class CampaignList(Struct, frozen=True, kw_only=True):
    """Those that are not closed first, then by name."""

    results: list[Campaign]
    next: str | None


class CampaignCasesOpened(Struct, frozen=True, kw_only=True):
    """`cases`: their ids, also of those that there were already."""

    cases: list[str]
    opened: int
