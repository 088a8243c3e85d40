"""Sources over HTTP. Reading requires the role viewer, all else engineer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ingest.named_sources.models import NamedSource
from ingest.source_admin import operations
from ingest.source_admin.models import NewSource, SourceChange
from web import stream
from web.audit import audit
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import revision_of, with_etag
from web.views import methods


@requires(scope="read", role="viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = operations.find_all(tenant_of(request))
    return json_response(page_of(request, found, operations.place_of))


@requires(scope="write", role="engineer")
def _create(request: HttpRequest) -> HttpResponse:
    made = operations.create(tenant_of(request), read_json(request, NewSource))
    detail = {"name": made.name, "kind": made.kind, "tokens": made.tokens[:20], "on_error": made.on_error}
    audit(request, "source.create", made.id, detail)
    stream.publish(tenant_of(request), stream.SOURCES, id=made.id)
    return with_etag(json_response(made, 201, f"/api/v1/sources/{made.id}"), made.revision)


@requires(scope="read", role="viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    found = operations.find(tenant_of(request), id)
    return with_etag(json_response(found), found.revision)


@requires(scope="write", role="engineer")
def _change(request: HttpRequest, id: str) -> HttpResponse:
    changes = read_json(request, SourceChange)
    revision = revision_of(request, changes.revision)
    by = caller_of(request).username
    before, after = operations.change(tenant_of(request), id, changes, revision, by, now_ms())
    _audit(request, before, after)
    stream.publish(tenant_of(request), stream.SOURCES, id=id)
    return with_etag(json_response(after), after.revision)


@requires(scope="write", role="engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), id, revision_of(request))
    audit(request, "source.delete", id, {"name": gone.name, "kind": gone.kind})
    stream.publish(tenant_of(request), stream.SOURCES, id=id)
    return no_content()


collection = methods(GET=_list, POST=_create)
document = methods(GET=_read, PATCH=_change, DELETE=_delete)


def _audit(request: HttpRequest, before: NamedSource, after: NamedSource) -> None:
    """Pausing and resuming are entries of their own."""
    if (before.paused is None) != (after.paused is None):
        audit(request, "source.pause" if after.paused else "source.resume", after.id, {"name": after.name})
    changed = {
        name: [getattr(before, name), getattr(after, name)]
        for name in ("name", "tokens", "description", "on_error")
        if getattr(before, name) != getattr(after, name)
    }
    if changed:
        audit(request, "source.update", after.id, changed)
