"""Stored events over HTTP."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from ingest.events import attachments, queries, retention
from ingest.events.event import MAX_DEVICE_CHARS
from ingest.events.formats import csv_text, ndjson
from ingest.events.models import EventList, body_of, present
from kernel.errors import BadRequest
from web import query
from web.audit import audit
from web.caller import tenant_of
from web.clock import now_ms
from web.paging import bad_cursor, limit_of, next_url
from web.requires import requires
from web.respond import json_response, read_json
from web.views import get, methods

FORMATS = ("json", "ndjson", "csv")
MAX_TYPES = 20
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
NEXT_PAGE = "X-Next-Page"  # of formats that have no place for it


@requires("read", "viewer")
def listed(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/events?device=&type=&from=&to=`: newest first."""
    start, end, limit = query.moment(request, "from"), query.moment(request, "to"), limit_of(request)
    if start is not None and end is not None and start >= end:
        raise BadRequest("from must be before to.", slug="empty-range", parameter="from")
    which = queries.which_events(start, end, now_ms(), _types(request), _device(request))
    cursor = request.GET.get("cursor")
    if cursor == "":
        raise bad_cursor()
    found = queries.page(tenant_of(request), which, limit, cursor or "")
    events = [present(event) for event in found.events]
    more = next_url(request, found.next) if found.next else None
    match query.choice(request, "format", FORMATS, "json", slug="unknown-format"):
        case "json":
            return json_response(EventList(events, more))
        case "csv":
            response = HttpResponse(csv_text(events), content_type="text/csv; charset=utf-8")
        case _:
            response = HttpResponse(ndjson(events), content_type="application/x-ndjson")
    if more:
        response[NEXT_PAGE] = more
    return response


@get
@requires("read", "viewer")
def one(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/events/{id}`"""
    return json_response(present(queries.find(tenant_of(request), id)))


@get
@requires("read", "viewer")
def attachment(request: HttpRequest, id: str, name: str) -> HttpResponse:
    """`GET /api/v1/events/{id}/attachments/{name}`: to be saved, never shown, as devices wrote it."""
    tenant = tenant_of(request)
    found = body_of(queries.find(tenant, id)).attachments
    field, each, content = attachments.read(tenant, found, name)
    response = HttpResponse(content, content_type=each.media_type)
    suffix = "json" if each.media_type == attachments.JSON else "txt"
    response["Content-Disposition"] = f'attachment; filename="{_UNSAFE.sub("_", field)}.{suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@requires("read", "viewer")
def _read_retention(request: HttpRequest) -> HttpResponse:
    return json_response(retention.retention_of(tenant_of(request)))


@requires("write", "admin")
def _set_retention(request: HttpRequest) -> HttpResponse:
    tenant, wanted = tenant_of(request), read_json(request, retention.EventRetention)
    before = retention.retention_of(tenant)
    retention.set_retention(tenant, wanted)
    audit(request, "event-retention.change", tenant.slug, {"before": before.days, "after": wanted.days})
    return json_response(wanted)


event_retention = methods(GET=_read_retention, PUT=_set_retention)


def _types(request: HttpRequest) -> tuple[str, ...]:
    """`?type=a,b`"""
    text = request.GET.get("type")
    if text is None:
        return ()
    types = tuple(dict.fromkeys(text.split(",")))
    if len(types) > MAX_TYPES or not all(types):
        raise BadRequest(f"type= takes 1 to {MAX_TYPES} types, separated by commas.", slug="bad-type", parameter="type")
    return types


def _device(request: HttpRequest) -> str:
    device = request.GET.get("device")
    if device is not None and not 0 < len(device) <= MAX_DEVICE_CHARS:
        raise BadRequest(
            f"device= takes a name of 1 to {MAX_DEVICE_CHARS} characters.", slug="bad-device", parameter="device"
        )
    return device or ""
