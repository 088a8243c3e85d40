"""Calculated series over HTTP."""

from __future__ import annotations

import re
from typing import cast

from django.http import HttpRequest, HttpResponse

from analysis.calculated import operations, repository
from analysis.calculated.models import CalculatedChange, CalculatedHead, Draft, NewCalculated
from analysis.calculated.series import METHODS, read_series
from historian.http import requests as params
from historian.http.csv_export import MEDIA_TYPE, series_csv
from historian.shape.methods import Method
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.query import choice, whole_number
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import get, methods, post

FORMATS = ("json", "csv")
MAX_BODY = 64 << 10
MAX_VERSION = 1_000_000


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = operations.find(tenant_of(request), request.GET.get("site"), request.GET.get("q", ""))
    return json_response(page_of(request, found, key=repository.place_of, present=CalculatedHead.info))


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, NewCalculated)
    made = operations.create(tenant_of(request), content, author=caller_of(request).username, now=now_ms())
    audit(request, "calculated.create", made.id, {"name": made.name, "expression": made.expression})
    return with_etag(json_response(made, 201, f"/api/v1/calculated/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    found = repository.get(tenant_of(request), id)
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires("write", "engineer")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, CalculatedChange)
    revision, author = required_revision(request, content.revision), caller_of(request).username
    made = operations.change(tenant_of(request), id, content, revision, author=author, now=now_ms())
    detail = {"name": made.name, "version": made.versions[-1].version, "expression": made.expression}
    audit(request, "calculated.update", id, {**detail, "note": content.note})
    return with_etag(json_response(made), made.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = repository.delete(tenant_of(request), id, revision_of(request))
    audit(request, "calculated.delete", id, {"name": gone.name})
    return no_content()


@post
@takes(MAX_BODY)
@requires("read", "viewer")
def check(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/calculated/check`"""
    return json_response(operations.check(tenant_of(request), read_json(request, Draft)))


@get
@requires("read", "viewer")
def samples(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/calculated/{id}/samples`"""
    tenant, query = tenant_of(request), request.GET
    series = repository.head(tenant, id)
    version = series.last
    if "version" in query:
        number = whole_number(request, "version", 0, 1, MAX_VERSION)
        version = operations.named_version(repository.get(tenant, id), number)
    method = cast(Method, choice(request, "method", METHODS, "auto"))
    wanted = choice(request, "format", FORMATS, "json")
    span = params.parse_span(query.get("start"), query.get("end"))
    points = params.parse_points(query.get("points", params.DEFAULT_POINTS))
    sensor = operations.sensor_of(series, version.unit)
    definition = operations.definition_of(tenant, version)
    view = read_series(tenant, sensor, definition, span, points, method, now_ms=now_ms())
    if wanted == "json":
        return json_response(view)
    response = HttpResponse(series_csv([sensor], [view]), content_type=MEDIA_TYPE)
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", series.name).strip("._") or "calculated"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


many = methods(GET=_list, POST=_create)
one = methods(GET=_read, PUT=_change, DELETE=_delete)
