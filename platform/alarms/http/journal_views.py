"""The journal over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alarms.http.openapi import FORMATS
from alarms.http.parameters import assets_of, priorities_of, site_of
from alarms.journal import queries
from alarms.journal.files import csv_text, parquet_bytes
from alarms.journal.models import EVENTS, JournalPage
from alarms.lists.models import MAX_KEY
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import BadRequest
from stores.timeseries.alarms import JournalFilter
from web import query
from web.caller import tenant_of
from web.clock import now_ms
from web.paging import bad_cursor, limit_of, next_url
from web.requires import requires
from web.respond import json_response
from web.views import get

NEXT_PAGE = "X-Next-Page"  # of formats that have no place for it
MAX_ASSETS = 200  # a condition each
PARQUET = "application/vnd.apache.parquet"


@get
@requires("read", "viewer")
def listed(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/journal`: newest first."""
    tenant, limit, cursor = tenant_of(request), limit_of(request), request.GET.get("cursor")
    format = query.choice(request, "format", FORMATS, FORMATS[0], slug="unknown-format")
    catalog = snapshot_of(tenant)
    which = _which(request, catalog)
    if cursor == "":
        raise bad_cursor()
    found = queries.page(tenant, which, limit, now_ms(), cursor or "")
    transitions = [queries.presented(each, queries.states_of(catalog, each.about.target.id)) for each in found.entries]
    more = next_url(request, found.next) if found.next else None
    match format:
        case "json":
            return json_response(JournalPage(transitions=transitions, next=more))
        case "csv":
            response = HttpResponse(csv_text(transitions), content_type="text/csv; charset=utf-8")
        case _:
            response = HttpResponse(parquet_bytes(transitions), content_type=PARQUET)
    response["Content-Disposition"] = f'attachment; filename="journal.{format}"'
    if more:
        response[NEXT_PAGE] = more
    return response


def _which(request: HttpRequest, catalog: Snapshot) -> JournalFilter:
    start, end = query.moment(request, "from"), query.moment(request, "to")
    if start is not None and end is not None and start >= end:
        raise BadRequest("from must be before to.", slug="empty-range", parameter="from")
    first, last = queries.bounds(start, end)
    return JournalFilter(
        first,
        last,
        key=_short(request, "key"),
        rule=_short(request, "rule"),
        target=_short(request, "sensor"),
        assets=_bounded(assets_of(request, catalog)),
        site=site_of(request, catalog),
        priorities=sorted(priorities_of(request)),
        whats=_whats(request),
    )


def _bounded(assets: frozenset[str]) -> list[str]:
    if len(assets) > MAX_ASSETS:
        raise BadRequest(
            f"This asset and those in it are {len(assets):,}; the journal is read for at most {MAX_ASSETS:,}. Name one "
            "of them, or its site.",
            slug="too-many-assets",
            parameter="asset",
        )
    return sorted(assets)


def _short(request: HttpRequest, name: str) -> str:
    """What it names may be gone, and its journal is still there."""
    text = request.GET.get(name, "")
    if len(text) > MAX_KEY:
        raise BadRequest(
            f"{name} has {len(text)} characters; {MAX_KEY} are allowed.", slug="bad-parameter", parameter=name
        )
    return text


def _whats(request: HttpRequest) -> list[str]:
    text = request.GET.get("what")
    if text is None:
        return []
    wanted = list(dict.fromkeys(text.split(",")))
    for each in wanted:
        if each not in EVENTS:
            raise BadRequest(
                f"what={each[:40]} is not one of {', '.join(EVENTS)}.", slug="bad-parameter", parameter="what"
            )
    return wanted
