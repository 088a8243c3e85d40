"""Types of events and look-up tables over HTTP. Engineers change them."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse

from ingest.events import tables, types
from ingest.events.tables_csv import csv_text, parse_csv
from ingest.events.type_models import EventTableRows, NewSchema, NewTable, OverflowCounts, ReplayRequest
from kernel.errors import NotFound
from kernel.numbers import parse_count
from web import query
from web.audit import audit
from web.bodies import KIB, MIB, takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import bad_cursor, limit_of, next_url, page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import revision_of, with_etag
from web.views import get, methods, post

MAX_SCHEMA_BYTES, MAX_TABLE_BYTES = 256 * KIB, 2 * MIB
ROWS_FORMATS = ("json", "csv")


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/event-types`"""
    return json_response(page_of(request, types.find_all(tenant_of(request)), lambda each: each.type))


@requires("read", "viewer")
def _read(request: HttpRequest, type: str) -> HttpResponse:
    found = types.find(tenant_of(request), type)
    return with_etag(json_response(found), found.revision) if found.revision else json_response(found)


@takes(MAX_SCHEMA_BYTES)
@requires("write", "engineer")
def _put(request: HttpRequest, type: str) -> HttpResponse:
    new = read_json(request, NewSchema)
    revision = revision_of(request, new.revision)
    after = types.put(tenant_of(request), type, new, revision, caller_of(request).username, now_ms())
    audit(request, "event-type.update", type, {"version": after.version, "fields": len(after.fields), "note": new.note})
    return with_etag(json_response(after), after.revision)


@requires("write", "engineer")
def _remove(request: HttpRequest, type: str) -> HttpResponse:
    gone = types.remove(tenant_of(request), type, revision_of(request))
    audit(request, "event-type.delete", type, {"version": gone.version})
    return no_content()


@get
@requires("read", "viewer")
def versions(request: HttpRequest, type: str) -> HttpResponse:
    """`GET /api/v1/event-types/{type}/versions`: newest first."""
    found = types.versions(tenant_of(request), type)
    return json_response(page_of(request, found, lambda each: f"{10**9 - each.version:09d}"))


@get
@requires("read", "viewer")
def version(request: HttpRequest, type: str, version: str) -> HttpResponse:
    """`GET /api/v1/event-types/{type}/versions/{version}`"""
    number = parse_count(version)
    if number is None:
        raise NotFound(f"“{version[:40]}” is not the number of a version.")
    return json_response(types.version(tenant_of(request), type, number))


@get
@requires("read", "viewer")
def proposal(request: HttpRequest, type: str) -> HttpResponse:
    """`GET /api/v1/event-types/{type}/proposal`"""
    return json_response(types.proposal(tenant_of(request), type, now_ms()))


@get
@requires("read", "viewer")
def overflow(request: HttpRequest, type: str) -> HttpResponse:
    """`GET /api/v1/event-types/{type}/overflow`"""
    return json_response(OverflowCounts(types.overflow(tenant_of(request), type)))


@post
@requires("write", "engineer")
def replay(request: HttpRequest, type: str) -> HttpResponse:
    """`POST /api/v1/event-types/{type}/replay`: a page of the events with an overflow."""
    cursor = (read_json(request, ReplayRequest) if request.body else ReplayRequest()).cursor
    if cursor == "":
        raise bad_cursor()
    replayed = types.replay(tenant_of(request), type, cursor or "", time.time_ns())
    audit(request, "event-type.replay", type, {"read": replayed.read, "repaired": replayed.repaired})
    return json_response(replayed)


@requires("read", "viewer")
def _list_tables(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/event-tables`"""
    return json_response(page_of(request, tables.find_all(tenant_of(request)), lambda each: each.name))


@requires("read", "viewer")
def _read_table(request: HttpRequest, name: str) -> HttpResponse:
    found = tables.find(tenant_of(request), name)
    return with_etag(json_response(found), found.revision)


@takes(MAX_TABLE_BYTES)
@requires("write", "engineer")
def _put_table(request: HttpRequest, name: str) -> HttpResponse:
    new = read_json(request, NewTable)
    revision = revision_of(request, new.revision)
    after = tables.put(tenant_of(request), name, new, revision, caller_of(request).username, now_ms())
    audit(request, "event-table.update", name, {"rows": len(after.rows), "note": new.note})
    return with_etag(json_response(after), after.revision)


@requires("write", "engineer")
def _remove_table(request: HttpRequest, name: str) -> HttpResponse:
    gone = tables.remove(tenant_of(request), name, revision_of(request))
    audit(request, "event-table.delete", name, {"rows": len(gone.rows)})
    return no_content()


@requires("read", "viewer")
def _read_rows(request: HttpRequest, name: str) -> HttpResponse:
    """`GET /api/v1/event-tables/{name}/rows`: page by page, or all of them as a file."""
    table = tables.find(tenant_of(request), name)
    if query.choice(request, "format", ROWS_FORMATS, "json", slug="unknown-format") == "csv":
        response = HttpResponse(csv_text(table.rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
        return with_etag(response, table.revision)
    rows, cursor = tables.rows_after(table, request.GET.get("cursor"), limit_of(request))
    page = EventTableRows(rows, next_url(request, cursor) if cursor else None)
    return with_etag(json_response(page), table.revision)


@takes(MAX_TABLE_BYTES)
@requires("write", "engineer")
def _put_rows(request: HttpRequest, name: str) -> HttpResponse:
    """`PUT /api/v1/event-tables/{name}/rows`: a CSV file in place of all rows."""
    tenant, revision = tenant_of(request), revision_of(request)
    after = tables.put_rows(tenant, name, parse_csv(request.body), revision, caller_of(request).username, now_ms())
    audit(request, "event-table.update", name, {"rows": len(after.rows), "note": "CSV"})
    return with_etag(json_response(tables.info_of(after)), after.revision)


event_types = methods(GET=_list)
event_type = methods(GET=_read, PUT=_put, DELETE=_remove)
event_tables = methods(GET=_list_tables)
event_table_rows = methods(GET=_read_rows, PUT=_put_rows)
event_table = methods(GET=_read_table, PUT=_put_table, DELETE=_remove_table)
