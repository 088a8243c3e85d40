"""Sinks of alarms over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from alarms.sinks import repository
from alarms.sinks.models import SinkChange, SinkContent
from alarms.sinks.trial import try_sink
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import methods, post

MAX_BODY = 256 << 10


@requires("read", "engineer")
def _list(request: HttpRequest) -> HttpResponse:
    return json_response(page_of(request, repository.find(tenant_of(request)), key=repository.place_of))


@takes(MAX_BODY)
@requires("write", "admin")
def _create(request: HttpRequest) -> HttpResponse:
    content, author = read_json(request, SinkContent), caller_of(request).username
    made = repository.put(tenant_of(request), None, content, None, author=author, now=now_ms())
    audit(request, "alarm-sinks.create", made.id, {"name": made.name})
    return with_etag(json_response(made, 201, f"/api/v1/alarm-sinks/{made.id}"), made.revision)


@requires("read", "engineer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    found = repository.get(tenant_of(request), id)
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires("write", "admin")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    change = read_json(request, SinkChange)
    revision, author = required_revision(request, change.revision), caller_of(request).username
    content = SinkContent(name=change.name, enabled=change.enabled, settings=change.settings)
    made = repository.put(tenant_of(request), id, content, revision, author=author, now=now_ms())
    audit(request, "alarm-sinks.update", id, {"name": made.name, "enabled": made.enabled})
    return with_etag(json_response(made), made.revision)


@requires("write", "admin")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = repository.delete(tenant_of(request), id, revision_of(request))
    audit(request, "alarm-sinks.delete", id, {"name": gone.name})
    return no_content()


@post
@requires("write", "admin")
def test(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/alarm-sinks/{id}/test`"""
    done = try_sink(tenant_of(request), id, now_ms())
    audit(request, "alarm-sinks.test", id, {"ok": done.ok})
    return json_response(done)


many = methods(GET=_list, POST=_create)
one = methods(GET=_read, PUT=_change, DELETE=_delete)
