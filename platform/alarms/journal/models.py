"""Entries of the journal, as stored and as the API returns them. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from alarms.about import About, AlarmAsset, AlarmTarget, PriorityNumber
from alarms.machine.model import State, Transition

Event = Literal[
    "raised", "returned", "acknowledged", "reset", "shelved", "unshelved", "suppressed", "released",
    "out_of_service", "in_service", "disabled", "note", "notified", "notification_failed",
]  # fmt: skip
EVENTS: tuple[str, ...] = Event.__args__  # type: ignore[attr-defined]


class JournalEntry(Struct, frozen=True):
    """A stored transition: the JSON body of a point of measurement `alarms`. `number`: from the commit script."""

    key: str
    number: int
    transition: Transition
    about: About


class SnapshotAlarm(Struct, frozen=True):
    """One alarm that is not plainly normal, as of a snapshot."""

    key: str
    state: State
    about: About


class JournalTransition(Struct, frozen=True, kw_only=True):
    """What an alarm did at `t`, with the names of that time."""

    number: Annotated[int, Meta(description="Counts the tenant's transitions")]
    t: int
    what: Event
    key: Annotated[str, Meta(description="Of the alarm: `<rule>:<target>`")]
    occurrence: Annotated[str | None, Meta(description="`<key>:<when it was raised>`; null if it is of none")]
    condition: Annotated[
        Literal["normal", "unacknowledged", "acknowledged", "returned", "latched"], Meta(description="Afterwards")
    ]
    rule: str
    rule_version: int
    name: str
    level: str
    priority: PriorityNumber
    kind: str
    site: str
    target: AlarmTarget
    asset: AlarmAsset | None
    value: float | str | None
    limit: float | None
    unit: str
    text: str
    person: Annotated[str, Meta(description="Who did it; empty: nobody")]
    note: str
    verdict: Literal["genuine", "false"] | None
    until: Annotated[int | None, Meta(description="Of a shelf")]
    late: Annotated[bool, Meta(description="Found when late samples arrived: nobody was notified")]
    past: Annotated[bool, Meta(description="Found in imported history: nobody was notified")]


class JournalPage(Struct, frozen=True, kw_only=True):
    """Newest first."""

    transitions: list[JournalTransition]
    next: str | None
