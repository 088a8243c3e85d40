"""Performance of the alarm system over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alarms.http.parameters import site_of
from alarms.performance import queries
from alarms.performance.models import MAX_OPERATORS
from catalog.snapshot import snapshot_of
from kernel.times import DAY, TimeRange
from web import query
from web.caller import tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response
from web.views import get

DEFAULT_RANGE_MS = 7 * DAY


@get
@requires("read", "viewer")
def figures(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/alarms/performance`"""
    tenant, now = tenant_of(request), now_ms()
    end = query.moment(request, "to")
    end = now if end is None else end
    start = query.moment(request, "from")
    range = TimeRange(end - DEFAULT_RANGE_MS if start is None else start, end)
    queries.check_range(range)
    operators = query.whole_number(request, "operators", 1, 1, MAX_OPERATORS)
    site = site_of(request, snapshot_of(tenant))
    return json_response(queries.performance(tenant, site, range, operators, now))
