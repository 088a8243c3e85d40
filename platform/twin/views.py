"""Schematics over HTTP. Frames and playback are requested many times a second."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from kernel.errors import BadRequest
from kernel.times import TimeRange
from twin import binary, operations, queries
from twin.bodies import (
    DEFAULT_FRAMES,
    MAX_DRAWING_BYTES,
    MAX_FRAMES,
    MAX_VERSION,
    MIN_FRAMES,
    NewSchematic,
    NewVersion,
    moment,
)
from twin.models import Schematic
from web import query
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of
from web.views import methods


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = queries.find(tenant_of(request), request.GET.get("site"))
    return json_response(page_of(request, sorted(found, key=_by_name), key=_by_name))


@takes(MAX_DRAWING_BYTES)
@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    body = read_json(request, NewSchematic)
    created = operations.create(
        tenant_of(request),
        body.site,
        body.name,
        body.drawing,
        author=caller_of(request).username,
        now=now_ms(),
        valid_from=moment(body.valid_from),
        note=body.note,
    )
    audit(request, "schematic.create", created.id, {"name": created.name, "site": created.site})
    return json_response(created, status=201)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    if number := query.whole_number(request, "version", 0, 1, MAX_VERSION):
        return json_response(queries.read_version(tenant_of(request), id, number))
    return json_response(queries.read(tenant_of(request), id, _at(request, now_ms())))


@takes(MAX_DRAWING_BYTES)
@requires("write", "engineer")
def _update(request: HttpRequest, id: str) -> HttpResponse:
    body = read_json(request, NewVersion)
    created = operations.add_version(
        tenant_of(request),
        id,
        body.drawing,
        author=caller_of(request).username,
        now=now_ms(),
        revision=required_revision(request, body.revision),
        valid_from=moment(body.valid_from),
        note=body.note,
        name=body.name,
    )
    audit(request, "schematic.update", id, {"version": created.version.version, "note": body.note})
    return json_response(created)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), id, now_ms(), revision_of(request))
    audit(request, "schematic.delete", id, {"name": gone.name, "site": gone.site})
    return no_content()


@requires("read", "viewer")
def _frame(request: HttpRequest, id: str) -> HttpResponse:
    now = now_ms()
    found = queries.frame(
        tenant_of(request),
        id,
        _at(request, now),
        now,
        live="at" not in request.GET,
        drawing=query.flag(request, "drawing", default=True),
    )
    return json_response(found)


@requires("read", "viewer")
def _playback(request: HttpRequest, id: str) -> HttpResponse:
    start, end = query.required_moment(request, "start"), query.required_moment(request, "end")
    if start >= end:
        raise BadRequest("start must be before end.", slug="empty-range", parameter="start")
    frames = query.whole_number(request, "frames", DEFAULT_FRAMES, MIN_FRAMES, MAX_FRAMES)
    arguments = tenant_of(request), id, TimeRange(start, end), frames, now_ms()
    if query.choice(request, "format", ("json", "binary"), "json", slug="unknown-format") == "binary":
        return HttpResponse(queries.playback_binary(*arguments), content_type=binary.MEDIA_TYPE)
    return json_response(queries.playback(*arguments))


def _by_name(schematic: Schematic) -> str:
    return f"{schematic.name.casefold()} {schematic.id}"


def _at(request: HttpRequest, now: int) -> int:
    at = query.moment(request, "at")
    return now if at is None else at


schematics = methods(GET=_list, POST=_create)
schematic = methods(GET=_read, PUT=_update, DELETE=_delete)
frame = methods(GET=_frame)
playback = methods(GET=_playback)
