"""HTTP in and out. Plain views: frames and playback are asked many times a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kernel.errors import BadRequest
from kernel.numbers import parse_count
from kernel.times import TimeRange, parse_time
from twin import binary, operations, queries
from twin.bodies import DEFAULT_FRAMES, MAX_FRAMES, MIN_FRAMES, NewSchematic, NewVersion
from twin.models import Schematic
from web.audit import audit
from web.bodies import MIB, takes
from web.caller import caller_of, tenant_of
from web.flags import parse_flag
from web.paging import page_of
from web.problems import problem
from web.requires import requires
from web.respond import json_response, read_json

MAX_DRAWING_BYTES = 8 * MIB  # 5,000 placements, pipes, tags and texts


@takes(MAX_DRAWING_BYTES)
@requires()  # what each method asks for stands there
def schematics(request: HttpRequest) -> HttpResponse:
    return _by_method(request, GET=_list, POST=_create)


@takes(MAX_DRAWING_BYTES)
@requires()  # what each method asks for stands there
def schematic(request: HttpRequest, id: str) -> HttpResponse:
    return _by_method(request, id, GET=_read, PUT=_update, DELETE=_delete)


@requires()  # what each method asks for stands there
def frame(request: HttpRequest, id: str) -> HttpResponse:
    return _by_method(request, id, GET=_frame)


@requires()  # what each method asks for stands there
def playback(request: HttpRequest, id: str) -> HttpResponse:
    return _by_method(request, id, GET=_playback)


def _by_method(request: HttpRequest, *arguments: str, **views: Callable[..., HttpResponse]) -> HttpResponse:
    if view := views.get(request.method or ""):
        return view(request, *arguments)
    answer = problem(405, "method-not-allowed", "Not possible here", f"Use {' or '.join(views)}.")
    answer["Allow"] = ", ".join(views)
    return answer


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = queries.find(tenant_of(request), request.GET.get("site"))
    return json_response(page_of(request, sorted(found, key=_by_name), key=_by_name))


@requires("write", "engineer")
def _create(request: HttpRequest) -> HttpResponse:
    body = read_json(request, NewSchematic)
    made = operations.create(
        tenant_of(request),
        body.site,
        body.name,
        body.drawing,
        author=caller_of(request).username,
        now=_now(),
        valid_from=_moment(body.valid_from),
        note=body.note,
    )
    audit(request, "schematic.create", made.id, {"name": made.name, "site": made.site})
    return json_response(made, status=201)


@requires("read", "viewer")
def _read(request: HttpRequest, id: str) -> HttpResponse:
    return json_response(queries.read(tenant_of(request), id, _at(request, _now())))


@requires("write", "engineer")
def _update(request: HttpRequest, id: str) -> HttpResponse:
    body = read_json(request, NewVersion)
    made = operations.add_version(
        tenant_of(request),
        id,
        body.drawing,
        author=caller_of(request).username,
        now=_now(),
        revision=_revision(request, body.revision),
        valid_from=_moment(body.valid_from),
        note=body.note,
        name=body.name,
    )
    audit(request, "schematic.update", id, {"version": made.version.version, "note": body.note})
    return json_response(made)


@requires("write", "engineer")
def _delete(request: HttpRequest, id: str) -> HttpResponse:
    gone = operations.delete(tenant_of(request), id, _if_match(request))
    audit(request, "schematic.delete", id, {"name": gone.name, "site": gone.site})
    return HttpResponse(status=204)


@requires("read", "viewer")
def _frame(request: HttpRequest, id: str) -> HttpResponse:
    now = _now()
    found = queries.frame(
        tenant_of(request),
        id,
        _at(request, now),
        now,
        live="at" not in request.GET,
        drawing=parse_flag(request.GET.get("drawing"), "drawing", default=True),
    )
    return json_response(found)


@requires("read", "viewer")
def _playback(request: HttpRequest, id: str) -> HttpResponse:
    start, end = _required_time(request, "start"), _required_time(request, "end")
    if start >= end:
        raise BadRequest("start is not before end.", slug="empty-range", parameter="start")
    text = request.GET.get("frames", str(DEFAULT_FRAMES))
    frames = parse_count(text)
    if frames is None or not MIN_FRAMES <= frames <= MAX_FRAMES:
        raise BadRequest(f"frames={text[:40]} is not a number from {MIN_FRAMES} to {MAX_FRAMES}.", parameter="frames")
    asked = tenant_of(request), id, TimeRange(start, end), frames, _now()
    match request.GET.get("format", "json"):
        case "json":
            return json_response(queries.playback(*asked))
        case "binary":
            return HttpResponse(queries.playback_binary(*asked), content_type=binary.MEDIA_TYPE)
        case other:
            raise BadRequest(f"format={other} is neither json nor binary.", slug="unknown-format", parameter="format")


def _by_name(schematic: Schematic) -> str:
    return f"{schematic.name.casefold()} {schematic.id}"


def _now() -> int:
    return time.time_ns() // 1_000_000


def _at(request: HttpRequest, now: int) -> int:
    text = request.GET.get("at")
    return now if text is None else parse_time(text, "at")


def _required_time(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name)
    if text is None:
        raise BadRequest(f"{name} is missing: ISO 8601 with a zone, or epoch milliseconds.", parameter=name)
    return parse_time(text, name)


def _moment(value: int | str | None) -> int | None:
    return None if value is None else parse_time(str(value), "valid_from")


def _if_match(request: HttpRequest) -> int | None:
    text = request.headers.get("If-Match")
    if text is None:
        return None
    number = parse_count(text.removeprefix("W/").strip('"'))
    if number is None:
        raise BadRequest(f"If-Match: {text[:40]} is not a revision, such as 3.", parameter="If-Match")
    return number


def _revision(request: HttpRequest, in_body: int | None) -> int:
    revision = in_body if in_body is not None else _if_match(request)
    if revision is None:
        raise BadRequest(
            "Say from which revision the change was made: `revision` in the body, or If-Match.", parameter="revision"
        )
    return revision
