"""Totals of a sensor."""

from __future__ import annotations

import re
from typing import cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from analysis.totals.csv_export import totals_csv
from analysis.totals.query import totals as totals_of
from catalog.models import Sensor
from catalog.snapshot import Snapshot, snapshot_of
from catalog.zones import check_zone
from historian.http import requests as params
from historian.http.csv_export import MEDIA_TYPE
from kernel.errors import BadRequest
from kernel.periods import BY, By
from web.caller import tenant_of
from web.clock import now_ms
from web.query import choice
from web.requires import requires
from web.respond import json_response
from web.views import get

FORMATS = ("json", "csv")


@get
@requires(scope="read", role="viewer")
def totals(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/sensors/{id}/totals`"""
    tenant, query = tenant_of(request), request.GET
    snapshot = snapshot_of(tenant)
    sensor = params.sensor_of(snapshot, id)
    by = cast(By, choice(request, "by", BY, "day"))
    wanted = choice(request, "format", FORMATS, "json")
    zone = _zone(query.get("zone"), snapshot, sensor)
    span = params.parse_span(query.get("start"), query.get("end"))
    found = totals_of(tenant, sensor, span, by, zone, now_ms=now_ms())
    if wanted == "json":
        return json_response(found)
    response = HttpResponse(totals_csv(sensor, found), content_type=MEDIA_TYPE)
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", f"{sensor.tag}_{by}").strip("._")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _zone(text: str | None, snapshot: Snapshot, sensor: Sensor) -> ZoneInfo:
    """The zone requested, else that of the sensor's site."""
    if text is None:
        return ZoneInfo(snapshot.sites[sensor.site].timezone)
    try:
        return ZoneInfo(check_zone(text))
    except ValueError as error:
        raise BadRequest(f"zone: {error}", slug="bad-zone", parameter="zone") from None
