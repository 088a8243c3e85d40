"""Campaigns over HTTP."""

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
from web.views import methods, post
from work.campaigns import operations
from work.campaigns.models import CampaignCaseOpening, CampaignChange, CampaignContent, CampaignMarking
from work.campaigns.repository import place_of
from work.http.parameters import past_moment

MAX_BODY = 64 << 10


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    now = now_ms()
    found = operations.find(tenant_of(request), now, past_moment(request, now))
    return json_response(page_of(request, found, key=place_of))


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, CampaignContent)
    made = operations.create(tenant_of(request), content, author=caller_of(request).username, now=now_ms())
    audit(request, "campaign.create", made.id, {"name": made.name})
    return with_etag(json_response(made, 201, f"/api/v1/campaigns/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    now = now_ms()
    found = operations.read(tenant_of(request), id, now, past_moment(request, now))
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires("write", "engineer")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, CampaignChange)
    revision, author = required_revision(request, content.revision), caller_of(request).username
    before, after = operations.change(tenant_of(request), id, content, revision, author=author, now=now_ms())
    audit(request, "campaign.update", id, {"before": before.name, "after": after.name, "closed": after.closed})
    return with_etag(json_response(after), after.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), id, revision_of(request), now_ms())
    audit(request, "campaign.delete", id, {"name": gone.name})
    return no_content()


@post
@takes(MAX_BODY)
@requires("write", "engineer")
def devices(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/campaigns/{id}/devices`"""
    marking, author = read_json(request, CampaignMarking), caller_of(request).username
    after = operations.mark(tenant_of(request), id, marking, author=author, now=now_ms())
    detail = {"progress": marking.progress, "count": len(marking.devices), "devices": marking.devices[:20]}
    audit(request, "campaign.mark", id, detail)
    return with_etag(json_response(after), after.revision)


@post
@takes(MAX_BODY)
@requires("write", "engineer")
def cases(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/campaigns/{id}/cases`"""
    wanted, author = read_json(request, CampaignCaseOpening), caller_of(request).username
    made = operations.open_cases(tenant_of(request), id, wanted.devices, author=author, now=now_ms())
    audit(request, "campaign.open-cases", id, {"opened": made.opened, "cases": made.cases[:20]})
    return json_response(made)


campaigns = methods(GET=_list, POST=_create)
campaign = methods(GET=_read, PUT=_change, DELETE=_delete)
