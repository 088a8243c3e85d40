"""Runs over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from analysis.runs import operations, queries, repository
from analysis.runs.models import NewRunDefinition, NewRunMark, OverlayQuery, RunDefinitionChange
from historian.http import requests as params
from kernel.times import TimeRange
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import delete, get, methods, post

MAX_BODY = 64 << 10


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = operations.find(tenant_of(request), request.GET.get("site"))
    return json_response(page_of(request, found, key=repository.place_of))


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    made = operations.create(tenant_of(request), read_json(request, NewRunDefinition))
    audit(request, "runs.create", made.id, {"name": made.name})
    return with_etag(json_response(made, 201, f"/api/v1/run-definitions/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    found = repository.get(tenant_of(request), id)
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires("write", "engineer")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, RunDefinitionChange)
    made = operations.change(tenant_of(request), id, content, required_revision(request, content.revision))
    audit(request, "runs.update", id, {"name": made.name})
    return with_etag(json_response(made), made.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = repository.delete(tenant_of(request), id, revision_of(request))
    audit(request, "runs.delete", id, {"name": gone.name})
    return no_content()


@get
@requires("read", "viewer")
def runs(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/run-definitions/{id}/runs`"""
    definition = repository.get(tenant_of(request), id)
    span = params.parse_span(request.GET.get("start"), request.GET.get("end"))
    return json_response(queries.runs(tenant_of(request), definition, span, now_ms()))


@post
@takes(MAX_BODY)
@requires("write", "engineer")
def mark(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/run-definitions/{id}/marks`"""
    made = operations.mark(tenant_of(request), id, read_json(request, NewRunMark), caller_of(request).username)
    audit(request, "runs.mark", id, {"mark": made.id, "start": made.start, "end": made.end})
    return json_response(made, 201)


@delete
@requires("write", "engineer")
def unmark(request: HttpRequest, runs: str, id: str) -> HttpResponse:
    """`DELETE /api/v1/run-definitions/{runs}/marks/{id}`"""
    gone = repository.remove_mark(tenant_of(request), runs, id)
    audit(request, "runs.unmark", runs, {"mark": gone.id, "start": gone.start, "end": gone.end})
    return no_content()


@post
@takes(MAX_BODY)
@requires("read", "viewer")
def overlay(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/runs/overlay`"""
    query = read_json(request, OverlayQuery)
    spans = [TimeRange(*operations.span_of(run.start, run.end)) for run in query.runs]
    return json_response(queries.overlay(tenant_of(request), query.sensor, spans, query.points, now_ms()))


many = methods(GET=_list, POST=_create)
one = methods(GET=_read, PUT=_change, DELETE=_delete)
