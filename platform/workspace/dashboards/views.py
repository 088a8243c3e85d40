"""Dashboards over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from web.audit import audit
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import methods
from workspace.dashboards import operations
from workspace.dashboards.models import DashboardChange, DashboardContent, public


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = operations.find(tenant_of(request), caller_of(request))
    return json_response(page_of(request, found, key=operations.place_of))


@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, DashboardContent)
    made = operations.create(tenant_of(request), caller_of(request), content, now_ms())
    if made.shared:
        audit(request, "dashboard.create", made.id, {"name": made.name, "shared": True})
    return with_etag(json_response(made, 201, f"/api/v1/dashboards/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    caller = caller_of(request)
    found = public(operations.get(tenant_of(request), caller, id), caller)
    return with_etag(json_response(found), found.revision)


@requires("write", "engineer")
def _update(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, DashboardChange)
    revision = required_revision(request, content.revision)
    before, after = operations.change(tenant_of(request), caller_of(request), id, content, revision, now_ms())
    if before.shared or after.shared:
        name = after.name if after.shared else before.name
        audit(request, "dashboard.update", id, {"name": name, "shared": after.shared})
    return with_etag(json_response(after), after.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), caller_of(request), id, revision_of(request))
    if gone.shared:
        audit(request, "dashboard.delete", id, {"name": gone.name, "shared": True})
    return no_content()


dashboards = methods(GET=_list, POST=_create)
dashboard = methods(GET=_read, PUT=_update, DELETE=_delete)
