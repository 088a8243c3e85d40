"""Drafts over HTTP: saved every few seconds by everybody who edits."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from msgspec import Meta, Struct

from twin.bodies import MAX_DRAWING_BYTES, BaseRevision, Name, SiteName, VersionNumber
from twin.drafts import operations
from twin.drafts.models import DraftInfo
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import revision_of, with_etag
from web.views import methods


class NewDraft(Struct, forbid_unknown_fields=True):
    """Body of POST: a schematic that does not exist yet. An empty sheet if `drawing` is missing."""

    site: SiteName
    name: Name
    drawing: Any = None


class SavedDraft(Struct, forbid_unknown_fields=True):
    """Body of PUT. `base` and `name` stay as they are if they are missing."""

    drawing: Any
    revision: BaseRevision = None
    base: Annotated[VersionNumber | None, Meta(description="The version it was made from; the newest by default")] = (
        None
    )
    name: Name | None = None


reads = requires("read", "engineer")
writes = requires("write", "engineer")


@reads
def _mine(request: HttpRequest) -> HttpResponse:
    found = operations.of_person(tenant_of(request), caller_of(request), request.GET.get("site"))
    return json_response(page_of(request, found, key=_last_saved_first))


@takes(MAX_DRAWING_BYTES)
@writes
def _start(request: HttpRequest) -> HttpResponse:
    body = read_json(request, NewDraft)
    draft = operations.start(tenant_of(request), caller_of(request), body.site, body.name, body.drawing, now_ms())
    audit(request, "draft.create", draft.schematic, {"name": draft.name, "site": draft.site})
    response = json_response(draft, 201, location=f"/api/v1/schematics/{draft.schematic}/draft")
    return with_etag(response, draft.revision)


@requires("read", "viewer")
def _of_schematic(request: HttpRequest, id: str) -> HttpResponse:
    found = operations.of_schematic(tenant_of(request), caller_of(request), id)
    return json_response(page_of(request, found, key=_last_saved_first))


@reads
def _read(request: HttpRequest, id: str) -> HttpResponse:
    draft = operations.read(tenant_of(request), caller_of(request), id)
    return with_etag(json_response(draft), draft.revision)


@takes(MAX_DRAWING_BYTES)
@writes
def _save(request: HttpRequest, id: str) -> HttpResponse:
    body = read_json(request, SavedDraft)
    draft, first = operations.save(
        tenant_of(request),
        caller_of(request),
        id,
        body.drawing,
        now=now_ms(),
        revision=revision_of(request, body.revision),
        base=body.base,
        name=body.name,
    )
    return with_etag(json_response(draft, 201 if first else 200), draft.revision)


@writes
def _discard(request: HttpRequest, id: str) -> HttpResponse:
    operations.discard(tenant_of(request), caller_of(request), id, revision_of(request))
    audit(request, "draft.delete", id)
    return no_content()


def _last_saved_first(draft: DraftInfo) -> str:
    return f"{2**63 - draft.saved:020d} {draft.schematic} {draft.author}"


all_drafts = methods(GET=_mine, POST=_start)
drafts = methods(GET=_of_schematic)
draft = methods(GET=_read, PUT=_save, DELETE=_discard)
