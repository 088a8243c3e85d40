"""Releases and roll-outs over HTTP, for operators."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from kernel.errors import BadRequest
from tenants.models import Rollout
from tenants.rollouts import operations, queries, releases
from web.audit import audit
from web.caller import caller_of
from web.paging import cut, newest_first, page_of
from web.requires import for_operators
from web.respond import json_response, no_content, read_json
from web.views import get, methods, post


@for_operators
def _list_releases(request: HttpRequest) -> HttpResponse:
    newest = sorted(queries.releases(), key=_age)
    return json_response(page_of(request, newest, _age))


@for_operators
def _create_release(request: HttpRequest) -> HttpResponse:
    wanted = read_json(request, releases.NewRelease)
    release = releases.create(wanted, caller_of(request).username)
    audit(request, "release.create", release.name)
    return json_response(queries.release_view(release), 201, location=f"/api/v1/releases/{release.name}")


@for_operators
def _read_release(request: HttpRequest, name: str) -> HttpResponse:
    return json_response(queries.release_view(releases.find(name)))


@for_operators
def _delete_release(request: HttpRequest, name: str) -> HttpResponse:
    releases.remove(name)
    audit(request, "release.delete", name)
    return no_content()


@for_operators
def _start_rollout(request: HttpRequest) -> HttpResponse:
    rollout = operations.start(read_json(request, operations.NewRollout), caller_of(request).username)
    audit(request, "rollout.start", rollout.pk, {"release": rollout.release_id})
    return _response(rollout, 201, location=f"/api/v1/rollouts/{rollout.pk}")


@for_operators
def _list_rollouts(request: HttpRequest) -> HttpResponse:
    found = queries.rollouts()
    if cursor := request.GET.get("cursor", ""):
        found = found.filter(created__lt=operations.find(cursor).created)
    page, following = cut(request, found, lambda each: each.pk)
    return json_response({"results": [queries.rollout_view(each) for each in page], "next": following})


@get
@for_operators
def rollout(request: HttpRequest, id: str) -> HttpResponse:
    return _response(operations.find(id))


@get
@for_operators
def members(request: HttpRequest, id: str) -> HttpResponse:
    """A cursor is the rank and the id of the last tenant returned: one whose rank changes meanwhile may be missed."""
    found = rest = queries.members(operations.find(id), request.GET.get("q", ""), request.GET.get("state", ""))
    if cursor := request.GET.get("cursor", ""):
        rank, last = _numbers(cursor, 2)
        rest = found.filter(Q(rank__gt=rank) | Q(rank=rank, id__gt=last))
    page, following = cut(request, rest, lambda each: f"{each.rank}.{each.pk}")
    rows = [queries.member_view(each) for each in page]
    return json_response({"results": rows, "next": following, "total": found.count()})


@get
@for_operators
def events(request: HttpRequest, id: str) -> HttpResponse:
    found = rest = queries.events(operations.find(id))
    if cursor := request.GET.get("cursor", ""):
        [last] = _numbers(cursor, 1)
        rest = found.filter(id__lt=last)
    page, following = cut(request, rest, lambda each: str(each.pk))
    rows = [queries.event_view(each) for each in page]
    return json_response({"results": rows, "next": following, "total": found.count()})


def _numbers(cursor: str, count: int) -> list[int]:
    parts = cursor.split(".")
    if len(parts) != count or not all(part.isdecimal() and len(part) < 19 for part in parts):
        raise BadRequest(f"cursor={cursor[:40]} is not from the `next` of a page.", parameter="cursor")
    return [int(part) for part in parts]


@post
@for_operators
def pause(request: HttpRequest, id: str) -> HttpResponse:
    paused = operations.pause(id, caller_of(request).username)
    audit(request, "rollout.pause", id)
    return _response(paused)


@post
@for_operators
def resume(request: HttpRequest, id: str) -> HttpResponse:
    resumed = operations.resume(id, caller_of(request).username)
    audit(request, "rollout.resume", id)
    return _response(resumed)


@post
@for_operators
def roll_back(request: HttpRequest, id: str) -> HttpResponse:
    wanted = read_json(request, operations.RollBack)
    going = operations.roll_back(id, wanted, caller_of(request).username)
    audit(request, "rollout.rollback", id, {"ring": wanted.ring, "tenant": wanted.tenant})
    return _response(going, 202)


all_releases = methods(GET=_list_releases, POST=_create_release)
release = methods(GET=_read_release, DELETE=_delete_release)
rollouts = methods(GET=_list_rollouts, POST=_start_rollout)


def _age(release: queries.ReleaseView) -> str:
    return newest_first(release.created, release.name)


def _response(found: Rollout, status: int = 200, location: str = "") -> HttpResponse:
    return json_response(queries.rollout_view(found), status, location)
