"""Releases and roll-outs over HTTP, for operators."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from kernel.errors import BadRequest
from tenants.models import Rollout
from tenants.rollouts import operations, queries, releases
from web.audit import audit
from web.caller import caller_of
from web.paging import cut, page_of
from web.requires import requires
from web.respond import json_response, read_json


@require_http_methods(["GET", "POST"])
@requires(scope="operate", tenant=False)
def all_releases(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        newest = sorted(queries.releases(), key=_age)
        return json_response(page_of(request, newest, _age))
    wanted = read_json(request, releases.NewRelease)
    made = releases.create(wanted, caller_of(request).username)
    audit(request, "release.create", made.name)
    response = json_response(queries.release_view(made), 201)
    response["Location"] = f"/api/v1/releases/{made.name}"
    return response


@require_http_methods(["GET", "DELETE"])
@requires(scope="operate", tenant=False)
def release(request: HttpRequest, name: str) -> HttpResponse:
    if request.method == "GET":
        return json_response(queries.release_view(releases.find(name)))
    releases.remove(name)
    audit(request, "release.delete", name)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@requires(scope="operate", tenant=False)
def rollouts(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        made = operations.start(read_json(request, operations.NewRollout), caller_of(request).username)
        audit(request, "rollout.start", made.pk, {"release": made.release_id})
        response = _answer(made, 201)
        response["Location"] = f"/api/v1/rollouts/{made.pk}"
        return response
    found = queries.rollouts()
    if cursor := request.GET.get("cursor", ""):
        found = found.filter(created__lt=operations.find(cursor).created)
    page, following = cut(request, found, lambda each: each.pk)
    return json_response({"results": [queries.rollout_view(each) for each in page], "next": following})


@require_http_methods(["GET"])
@requires(scope="operate", tenant=False)
def rollout(request: HttpRequest, id: str) -> HttpResponse:
    return _answer(operations.find(id))


@require_http_methods(["GET"])
@requires(scope="operate", tenant=False)
def members(request: HttpRequest, id: str) -> HttpResponse:
    """A cursor is the rank and the id of the last tenant returned: one whose rank changes meanwhile may be missed."""
    found = rest = queries.members(operations.find(id), request.GET.get("q", ""), request.GET.get("state", ""))
    if cursor := request.GET.get("cursor", ""):
        rank, last = _numbers(cursor, 2)
        rest = found.filter(Q(rank__gt=rank) | Q(rank=rank, id__gt=last))
    page, following = cut(request, rest, lambda each: f"{each.rank}.{each.pk}")
    rows = [queries.member_view(each) for each in page]
    return json_response({"results": rows, "next": following, "total": found.count()})


@require_http_methods(["GET"])
@requires(scope="operate", tenant=False)
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


@require_http_methods(["POST"])
@requires(scope="operate", tenant=False)
def pause(request: HttpRequest, id: str) -> HttpResponse:
    paused = operations.pause(id, caller_of(request).username)
    audit(request, "rollout.pause", id)
    return _answer(paused)


@require_http_methods(["POST"])
@requires(scope="operate", tenant=False)
def resume(request: HttpRequest, id: str) -> HttpResponse:
    resumed = operations.resume(id, caller_of(request).username)
    audit(request, "rollout.resume", id)
    return _answer(resumed)


@require_http_methods(["POST"])
@requires(scope="operate", tenant=False)
def roll_back(request: HttpRequest, id: str) -> HttpResponse:
    wanted = read_json(request, operations.RollBack)
    going = operations.roll_back(id, wanted, caller_of(request).username)
    audit(request, "rollout.rollback", id, {"ring": wanted.ring, "tenant": wanted.tenant})
    return _answer(going, 202)


def _age(release: queries.ReleaseView) -> str:
    """The newest first, those of one moment by name."""
    return f"{10**15 - release.created:016d}{release.name}"


def _answer(found: Rollout, status: int = 200) -> HttpResponse:
    return json_response(queries.rollout_view(found), status)
