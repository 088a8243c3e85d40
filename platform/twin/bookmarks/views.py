"""Bookmarks over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from twin.bookmarks import operations
from twin.bookmarks.models import Bookmark, ChangedBookmark, NewBookmark
from web.audit import audit
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import methods


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = operations.find(tenant_of(request), caller_of(request), request.GET.get("site"))
    return json_response(page_of(request, sorted(found, key=_by_time), key=_by_time))


@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    body = read_json(request, NewBookmark)
    made = operations.create(tenant_of(request), caller_of(request), body, now_ms())
    if made.shared:
        audit(request, "bookmark.create", made.id, {"name": made.name})
    return with_etag(json_response(made, 201), made.revision)


@requires("write", "engineer")
def _update(request: HttpRequest, id: str) -> HttpResponse:
    body = read_json(request, ChangedBookmark)
    revision = required_revision(request, body.revision)
    changed = operations.change(tenant_of(request), caller_of(request), id, body, revision)
    if changed.shared:
        audit(request, "bookmark.update", id, {"name": changed.name})
    return with_etag(json_response(changed), changed.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), caller_of(request), id, revision_of(request))
    if gone.shared:
        audit(request, "bookmark.delete", id, {"name": gone.name})
    return no_content()


def _by_time(bookmark: Bookmark) -> str:
    """Ascending, also before 1970."""
    return f"{bookmark.start + 2**53:020d} {bookmark.id}"


bookmarks = methods(GET=_list, POST=_create)
bookmark = methods(PUT=_update, DELETE=_delete)
