"""Templates over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from twin.templates import operations
from twin.templates.models import MAX_TEMPLATE_BYTES, TEMPLATES, NewTemplate, StoredTemplate, TemplateChange
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import methods

MAX_BODY = 4 * MAX_TEMPLATE_BYTES  # the same with blanks


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    return json_response(page_of(request, operations.find(tenant_of(request)), key=operations.place_of))


@takes(MAX_BODY)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, NewTemplate)
    made = operations.create(tenant_of(request), content, author=caller_of(request).username, now=now_ms())
    audit(request, "schematic-template.create", made.id, {"name": made.name})
    return with_etag(json_response(made, 201, f"/api/v1/schematic-templates/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    found = TEMPLATES.get(tenant_of(request), id).public()
    return with_etag(json_response(found), found.revision)


@takes(MAX_BODY)
@requires("write", "engineer")
def _update(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, TemplateChange)
    revision, author = required_revision(request, content.revision), caller_of(request).username
    after = operations.change(tenant_of(request), id, content, revision, author=author, now=now_ms())
    audit(request, "schematic-template.update", id, {"name": after.name})
    return with_etag(json_response(after), after.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = TEMPLATES.delete(tenant_of(request), id, revision_of(request), shown=StoredTemplate.public)
    audit(request, "schematic-template.delete", id, {"name": gone.name})
    return no_content()


templates = methods(GET=_list, POST=_create)
template = methods(GET=_read, PUT=_update, DELETE=_delete)
