"""Alarms as the API takes and returns them. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from alarms.about import AlarmAsset, AlarmTarget, PriorityNumber
from kernel.times import EARLIEST, LATEST, MAX_CHARS

MAX_KEYS = 500  # of one request
MAX_KEY, MAX_NOTE = 100, 2_000  # characters
VIEWS = ("active", "shelved", "suppressed", "out_of_service", "all")
SORTS = ("priority", "raised", "tag", "cause")

AlarmCondition = Literal["normal", "unacknowledged", "acknowledged", "returned", "latched"]
Verdict = Literal["genuine", "false"]
Key = Annotated[str, Meta(min_length=1, max_length=MAX_KEY)]
Keys = Annotated[list[Key], Meta(min_length=1, max_length=MAX_KEYS, description="`key` of each alarm")]
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Reason = Annotated[str, Meta(min_length=1, max_length=MAX_NOTE)]
Moment = Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=EARLIEST, le=LATEST)]


class AlarmShelf(Struct, frozen=True, kw_only=True, gc=False):
    until: int
    reason: str
    by: str


class AlarmCause(Struct, frozen=True, kw_only=True, gc=False):
    """The alarm that this one follows from: of an asset that feeds its own, raised at most an hour before."""

    key: str
    name: str
    asset: AlarmAsset | None


class Alarm(Struct, frozen=True, kw_only=True, gc=False):
    """A rule at a target, and how it is. Times are null where nothing of the kind has happened."""

    key: Annotated[str, Meta(description="`<rule>:<target>`")]
    rule: Annotated[str, Meta(description="Its id; empty for an alert of another system")]
    rule_version: int
    name: Annotated[str, Meta(description="The rule's")]
    level: Annotated[str, Meta(description="Of a limit, such as high-high")]
    priority: Annotated[PriorityNumber, Meta(description="1 is the highest")]
    kind: Annotated[str, Meta(description="Of the rule's trigger, such as limit; external for other systems' alerts")]
    site: str
    target: AlarmTarget
    asset: AlarmAsset | None
    condition: AlarmCondition
    raised: int | None
    returned: int | None
    acknowledged: int | None
    acknowledged_by: str
    note: str
    verdict: Annotated[Verdict | None, Meta(description="What an operator said of it")]
    value: float | str | None
    limit: float | None
    unit: str
    text: Annotated[str, Meta(description="One line that describes it, such as “17.9 °C over 14.5 °C”")]
    shelf: AlarmShelf | None
    suppressed: Annotated[list[str], Meta(description="By what: alarm:<key>, maintenance:<case>:<its number>")]
    out_of_service: Annotated[str, Meta(description="Why; empty: it is in service")]
    cause: AlarmCause | None
    consequences: Annotated[int, Meta(description="Of how many listed alarms it is the cause, directly or not")]
    revision: Annotated[int, Meta(description="Of its state; 0 for a past moment")]


class AlarmCounts(Struct, frozen=True, kw_only=True):
    """Of all alarms that fit the filters, but for the view. Active ones are neither shelved, suppressed nor out of
    service.
    """

    active: int
    unacknowledged: Annotated[int, Meta(description="Active, or returned to normal, and not acknowledged")]
    shelved: int
    suppressed: int
    out_of_service: int
    by_priority: Annotated[list[int], Meta(description="Active ones of priority 1, 2, 3, 4")]


class AlarmFlood(Struct, frozen=True, kw_only=True):
    """More than 10 alarms were raised within 10 minutes."""

    since: int
    count: Annotated[int, Meta(description="Raised since then")]


class AlarmList(Struct, frozen=True, kw_only=True):
    alarms: list[Alarm]
    counts: AlarmCounts
    flood: AlarmFlood | None
    sort: Annotated[str, Meta(description="As sorted: by cause during a flood, unless `sort` says otherwise")]
    complete: Annotated[bool, Meta(description="False for a past moment whose journal is still being written")]
    at: int
    next: str | None


class AlarmAcknowledgement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    keys: Keys
    note: Note = ""
    verdict: Verdict | None = None


class AlarmShelving(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    keys: Keys
    until: Annotated[str, Meta(min_length=1, max_length=MAX_CHARS)] | Annotated[int, Meta(ge=1, le=LATEST)]
    reason: Reason


class AlarmRemoval(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From service."""

    keys: Keys
    reason: Reason


class AlarmKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    keys: Keys


class AlarmNote(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    keys: Keys
    note: Reason
    verdict: Verdict | None = None


class AlarmRefusal(Struct, frozen=True, kw_only=True):
    key: str
    detail: str


class AlarmActionResult(Struct, frozen=True, kw_only=True):
    """`alarms`: as they are now; `refused`: those for which nothing was done, and why."""

    alarms: list[Alarm]
    refused: list[AlarmRefusal]
