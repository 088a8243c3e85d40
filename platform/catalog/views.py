"""The catalog over HTTP. Reading takes the role viewer, changing takes engineer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog import bounds, jobs, operations, queries
from catalog.history import History, apply_history
from catalog.kinds import CatalogKind
from catalog.models import Model
from catalog.responses import Accepted, ReachedList, UnitList
from catalog.snapshot import snapshot_of
from catalog.units import COMMON_UNITS
from kernel.errors import BadRequest
from kernel.numbers import parse_count
from web.audit import audit
from web.bodies import MIB, takes
from web.caller import tenant_of
from web.flags import parse_flag
from web.jobs import Queue, wake
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, read_json

MAX_SYNCHRONOUS_CHANGES = 500  # changed documents that a request waits for; of more, a job is made
MAX_ITEMS = bounds.MAX_ITEMS
MAX_DOCUMENT_BYTES = 2 * MIB  # 200 properties of 1,000 characters each
MAX_BULK_BYTES = 32 * MIB
MAX_DEPTH = 1_000  # connections

reads = requires(scope="read", role="viewer")
writes = requires(scope="write", role="engineer")


class KindView(APIView):
    # of one kind of document; `openapi` makes a class for each

    kind: CatalogKind


class CollectionView(KindView):
    @reads
    def get(self, request: Request) -> HttpResponse:
        entries = queries.matching(snapshot_of(tenant_of(request)), self.kind, request.GET.dict())
        page = page_of(cast(HttpRequest, request), entries, key=lambda entry: entry[0], present=lambda entry: entry[1])
        return json_response({**page, "count": len(entries)})

    @writes
    @takes(MAX_DOCUMENT_BYTES)
    def post(self, request: Request) -> HttpResponse:
        model = operations.create(tenant_of(request), self.kind, _object(request))
        audit(request, f"{self.kind.singular}.create", model.id, _names(model))
        answer = _answer(model, 201)
        answer["Location"] = f"/api/v1/{self.kind.name}/{model.id}"
        return answer


class DocumentView(KindView):
    @reads
    def get(self, request: Request, id: str) -> HttpResponse:
        return _answer(operations.found(snapshot_of(tenant_of(request)), self.kind, id))

    @writes
    @takes(MAX_DOCUMENT_BYTES)
    def patch(self, request: Request, id: str) -> HttpResponse:
        return self._change(request, id, whole=False)

    @writes
    @takes(MAX_DOCUMENT_BYTES)
    def put(self, request: Request, id: str) -> HttpResponse:
        return self._change(request, id, whole=True)

    @writes
    def delete(self, request: Request, id: str) -> HttpResponse:
        revision, cascade = (
            _revision(request, {}, request.GET.get("revision")),
            parse_flag(request.GET.get("cascade"), "cascade"),
        )
        model, dependents = operations.delete(tenant_of(request), self.kind, id, revision, cascade)
        audit(request, f"{self.kind.singular}.delete", model.id, {**_names(model), **dependents.counts()})
        return HttpResponse(status=204)

    def _change(self, request: Request, id: str, whole: bool) -> HttpResponse:
        body = _object(request)
        revision = _revision(request, body)
        if revision is None:
            raise BadRequest(
                "Say which revision you changed: send the `revision` that you read, in the body or as `If-Match`.",
                slug="revision-missing",
            )
        history = _history(request)
        before, after = operations.change(tenant_of(request), self.kind, id, body, revision, whole, history)
        if after != before:
            audit(
                request, f"{self.kind.singular}.update", after.id, {**_names(after), "changes": _changes(before, after)}
            )
        return _answer(after)


class BulkView(KindView):
    @writes
    @takes(MAX_BULK_BYTES)
    def post(self, request: Request) -> HttpResponse:
        tenant, items, history = tenant_of(request), _items(request), _history(request)
        plan = operations.plan_bulk(tenant, self.kind, items)
        apply_history(tenant, plan.changed, history, plan.named)
        counts = {"created": len(plan.created), "updated": len(plan.changed)}
        if len(plan.changed) > MAX_SYNCHRONOUS_CHANGES:
            job = jobs.queue(tenant, self.kind, items, len(plan.changed), time.time_ns() // 1_000_000, history)
            wake(Queue.short)
            audit(request, f"{self.kind.singular}.bulk", job.id, counts)
            answer = json_response(Accepted(job.id), 202)
            answer["Location"] = f"/api/v1/jobs/{job.id}"
            return answer
        result = operations.bulk_upsert(tenant, self.kind, items, history=history)
        audit(request, f"{self.kind.singular}.bulk", "", counts)
        return json_response(result)


class JobsView(APIView):
    @reads
    def get(self, request: Request) -> HttpResponse:
        found = jobs.recent(tenant_of(request))
        return json_response(page_of(cast(HttpRequest, request), found, key=lambda job: f"{-job.created:020d}{job.id}"))


class JobView(APIView):
    @reads
    def get(self, request: Request, id: str) -> HttpResponse:
        return json_response(jobs.read(tenant_of(request), id))


class JobCancelView(APIView):
    @requires(scope="write", role="engineer")
    def post(self, request: Request, id: str) -> HttpResponse:
        job = jobs.cancel(tenant_of(request), id, time.time_ns() // 1_000_000)
        audit(request, "job.cancel", id)
        return json_response(job)


class UpstreamView(APIView):
    @reads
    def get(self, request: Request, id: str) -> HttpResponse:
        return _reached(request, id, "upstream")


class DownstreamView(APIView):
    @reads
    def get(self, request: Request, id: str) -> HttpResponse:
        return _reached(request, id, "downstream")


class UnitsView(APIView):
    @requires(scope="read", tenant=False)
    def get(self, request: Request) -> HttpResponse:
        words = request.GET.get("q", "")[:200].casefold().split()
        matching = [
            u
            for u in COMMON_UNITS
            if all(w in f"{u.unit} {u.name} {u.quantity} {' '.join(u.also)}".casefold() for w in words)
        ]
        return json_response(UnitList(matching))


def _reached(request: Request, id: str, direction: Any) -> HttpResponse:
    text = request.GET.get("depth", "0")
    depth = parse_count(text)
    if depth is None or depth > MAX_DEPTH:
        raise BadRequest(
            f"depth={text[:40]} is not a number from 0 (any) to {MAX_DEPTH}.", slug="bad-depth", parameter="depth"
        )
    snapshot = snapshot_of(tenant_of(request))
    return json_response(ReachedList(queries.reached(snapshot, id, direction, request.GET.get("medium", ""), depth)))


def _answer(model: Model, status: int = 200) -> HttpResponse:
    answer = json_response(model, status)
    answer["ETag"] = f'"{model.revision}"'
    return answer


def _object(request: Request) -> dict[str, Any]:
    return read_json(cast(HttpRequest, request), dict[str, Any])


class _Bulk(msgspec.Struct, forbid_unknown_fields=True):
    items: list[Any]


def _items(request: Request) -> list[Mapping[str, Any]]:
    items = read_json(cast(HttpRequest, request), _Bulk).items
    if len(items) > MAX_ITEMS:
        raise BadRequest(
            f"{len(items)} items are too many for one call; send at most {MAX_ITEMS}.", slug="too-many-items"
        )
    return items


def _revision(request: Request, body: Mapping[str, Any], parameter: str | None = None) -> int | None:
    """The revision that a change was made from: `revision` in the body or the query, or `If-Match`."""
    given: Any = body.get("revision", parameter)
    if given is None:
        given = request.headers.get("If-Match", "").removeprefix("W/").strip('"') or None
    if given is None or given == "*":
        return None
    revision = given if isinstance(given, int) else parse_count(str(given))
    if isinstance(given, bool) or revision is None or not 1 <= revision < 2**63:
        raise BadRequest(f"“{str(given)[:40]}” is not a revision: a whole number from 1.", slug="bad-revision")
    return revision


def _history(request: Request) -> History:
    text = request.GET.get("history", History.refuse)
    if text not in list(History):
        raise BadRequest(f"history={text[:40]} is not one of {', '.join(History)}.", parameter="history")
    return History(text)


def _names(model: Model) -> dict[str, Any]:
    """What makes an audit entry readable."""
    return {name: getattr(model, name) for name in ("slug", "tag", "name") if hasattr(model, name)}


def _changes(before: Model, after: Model) -> dict[str, list[Any]]:
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    return {name: [old[name], new[name]] for name in new if name != "revision" and old[name] != new[name]}
