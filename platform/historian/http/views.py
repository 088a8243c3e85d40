"""Samples, values and statistics. Plain views: a DRF view costs more than reading a day of samples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from catalog.models import Sensor
from catalog.snapshot import Snapshot, snapshot_and_answers, snapshot_of
from historian.asof.present import present_question
from historian.asof.query import as_of, as_of_now
from historian.asof.values import AsOf
from historian.http import arrow, other_series
from historian.http import csv_export as export
from historian.http import requests as params
from historian.http.pages import raw_page, raw_pages
from historian.http.responses import RawPage, SeriesResponse, ValuesResponse
from historian.read.ladders import Ladders, ladders_in, ladders_question
from historian.shape.gaps import gaps_of_page
from historian.shape.series import BandView, Line
from historian.statistics.distribution_query import distribution
from historian.statistics.query import statistics
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange, parse_time
from stores.redis.questions import Question
from web.caller import tenant_of
from web.clock import now_ms
from web.paging import next_url
from web.requires import requires
from web.respond import json_response, read_json
from web.stores import hold
from web.views import get, post

View = Line | BandView
EXPORT_PAGE = 50_000  # samples read and sent at a time


@get
@requires(scope="read", role="viewer")
def samples(request: HttpRequest, id: str) -> HttpResponseBase:
    """`GET /api/v1/sensors/{id}/samples`"""
    tenant, query = tenant_of(request), request.GET
    _, [sensor], ladders = _with_ladders(tenant, lambda snapshot: [other_series.describe(tenant, snapshot, id)])
    method = params.parse_method(query.get("method", "auto"))
    wanted = params.parse_format(query.get("format", "json"))
    span = params.parse_span(query.get("start"), query.get("end"))
    if method == "raw" and not other_series.is_other(id):
        return _raw(request, sensor, span, wanted)
    points = params.parse_points(query.get("points", params.DEFAULT_POINTS))
    found = other_series.read_named(tenant, [sensor], span, points, method, now_ms=now_ms(), ladders=ladders)
    return _shown([sensor], found, wanted, sensor.tag) or json_response(found[0])


def _raw(request: HttpRequest, sensor: Sensor, span: TimeRange, wanted: params.Format) -> HttpResponseBase:
    tenant = tenant_of(request)
    if wanted != "json":
        hold(tenant)
        rest = raw_pages(tenant, sensor, span, EXPORT_PAGE)
        pages = chain([next(rest)], rest)  # a store that is down is reported before the response starts
        if wanted == "csv":
            return _download(export.raw_csv(sensor, pages), sensor.tag)
        return StreamingHttpResponse(arrow.raw_arrow(sensor, pages), content_type=arrow.MEDIA_TYPE)
    limit = params.parse_page_size(request.GET)
    cursor = request.GET.get("cursor")
    after = params.parse_cursor(cursor, span) if cursor is not None else None
    page = raw_page(tenant, sensor, span, after, limit)
    return json_response(
        RawPage(
            sensor=sensor.id,
            start=span.start,
            end=span.end,
            t=page.raw.t_ms.tolist(),
            v=page.raw.v.tolist(),
            q=page.raw.q.tolist(),
            gaps=gaps_of_page(sensor, page.raw, page.span, now_ms()),
            next=next_url(request, str(page.cursor)) if page.cursor is not None else None,
        )
    )


@post
@requires(scope="read", role="viewer")
def samples_query(request: HttpRequest) -> HttpResponseBase:
    """`POST /api/v1/samples/query`"""
    tenant = tenant_of(request)
    query = read_json(request, params.Query)
    method = params.parse_method(query.method)
    wanted = params.parse_format(query.format)
    if method == "raw":
        raise BadRequest(
            "Raw samples come page by page for one sensor: GET /api/v1/sensors/{id}/samples?method=raw.",
            slug="method-does-not-fit",
            parameter="method",
        )
    ids = params.distinct_ids(query.sensors, params.MAX_SENSORS)
    _, sensors, ladders = _with_ladders(
        tenant, lambda snapshot: [other_series.describe(tenant, snapshot, id) for id in ids]
    )
    span, points = params.parse_span(query.start, query.end), params.parse_points(query.points)
    found = other_series.read_named(
        tenant, sensors, span, points, method, now_ms=now_ms(), ladders=ladders, broken="empty"
    )
    return _shown(sensors, found, wanted, "samples") or json_response(SeriesResponse(found))


@get
@requires(scope="read", role="viewer")
def values(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/values`"""
    tenant, now = tenant_of(request), now_ms()
    text = request.GET.get("at")
    at = parse_time(text, "at") if text else now
    if at >= now:
        snapshot, values = _present_values(request, tenant, at)
    else:
        snapshot, sensors, ladders = _with_ladders(tenant, lambda snapshot: _sensors_for_values(request, snapshot))
        values = as_of(tenant, sensors, at, now, ladders)
    values = other_series.with_others(tenant, _named(request) or [], values, at, now)
    return json_response(ValuesResponse(at, at >= now, values, f"{snapshot.position.epoch}:{snapshot.position.number}"))


def _with_ladders(
    tenant: TenantConnection, choose: Callable[[Snapshot], list[Sensor]]
) -> tuple[Snapshot, list[Sensor], Ladders]:
    """The catalog as of now, what is chosen of it, and the state of their ladders: mostly in one round trip."""
    chosen: list[Sensor] = []

    def ask_for(snapshot: Snapshot) -> list[Question]:
        chosen[:] = choose(snapshot)
        return [ladders_question(tenant, chosen)]

    snapshot, [[reply]] = snapshot_and_answers(tenant, ask_for)
    return snapshot, chosen, ladders_in(reply, chosen)


def _present_values(request: HttpRequest, tenant: TenantConnection, at: int) -> tuple[Snapshot, list[AsOf]]:
    wanted: list[Sensor] = []

    def ask_for(snapshot: Snapshot) -> list[Question]:
        wanted[:] = _sensors_for_values(request, snapshot)
        return present_question(tenant, wanted)

    snapshot, answers = snapshot_and_answers(tenant, ask_for)
    return snapshot, as_of_now(tenant, wanted, answers[0][0], at) if wanted else []


@get
@requires(scope="read", role="viewer")
def sensor_statistics(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/sensors/{id}/statistics`"""
    tenant, query = tenant_of(request), request.GET
    sensor = params.sensor_of(snapshot_of(tenant), id)
    span = params.parse_span(query.get("start"), query.get("end"))
    percentiles = params.parse_percentiles(query.get("percentiles", ""))
    return json_response(statistics(tenant, sensor, span, percentiles, now_ms=now_ms()))


@get
@requires(scope="read", role="viewer")
def sensor_distribution(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/sensors/{id}/distribution`"""
    tenant, query = tenant_of(request), request.GET
    sensor = params.sensor_of(snapshot_of(tenant), id)
    span = params.parse_span(query.get("start"), query.get("end"))
    bins = params.parse_bins(query.get("bins", params.DEFAULT_BINS))
    return json_response(distribution(tenant, sensor, span, bins, now_ms=now_ms()))


def _shown(
    sensors: Sequence[Sensor], found: Sequence[View], wanted: params.Format, name: str
) -> HttpResponseBase | None:
    """The response as CSV or Arrow; None if JSON was requested."""
    if wanted == "csv":
        return _download(export.series_csv(sensors, found), name)
    if wanted == "arrow":
        return HttpResponse(arrow.series_arrow(sensors, found), content_type=arrow.MEDIA_TYPE)
    return None


def _sensors_for_values(request: HttpRequest, snapshot: Snapshot) -> list[Sensor]:
    """Those named by `sensors`, else all of `site`."""
    named = _named(request)
    if named is not None:
        ids = params.distinct_ids(named, params.MAX_VALUES)
        return [params.sensor_of(snapshot, id) for id in ids if not other_series.is_other(id)]
    wanted = request.GET.get("site")
    if not wanted:
        raise BadRequest("Say which sensors: sensors=<id>,<id>… or site=<id>.", slug="no-sensors", parameter="sensors")
    return sensors_of_site(snapshot, wanted)


def _named(request: HttpRequest) -> list[str] | None:
    named = request.GET.get("sensors")
    return None if named is None else [id for id in named.split(",") if id]


def sensors_of_site(snapshot: Snapshot, wanted: str) -> list[Sensor]:
    site = snapshot.site(wanted)
    if site is None:
        raise NotFound(f"There is no site {wanted}.", slug="unknown-site", site=wanted)
    sensors = [sensor for sensor in snapshot.sensors.values() if sensor.site == site.id]
    if len(sensors) > params.MAX_VALUES:
        raise BadRequest(
            f"The site has {len(sensors):,} sensors; one request takes {params.MAX_VALUES:,}. Name them by sensors=.",
            slug="too-many-sensors",
            limit=params.MAX_VALUES,
        )
    return sensors


def _download(content: str | Iterator[str], name: str) -> HttpResponseBase:
    """A CSV download with a file name that is valid on any system."""
    response: HttpResponseBase
    if isinstance(content, str):
        response = HttpResponse(content, content_type=export.MEDIA_TYPE)
    else:
        response = StreamingHttpResponse(content, content_type=export.MEDIA_TYPE)
    file = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._") or "samples"
    response["Content-Disposition"] = f'attachment; filename="{file}.csv"'
    return response
