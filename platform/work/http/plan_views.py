"""Maintenance plans over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import methods
from work.http.parameters import past_moment
from work.plans import operations
from work.plans.models import MaintenancePlanChange, MaintenancePlanContent
from work.plans.repository import get, place_of

MAX_BODY = 64 << 10


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = operations.find(tenant_of(request), past_moment(request, now_ms()))
    return json_response(page_of(request, found, key=place_of))


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, MaintenancePlanContent)
    made = operations.create(tenant_of(request), content, author=caller_of(request).username, now=now_ms())
    audit(request, "maintenance-plan.create", made.id, {"name": made.name})
    return with_etag(json_response(made, 201, f"/api/v1/maintenance-plans/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    tenant, now = tenant_of(request), now_ms()
    at = past_moment(request, now)
    found = operations.with_standing(tenant, get(tenant, id, at), now, at)
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires("write", "engineer")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, MaintenancePlanChange)
    revision, author = required_revision(request, content.revision), caller_of(request).username
    before, after = operations.change(tenant_of(request), id, content, revision, author=author, now=now_ms())
    audit(request, "maintenance-plan.update", id, {"before": before.name, "after": after.name})
    return with_etag(json_response(after), after.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), id, revision_of(request), now_ms())
    audit(request, "maintenance-plan.delete", id, {"name": gone.name})
    return no_content()


plans = methods(GET=_list, POST=_create)
plan = methods(GET=_read, PUT=_change, DELETE=_delete)
