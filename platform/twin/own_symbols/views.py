"""A tenant's own symbols over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from twin.own_symbols import operations
from twin.own_symbols.models import SymbolChange, SymbolContent
from twin.own_symbols.repository import place_of
from web.audit import audit
from web.bodies import MIB, takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import methods

MAX_BODY = 1 * MIB  # an SVG of MAX_SVG_CHARS, escaped


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    return json_response(page_of(request, operations.find(tenant_of(request)), key=place_of))


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, SymbolContent)
    made = operations.create(tenant_of(request), content, author=caller_of(request).username, now=now_ms())
    audit(request, "symbol.create", made.id, {"name": made.name})
    return with_etag(json_response(made, 201, f"/api/v1/symbols/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    found = operations.read(tenant_of(request), id)
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires("write", "engineer")
def _update(request: HttpRequest, id: str) -> HttpResponse:
    change = read_json(request, SymbolChange)
    revision = required_revision(request, change.revision)
    author = caller_of(request).username
    made = operations.add_version(tenant_of(request), id, change, revision, author=author, now=now_ms())
    audit(request, "symbol.update", id, {"name": made.name, "version": made.versions[-1].version, "note": change.note})
    return with_etag(json_response(made), made.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), id, revision_of(request))
    audit(request, "symbol.delete", id, {"name": gone.name})
    return no_content()


symbols = methods(GET=_list, POST=_create)
symbol = methods(GET=_read, PUT=_update, DELETE=_delete)
