"""A case, as sent, stored and returned. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from web.kept_files import StoredFile
from work.fields import (
    CaseKind,
    GivenRevision,
    MemberId,
    Moment,
    Person,
    PlantObject,
    Priority,
    Reference,
    Text,
    Title,
)

MAX_CASES = 20_000  # of a tenant: their heads are held in memory
MAX_STEPS = 200  # changes of state of one case
MAX_NOTES, MAX_NOTE = 200, 4_000  # of one case; characters
MAX_FILES = 20  # of one note
MAX_KEY, MAX_OCCURRENCE = 100, 120

CaseState = Literal["open", "in_progress", "done", "cancelled"]
STATES: tuple[CaseState, ...] = ("open", "in_progress", "done", "cancelled")
KINDS: tuple[CaseKind, ...] = ("service", "maintenance", "retrofit")


class CaseAlarm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The alarm that it follows from."""

    key: Annotated[str, Meta(min_length=1, max_length=MAX_KEY, description="`<rule>:<target>`")]
    occurrence: Annotated[
        Annotated[str, Meta(max_length=MAX_OCCURRENCE)], Meta(description="`<key>:<when it was raised>`, or empty")
    ] = ""


class GivenDowntime(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    start: Moment
    end: Annotated[Moment | None, Meta(description="Null: still down")] = None


class CaseContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """At least one of `asset`, `sensor`, `device` and `alarm` says what it is about; the asset follows from the others
    if it is not given. References are ids.
    """

    title: Title
    description: Text = ""
    kind: CaseKind = "service"
    priority: Priority = 3
    asset: Reference | None = None
    sensor: Reference | None = None
    device: Reference | None = None
    alarm: CaseAlarm | None = None
    assigned: MemberId | None = None
    due: Moment | None = None
    failure: Annotated[bool, Meta(description="The asset had failed: it counts for MTBF and MTTR")] = False
    downtime: Annotated[GivenDowntime | None, Meta(description="While the asset could not do its work")] = None
    suppress: Annotated[
        bool, Meta(description="While it is in progress, alarms of its asset and of what that contains are suppressed")
    ] = False
    what_was_done: Text = ""
    state: CaseState = "open"
    began: Annotated[
        Moment | None, Meta(description="When work on it began; omitted: unchanged, or now if this change starts it")
    ] = None
    ended: Annotated[Moment | None, Meta(description="When it was done or cancelled; left out: likewise")] = None


class NewCase(CaseContent, frozen=True, kw_only=True):
    opened: Annotated[Moment | None, Meta(description="In the past; left out: now")] = None


class CaseChange(CaseContent, frozen=True, kw_only=True):
    """What it is to be; its notes stay."""

    revision: GivenRevision = None


class CaseNoteContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=MAX_NOTE)]


class Downtime(Struct, frozen=True, kw_only=True):
    start: int
    end: Annotated[int | None, Meta(description="Null: still down")]


class CaseStep(Struct, frozen=True, kw_only=True):
    """When it came into a state, and by whom; `by` is empty for what the platform did."""

    at: int
    state: CaseState
    by: str


class CaseFile(StoredFile, frozen=True, kw_only=True):
    """A photo or another file of a note."""


class CaseNote(Struct, frozen=True, kw_only=True):
    """What somebody noted, with photos and other files; a file without a text is a note, too."""

    id: str
    at: int
    by: str
    text: str
    files: list[CaseFile]


class Case(Struct, frozen=True, kw_only=True):
    """Of a past moment: `state`, `began`, `ended` and `steps` as people say that they were then, `revision` as it is
    now, and the rest as it was stored then.
    """

    id: str
    number: Annotated[int, Meta(description="Counts the tenant's cases, from 1")]
    revision: int
    title: str
    description: str
    kind: CaseKind
    priority: Priority
    state: CaseState
    site: Annotated[str, Meta(description="An id; empty for what belongs to none")]
    asset: PlantObject | None
    asset_type: Annotated[str, Meta(description="Of the asset, as it was when the case was opened")]
    sensor: PlantObject | None
    device: PlantObject | None
    alarm: CaseAlarm | None
    assigned: Person | None
    due: int | None
    opened: int
    opened_by: Annotated[str, Meta(description="Empty: the platform, for a plan")]
    began: int | None
    ended: Annotated[int | None, Meta(description="When it was done or cancelled")]
    failure: bool
    downtime: Downtime | None
    suppress: bool
    what_was_done: str
    steps: list[CaseStep]
    plan: Annotated[str | None, Meta(description="The maintenance plan that opened it")]
    campaign: Annotated[str | None, Meta(description="The campaign that it is of, for `device`")]
    changed: int
    changed_by: str

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "in_progress")

    def is_overdue(self, now: int) -> bool:
        return self.is_open and self.due is not None and self.due < now


class CaseWithNotes(Case, frozen=True, kw_only=True):
    notes: Annotated[list[CaseNote], Meta(description="The oldest first")]


class CaseCounts(Struct, frozen=True, kw_only=True):
    """Of all that fit the filters, but for `state` and `overdue`."""

    open: int
    in_progress: int
    done: int
    cancelled: int
    overdue: int
    unassigned: Annotated[int, Meta(description="Open or in progress, and unassigned")]


class CaseList(Struct, frozen=True, kw_only=True):
    """Open ones first: the overdue, then by priority and due date; then the closed, the last one first."""

    results: list[Case]
    counts: CaseCounts
    next: str | None


class PersonList(Struct, frozen=True, kw_only=True):
    """Whom cases may be assigned to, by name."""

    results: list[Person]
    me: Annotated[str | None, Meta(description="Which of them the caller is; null: none")]
