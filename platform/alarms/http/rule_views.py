"""Alarm rules over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alarms.http.models import RuleVersion
from alarms.http.parameters import priorities_of, site_of, words_of
from alarms.rules import repository
from alarms.rules.models import AlarmRule, RuleChange, RuleContent
from alarms.rules.repository import StoredVersion, content_of
from catalog.snapshot import Snapshot, snapshot_of
from web import query
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import get, methods

MAX_BODY = 512 << 10


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    tenant = tenant_of(request)
    catalog = snapshot_of(tenant)
    site, priorities, words = site_of(request, catalog), priorities_of(request), words_of(request)
    enabled = query.flag(request, "enabled") if "enabled" in request.GET else None
    found = [
        rule
        for rule in repository.find(tenant)
        if (not site or is_of_site(rule, site, catalog))
        and (not priorities or rule.priority in priorities)
        and (enabled is None or rule.enabled is enabled)
        and all(word in _haystack(rule) for word in words)
    ]
    page = page_of(request, found, key=repository.place_of)
    return json_response({**page, "results": repository.with_problems(tenant, page["results"])})


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, RuleContent)
    made = repository.put(tenant_of(request), None, content, None, author=caller_of(request).username, now=now_ms())
    audit(request, "alarm-rules.create", made.id, {"name": made.name})
    return with_etag(json_response(made, 201, f"/api/v1/rules/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    [found] = repository.with_problems(tenant_of(request), [repository.get(tenant_of(request), id)])
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires("write", "engineer")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, RuleChange)
    revision, author = required_revision(request, content.revision), caller_of(request).username
    made = repository.put(tenant_of(request), id, content_of(content), revision, author=author, now=now_ms())
    audit(request, "alarm-rules.update", id, {"name": made.name, "version": made.version, "note": made.note})
    return with_etag(json_response(made), made.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = repository.delete(tenant_of(request), id, revision_of(request))
    audit(request, "alarm-rules.delete", id, {"name": gone.name})
    return no_content()


@get
@requires("read", "viewer")
def versions(request: HttpRequest, id: str) -> HttpResponse:
    """`GET /api/v1/rules/{id}/versions`"""
    found = [_version(each) for each in repository.versions(tenant_of(request), id)]
    return json_response(page_of(request, found, key=lambda each: f"{10**6 - each.version:06d}"))


def _version(stored: StoredVersion) -> RuleVersion:
    return RuleVersion(version=stored.version, author=stored.author, t=stored.t, content=stored.content)


def is_of_site(rule: AlarmRule, site: str, catalog: Snapshot) -> bool:
    """Rules of an asset type without a site, of devices and of sources are of every site."""
    applies = rule.applies
    if applies.site is not None:
        return applies.site == site
    sensors = [catalog.sensors[id] for id in applies.sensors if id in catalog.sensors]
    return not sensors or any(sensor.site == site for sensor in sensors)


def _haystack(rule: AlarmRule) -> str:
    return " ".join((rule.name, rule.description, rule.owner, rule.instruction)).casefold()


many = methods(GET=_list, POST=_create)
one = methods(GET=_read, PUT=_change, DELETE=_delete)
