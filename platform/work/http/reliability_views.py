"""Reliability over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import BadRequest
from kernel.times import DAY, TimeRange
from web import query
from web.caller import tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response
from web.views import get
from work.http.parameters import FORMATS, asset_of, csv_file, site_of
from work.plans.models import MAX_TYPE
from work.reliability.csv_export import csv_text
from work.reliability.queries import Scope
from work.reliability.queries import reliability as reliability_of

DEFAULT_DAYS = 365


@get
@requires("read", "viewer")
def reliability(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/reliability`"""
    tenant, now = tenant_of(request), now_ms()
    format = query.choice(request, "format", FORMATS, FORMATS[0], slug="unknown-format")
    scope = _scope(request, snapshot_of(tenant))
    found = reliability_of(tenant, scope, _span(request, now), now)
    return json_response(found) if format == "json" else csv_file(csv_text(found), "reliability")


def _scope(request: HttpRequest, snapshot: Snapshot) -> Scope:
    asset, type_, site = asset_of(request, snapshot), request.GET.get("type", ""), site_of(request, snapshot)
    if asset and (type_ or site):
        raise BadRequest("Ask either for an asset, or for a type or site.", slug="bad-filter", parameter="asset")
    if len(type_) > MAX_TYPE:
        raise BadRequest(f"type has more than {MAX_TYPE} characters.", slug="bad-parameter", parameter="type")
    return Scope(asset, type_, site)


def _span(request: HttpRequest, now: int) -> TimeRange:
    """To now at most; a year if nothing is said."""
    end = query.moment(request, "to")
    end = now if end is None else min(end, now)
    start = query.moment(request, "from")
    start = end - DEFAULT_DAYS * DAY if start is None else start
    if start >= end:
        raise BadRequest("from must be before to, and in the past.", slug="empty-range", parameter="from")
    return TimeRange(start, end)
