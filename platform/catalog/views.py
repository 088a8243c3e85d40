"""The catalog over HTTP. Reading requires the role viewer, changing requires engineer.

The views of documents serve all kinds: `kind` comes from the URL (`catalog.urls`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse

from catalog import bounds, jobs, operations, queries
from catalog.history import History, apply_history
from catalog.kinds import CatalogKind
from catalog.models import Model, Sensor
from catalog.responses import Accepted, NamedSensors, ReachedList, UnitList
from catalog.snapshot import snapshot_of
from catalog.units import COMMON_UNITS
from jobs import Queue, wake
from jobs.views import JobViews
from kernel.errors import BadRequest
from web import query
from web.audit import audit
from web.bodies import MIB, takes
from web.caller import tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import methods

MAX_SYNCHRONOUS_CHANGES = 500  # documents that a request changes itself; with more it becomes a job
MAX_ITEMS = bounds.MAX_ITEMS
MAX_DOCUMENT_BODY = 2 * MIB  # 200 properties of 1,000 characters each
MAX_BULK_BYTES = 32 * MIB
MAX_DEPTH = 1_000  # connections

reads = requires(scope="read", role="viewer")
writes = requires(scope="write", role="engineer")


@reads
def _list(request: HttpRequest, kind: CatalogKind) -> HttpResponse:
    entries = queries.matching(snapshot_of(tenant_of(request)), kind, request.GET.dict(), now_ms())
    page = page_of(request, entries, key=lambda entry: entry[0], present=lambda entry: entry[1])
    return json_response({**page, "count": len(entries)})


@takes(MAX_DOCUMENT_BODY)
@writes
def _create(request: HttpRequest, kind: CatalogKind) -> HttpResponse:
    model = operations.create(tenant_of(request), kind, read_json(request, dict[str, Any]))
    audit(request, f"{kind.singular}.create", model.id, _names(model))
    return with_etag(json_response(model, 201, location=f"/api/v1/{kind.name}/{model.id}"), model.revision)


@reads
def _read(request: HttpRequest, kind: CatalogKind, id: str) -> HttpResponse:
    return _document(operations.found(snapshot_of(tenant_of(request)), kind, id))


@takes(MAX_DOCUMENT_BODY)
@writes
def _patch(request: HttpRequest, kind: CatalogKind, id: str) -> HttpResponse:
    return _change(request, kind, id, whole=False)


@takes(MAX_DOCUMENT_BODY)
@writes
def _put(request: HttpRequest, kind: CatalogKind, id: str) -> HttpResponse:
    return _change(request, kind, id, whole=True)


def _change(request: HttpRequest, kind: CatalogKind, id: str, whole: bool) -> HttpResponse:
    body = read_json(request, dict[str, Any])
    revision, history = required_revision(request, body.get("revision")), _history(request)
    before, after = operations.change(tenant_of(request), kind, id, body, revision, whole, history)
    if after != before:
        audit(request, f"{kind.singular}.update", after.id, {**_names(after), "changes": _changes(before, after)})
    return _document(after)


@writes
def _delete(request: HttpRequest, kind: CatalogKind, id: str) -> HttpResponse:
    revision, cascade = revision_of(request, request.GET.get("revision")), query.flag(request, "cascade")
    model, dependents = operations.delete(tenant_of(request), kind, id, revision, cascade)
    audit(request, f"{kind.singular}.delete", model.id, {**_names(model), **dependents.counts()})
    return no_content()


@takes(MAX_BULK_BYTES)
@writes
def _bulk(request: HttpRequest, kind: CatalogKind) -> HttpResponse:
    tenant, items, history = tenant_of(request), _items(request), _history(request)
    plan = operations.plan_bulk(tenant, kind, items)
    apply_history(tenant, plan.changed, history, plan.named)
    counts = {"created": len(plan.created), "updated": len(plan.changed)}
    if len(plan.changed) > MAX_SYNCHRONOUS_CHANGES:
        job = jobs.queue(tenant, kind, items, len(plan.changed), now_ms(), history)
        wake(Queue.short)
        audit(request, f"{kind.singular}.bulk", job.id, counts)
        return json_response(Accepted(job.id), 202, location=f"/api/v1/jobs/{job.id}")
    result = operations.bulk_upsert(tenant, kind, items, history=history)
    audit(request, f"{kind.singular}.bulk", "", counts)
    return json_response(result)


@reads
def _reached(request: HttpRequest, id: str, direction: Literal["upstream", "downstream"]) -> HttpResponse:
    depth = query.whole_number(request, "depth", 0, 0, MAX_DEPTH)
    at, medium = query.moment(request, "at"), request.GET.get("medium", "")
    snapshot = snapshot_of(tenant_of(request))
    return json_response(
        ReachedList(queries.reached(snapshot, id, direction, now_ms() if at is None else at, medium, depth))
    )


@requires(scope="read", tenant=False)
def _units(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "")[:200].casefold().split()
    texts = ((unit, f"{unit.unit} {unit.name} {unit.quantity} {' '.join(unit.also)}") for unit in COMMON_UNITS)
    return json_response(UnitList([unit for unit, text in texts if all(word in text.casefold() for word in words)]))


class _Names(msgspec.Struct, forbid_unknown_fields=True):
    items: list[dict[str, Any]]


@takes(MAX_BULK_BYTES)
@writes
def _name_sensors(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/sensors/name`: several by id, all or none."""
    items = read_json(request, _Names).items
    if not 0 < len(items) <= bounds.MAX_NAMED:
        raise BadRequest(f"Send 1 to {bounds.MAX_NAMED} items.", slug="too-many-items", field="items")
    named = operations.name_sensors(tenant_of(request), items)
    audit(request, "sensor.name", "", {"named": len(named), "sensors": [model.id for model in named[:20]]})
    return json_response(NamedSensors([model for model in named if isinstance(model, Sensor)]))


collection = methods(GET=_list, POST=_create)
bulk = methods(POST=_bulk)
name_sensors = methods(POST=_name_sensors)
document = methods(GET=_read, PATCH=_patch, PUT=_put, DELETE=_delete)
_jobs = JobViews(jobs.JOBS, "/api/v1/jobs", jobs.present, jobs.in_short)
all_jobs = methods(GET=_jobs.list)
job = methods(GET=_jobs.one)
job_cancel = methods(POST=_jobs.cancel)
reached = methods(GET=_reached)
units = methods(GET=_units)


def _document(model: Model) -> HttpResponse:
    return with_etag(json_response(model), model.revision)


class _Bulk(msgspec.Struct, forbid_unknown_fields=True):
    items: list[Any]


def _items(request: HttpRequest) -> list[Mapping[str, Any]]:
    items = read_json(request, _Bulk).items
    if len(items) > MAX_ITEMS:
        raise BadRequest(
            f"{len(items)} items are too many for one call; send at most {MAX_ITEMS}.", slug="too-many-items"
        )
    return items


def _history(request: HttpRequest) -> History:
    return History(query.choice(request, "history", list(History), History.refuse))


def _names(model: Model) -> dict[str, Any]:
    """The readable part of an audit entry."""
    return {name: getattr(model, name) for name in ("slug", "tag", "name") if hasattr(model, name)}


def _changes(before: Model, after: Model) -> dict[str, list[Any]]:
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    return {name: [old[name], new[name]] for name in new if name != "revision" and old[name] != new[name]}
