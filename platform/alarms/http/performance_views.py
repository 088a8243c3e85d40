"""Performance of the alarm system over HTTP."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from alarms.http.parameters import site_of
from alarms.performance import queries
from alarms.performance.models import MAX_OPERATORS
from catalog.snapshot import Snapshot, snapshot_of
from catalog.zones import check_zone
from kernel.errors import BadRequest
from kernel.periods import BY, By
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
    catalog = snapshot_of(tenant)
    site, by = site_of(request, catalog), query.choice(request, "by", BY, BY[0]) if "by" in request.GET else None
    zone = _zone(request.GET.get("zone"), catalog, site)
    past = query.flag(request, "past")
    return json_response(queries.performance(tenant, site, range, operators, now, zone, cast(By | None, by), past))


def _zone(text: str | None, catalog: Snapshot, site: str) -> ZoneInfo:
    """The zone requested, else that of the site; of all sites the one that they have in common, else UTC."""
    if text is not None:
        try:
            return ZoneInfo(check_zone(text))
        except ValueError as error:
            raise BadRequest(f"zone: {error}", slug="bad-zone", parameter="zone") from None
    zones = {catalog.sites[site].timezone} if site else {each.timezone for each in catalog.sites.values()}
    return ZoneInfo(zones.pop() if len(zones) == 1 else "UTC")
