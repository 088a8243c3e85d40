"""Corrections of stored samples over HTTP: request, dry run, start, cancel, undo."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ingest.corrections import jobs
from ingest.corrections.models import Correction, NewCorrection, NewUndo
from ingest.imports import jobs as imports
from jobs import Queue, wake
from web.audit import audit
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import newest_first, page_of
from web.requires import requires
from web.respond import json_response, read_json
from web.views import get, methods, post

reads = requires(scope="read", role="viewer")
writes = requires(scope="write", role="engineer")


@reads
def _list(request: HttpRequest) -> HttpResponse:
    found = jobs.recent(tenant_of(request))
    return json_response(page_of(request, found, key=lambda each: newest_first(each.created, each.id)))


@writes
def _create(request: HttpRequest) -> HttpResponse:
    wanted = read_json(request, NewCorrection)
    made = jobs.queue(tenant_of(request), wanted, caller_of(request).username, now_ms())
    return _queued(request, made, "correction.create")


corrections = methods(GET=_list, POST=_create)


@get
@reads
def one(request: HttpRequest, id: str) -> HttpResponse:
    return json_response(jobs.read(tenant_of(request), id))


@post
@writes
def start(request: HttpRequest, id: str) -> HttpResponse:
    return _queued(request, jobs.start(tenant_of(request), id), "correction.start")


@post
@writes
def cancel(request: HttpRequest, id: str) -> HttpResponse:
    cancelled = jobs.cancel(tenant_of(request), id, now_ms())
    audit(request, "correction.cancel", id)
    return json_response(cancelled)


@post
@writes
def undo(request: HttpRequest, id: str) -> HttpResponse:
    return _undo(request, jobs.read(tenant_of(request), id).id)


@post
@writes
def undo_import(request: HttpRequest, id: str) -> HttpResponse:
    return _undo(request, imports.read(tenant_of(request), id).id)


def _undo(request: HttpRequest, target: str) -> HttpResponse:
    wanted = read_json(request, NewUndo) if request.body else NewUndo()
    made = jobs.queue_undo(tenant_of(request), target, wanted.dry_run, caller_of(request).username, now_ms())
    return _queued(request, made, "correction.create")


def _queued(request: HttpRequest, made: Correction, action: str) -> HttpResponse:
    detail = {
        name: value
        for name in ("action", "sensors", "start", "end", "by_ms", "unit", "target", "dry_run")
        if (value := getattr(made, name)) not in (None, [])
    }
    audit(request, action, made.id, detail)
    wake(Queue.long)
    return json_response(made, 202, location=f"/api/v1/corrections/{made.id}")
