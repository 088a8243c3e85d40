"""Types of events and look-up tables as the API shows them, and what it takes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from ingest.events.event import MAX_FIELDS, MAX_NAME_CHARS, TYPE_PATTERN
from ingest.events.lookup import MAX_ROWS, MAX_TYPES, Row
from ingest.events.schema import FieldName, FieldSchema

Note = Annotated[str, Meta(max_length=200)]
Revision = Annotated[int, Meta(ge=1, le=2**53)]
TypeName = Annotated[str, Meta(max_length=64, pattern=f"^{TYPE_PATTERN}$")]


class VersionInfo(Struct, frozen=True):
    """When and by whom a version was made."""

    version: int
    author: str
    created: Annotated[int, Meta(description="Epoch ms")]
    note: str


class EventType(Struct, frozen=True):
    """A type of events. Without a schema `version` and `revision` are 0, and all fields are kept as they come."""

    type: str
    version: int
    revision: int
    fields: dict[str, FieldSchema]
    versions: list[VersionInfo]
    last_arrival: Annotated[int | None, Meta(description="Epoch ms; null: none has arrived")]


class EventTypeList(Struct, frozen=True):
    """By name: those that have a schema, and those that have arrived."""

    results: list[EventType]
    next: str | None


class NewSchema(Struct, frozen=True, forbid_unknown_fields=True):
    """A new version of a type's schema. `revision`: the one that was read; none if there is no schema yet."""

    fields: Annotated[dict[FieldName, FieldSchema], Meta(max_length=MAX_FIELDS)]
    revision: Revision | None = None
    note: Note = ""


class SchemaVersion(Struct, frozen=True):
    """A version with its fields."""

    version: VersionInfo
    fields: dict[str, FieldSchema]


class VersionList(Struct, frozen=True):
    """Newest first."""

    results: list[VersionInfo]
    next: str | None


class OverflowCount(Struct, frozen=True):
    """How many events had a value in this field that did not fit, by the firmware of their devices."""

    field: Annotated[str, Meta(description="Empty: fields beyond those that are counted by name")]
    firmware: str
    events: int


class OverflowCounts(Struct, frozen=True):
    """Since the events were not yet replayed. The most frequent first."""

    results: list[OverflowCount]


class ReplayRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the replay goes on: `next` of the last response."""

    cursor: Annotated[str, Meta(min_length=1, max_length=60)] | None = None


class ReplayedEvents(Struct, frozen=True):
    """What became of some of the events with an overflow, newest first."""

    read: int
    repaired: Annotated[int, Meta(description="Whose fields all fit now; their ids are unchanged")]
    left: Annotated[int, Meta(description="Of the events read: those that still have an overflow")]
    next: Annotated[str | None, Meta(description="The cursor to go on with; null: these were the last")]


class EventTable(Struct, frozen=True):
    """A look-up table, and how it came to be."""

    name: str
    revision: int
    key: str
    types: list[str]
    timezone: str
    rows: list[Row]
    version: VersionInfo


class EventTableInfo(Struct, frozen=True):
    """A look-up table without its rows."""

    name: str
    revision: int
    key: str
    types: list[str]
    timezone: str
    rows: int
    version: VersionInfo


class EventTableList(Struct, frozen=True):
    """By name, which is the order in which they are applied: of equal names of values the last table's counts."""

    results: list[EventTableInfo]
    next: str | None


class EventTableRows(Struct, frozen=True):
    """Rows of a look-up table, in its order."""

    results: list[Row]
    next: str | None


class NewTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A look-up table. `revision`: the one that was read; none if the table is new."""

    rows: Annotated[list[Row], Meta(max_length=MAX_ROWS)]
    key: Annotated[
        str, Meta(min_length=1, max_length=MAX_NAME_CHARS, description="The name of a field, or `device`")
    ] = "device"
    types: Annotated[list[TypeName], Meta(max_length=MAX_TYPES, description="Only these; empty: all")] = []
    timezone: Annotated[str, Meta(min_length=1, max_length=60, description="IANA, of the rows' daily times")] = "UTC"
    revision: Revision | None = None
    note: Note = ""
