"""The OpenAPI operations of events."""

from __future__ import annotations

from ingest.events.event import MAX_DEVICE_CHARS
from ingest.events.models import Event, EventList
from ingest.events.proposal import Proposal
from ingest.events.retention import EventRetention
from ingest.events.type_models import (
    EventTable,
    EventTableInfo,
    EventTableList,
    EventTableRows,
    EventType,
    EventTypeList,
    NewSchema,
    NewTable,
    OverflowCounts,
    ReplayedEvents,
    ReplayRequest,
    SchemaVersion,
    VersionList,
)
from ingest.events.type_views import MAX_TABLE_BYTES, ROWS_FORMATS
from ingest.events.views import FORMATS, NEXT_PAGE
from web.openapi import TIME, describe, header_parameter, operation, paging, path_parameter, query_parameter

_BASE, _TAG = "/api/v1/events", "events"
_CSV = "key,from,to,shift\r\nM-17,,,early\r\n"
_IF_MATCH = header_parameter("If-Match", "The revision that was read")


def describe_all() -> None:
    listing = operation(
        "eventsList", "Stored events, newest first", _TAG,
        query_parameter("device", "Of this device only", {
            "type": "string", "minLength": 1, "maxLength": MAX_DEVICE_CHARS,
        }),
        query_parameter("type", "Of these types only, separated by commas", {"type": "string", "minLength": 1}),
        query_parameter("from", "Not before", TIME), query_parameter("to", "Before", TIME),
        query_parameter("format", "", {"type": "string", "enum": [*FORMATS], "default": FORMATS[0]}),
        *paging(), responses={200: EventList},
        description=f"NDJSON and CSV have the address of the next page in the header `{NEXT_PAGE}`.",
    )  # fmt: skip
    content = listing["responses"]["200"]["content"]
    content |= {name: {"schema": {"type": "string"}} for name in ("application/x-ndjson", "text/csv")}
    describe(_BASE, "get", listing)
    describe(f"{_BASE}/{{id}}", "get", operation(
        "eventRead", "One event", _TAG, path_parameter("id", "The event's id"), responses={200: Event},
    ))  # fmt: skip
    attachment = operation(
        "eventAttachmentRead", "A long text or payload of an event", _TAG, path_parameter("id", "The event's id"),
        path_parameter("name", "The end of its `address`"), responses={200: {}},
        description="Always as an attachment to be saved, never as something to be shown.",
    )  # fmt: skip
    attachment["responses"]["200"]["content"] = {
        "text/plain": {"schema": {"type": "string"}}, "application/json": {"schema": {}},
    }  # fmt: skip
    describe(f"{_BASE}/{{id}}/attachments/{{name}}", "get", attachment)
    describe("/api/v1/event-retention", "get", operation(
        "eventRetentionRead", "How long events are kept", _TAG, responses={200: EventRetention},
    ))  # fmt: skip
    describe("/api/v1/event-retention", "put", operation(
        "eventRetentionSet", "Set how long events are kept", _TAG, body=EventRetention, responses={200: EventRetention},
        description="It takes effect with the next daily run.",
    ))  # fmt: skip
    _describe_types()
    _describe_tables()


def _describe_types() -> None:
    base, tag, type_ = "/api/v1/event-types", "event types", path_parameter("type", "The type's name")
    describe(base, "get", operation(
        "eventTypesList", "Types of events that have a schema or have arrived", tag, *paging(),
        responses={200: EventTypeList},
    ))  # fmt: skip
    one = f"{base}/{{type}}"
    describe(one, "get", operation(
        "eventTypeRead", "A type of events", tag, type_, responses={200: EventType},
    ))  # fmt: skip
    describe(one, "put", operation(
        "eventTypePut", "Store a new version of a type's schema", tag, type_, _IF_MATCH,
        body=NewSchema, responses={200: EventType},
        description=(
            "Events that arrive from now on are stored according to it. A field that is not in it or does not fit is "
            "kept verbatim in the event's `_overflow`, and counted."
        ),
    ))  # fmt: skip
    describe(one, "delete", operation(
        "eventTypeRemove", "Remove a type's schema; its events are kept", tag, type_, _IF_MATCH, responses={204: None},
    ))  # fmt: skip
    describe(f"{one}/versions", "get", operation(
        "eventTypeVersions", "Versions of a type's schema, newest first", tag, type_, *paging(),
        responses={200: VersionList},
    ))  # fmt: skip
    describe(f"{one}/versions/{{version}}", "get", operation(
        "eventTypeVersion", "A version of a type's schema", tag, type_, path_parameter("version", "Its number"),
        responses={200: SchemaVersion},
    ))  # fmt: skip
    describe(f"{one}/proposal", "get", operation(
        "eventTypeProposal", "A schema that the newest events of a type suggest", tag, type_, responses={200: Proposal},
    ))  # fmt: skip
    describe(f"{one}/overflow", "get", operation(
        "eventTypeOverflow", "What does not fit a type's schema, by field and firmware", tag, type_,
        responses={200: OverflowCounts},
    ))  # fmt: skip
    replaying = operation(
        "eventTypeReplay", "Apply the present schema to events with an overflow", tag, type_,
        body=ReplayRequest, responses={200: ReplayedEvents},
        description="500 events at a time, newest first: repeat it with `cursor` until `next` is null.",
    )  # fmt: skip
    replaying["requestBody"]["required"] = False
    describe(f"{one}/replay", "post", replaying)


def _describe_tables() -> None:
    base, tag, name = "/api/v1/event-tables", "event types", path_parameter("name", "The table's name")
    describe(base, "get", operation(
        "eventTablesList", "Look-up tables, by name", tag, *paging(), responses={200: EventTableList},
        description="They add to events what devices do not know, such as the shift, the operator or the product.",
    ))  # fmt: skip
    one = f"{base}/{{name}}"
    describe(one, "get", operation("eventTableRead", "A look-up table", tag, name, responses={200: EventTable}))
    describe(one, "put", operation(
        "eventTablePut", "Store a look-up table", tag, name, _IF_MATCH, body=NewTable, responses={200: EventTable},
        description="It is applied to events that arrive from now on.",
    ))  # fmt: skip
    rows = f"{one}/rows"
    reading = operation(
        "eventTableRows", "Rows of a look-up table, page by page, or all of them as a CSV file", tag, name,
        query_parameter("format", "", {"type": "string", "enum": [*ROWS_FORMATS], "default": ROWS_FORMATS[0]}),
        *paging(), responses={200: EventTableRows},
        description="A table that was changed between two pages is read from its beginning: the cursor is refused.",
    )  # fmt: skip
    reading["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    describe(rows, "get", reading)
    writing = operation(
        "eventTableRowsPut", "Replace the rows of a look-up table by those of a CSV file", tag, name, _IF_MATCH,
        responses={200: EventTableInfo},
        description=(
            "The columns `key`, `from`, `to`, `daily_from` and `daily_to`, and one for each value. All rows are stored "
            "or none: 400 names the rows that are wrong. `If-Match` is needed."
        ),
    )  # fmt: skip
    content = {"schema": {"type": "string", "maxLength": MAX_TABLE_BYTES}, "example": _CSV}
    writing["requestBody"] = {"required": True, "content": {"text/csv": content}}
    describe(rows, "put", writing)
    describe(one, "delete", operation(
        "eventTableRemove", "Remove a look-up table", tag, name, _IF_MATCH, responses={204: None},
    ))  # fmt: skip
