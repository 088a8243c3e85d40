"""Annotations over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from kernel.errors import BadRequest
from web import query
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.kept_files import MAX_FILE_BYTES, file_response
from web.paging import newest_first, page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import methods, post
from workspace.annotations import operations
from workspace.annotations.models import Annotation, AnnotationChange, AnnotationContent
from workspace.annotations.repository import ANNOTATIONS

MAX_TARGETS = 200


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    start, end = query.moment(request, "start"), query.moment(request, "end")
    if start is not None and end is not None and start >= end:
        raise BadRequest("start must be before end.", slug="empty-range", parameter="start")
    found = operations.find(
        tenant_of(request),
        start=start,
        end=end,
        site=request.GET.get("site"),
        targets=_targets(request),
        words=request.GET.get("q", ""),
    )
    return json_response(page_of(request, found, key=_key))


@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    content = read_json(request, AnnotationContent)
    made = operations.create(tenant_of(request), content, author=caller_of(request).username, now=now_ms())
    audit(request, "annotation.create", made.id, {"target": made.target, "text": made.text})
    return with_etag(json_response(made, 201, f"/api/v1/annotations/{made.id}"), made.revision)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    found = ANNOTATIONS.get(tenant_of(request), id)
    return with_etag(json_response(found), found.revision)


@requires("write", "engineer")
def _update(request: HttpRequest, id: str) -> HttpResponse:
    content = read_json(request, AnnotationChange)
    revision = required_revision(request, content.revision)
    author = caller_of(request).username
    before, after = operations.change(tenant_of(request), id, content, revision, author=author, now=now_ms())
    audit(request, "annotation.update", id, {"before": before.text, "after": after.text})
    return with_etag(json_response(after), after.revision)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), id, revision_of(request))
    audit(request, "annotation.delete", id, {"target": gone.target, "text": gone.text, "author": gone.author})
    return no_content()


@post
@takes(MAX_FILE_BYTES)
@requires("write", "engineer")
def annotation_files(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/annotations/{id}/files?name=`: the body is the file."""
    if (name := request.GET.get("name")) is None:
        raise BadRequest("name is missing: the file's name.", slug="missing-parameter", parameter="name")
    by = caller_of(request).username
    after, file = operations.add_file(tenant_of(request), id, name, request.body, author=by, now=now_ms())
    audit(request, "annotation.add-file", id, {"name": file.name, "bytes": file.bytes})
    return with_etag(json_response(after, 201, f"/api/v1/annotations/{id}/files/{file.id}"), after.revision)


@requires("read", "viewer")
def _read_file(request: HttpRequest, id: str, file: str) -> HttpResponse:
    found, content = operations.read_file(tenant_of(request), id, file)
    return file_response(found.name, content)


@requires("write", "engineer")
def _remove_file(request: HttpRequest, id: str, file: str) -> HttpResponse:
    gone = operations.remove_file(tenant_of(request), id, file)
    audit(request, "annotation.remove-file", id, {"name": gone.name})
    return no_content()


def _key(annotation: Annotation) -> str:
    return newest_first(annotation.start, annotation.id)


def _targets(request: HttpRequest) -> frozenset[str] | None:
    """`?targets=a,b`"""
    text = request.GET.get("targets")
    if text is None:
        return None
    targets = text.split(",")
    if len(targets) > MAX_TARGETS or not all(targets):
        raise BadRequest(
            f"targets= takes 1 to {MAX_TARGETS} ids, separated by commas.", slug="bad-targets", parameter="targets"
        )
    return frozenset(targets)


annotation_list = methods(GET=_list, POST=_create)
annotation = methods(GET=_read, PUT=_update, DELETE=_delete)
annotation_file = methods(GET=_read_file, DELETE=_remove_file)
