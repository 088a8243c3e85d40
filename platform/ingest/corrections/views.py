"""Corrections of stored samples over HTTP: request, dry run, start, cancel, undo."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ingest.corrections import jobs
from ingest.corrections.models import Correction, NewCorrection, NewUndo
from ingest.imports import jobs as imports
from jobs.views import JobViews, writes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.respond import read_json
from web.views import get, methods, post

_VIEWS = JobViews(jobs.JOBS, "/api/v1/corrections", jobs.present, jobs.in_short)


@writes
def _create(request: HttpRequest) -> HttpResponse:
    wanted = read_json(request, NewCorrection)
    correction = jobs.queue(tenant_of(request), wanted, caller_of(request).username, now_ms())
    return _queued(request, correction, "create")


corrections = methods(GET=_VIEWS.list, POST=_create)
one = get(_VIEWS.one)
cancel = post(_VIEWS.cancel)


@post
@writes
def start(request: HttpRequest, id: str) -> HttpResponse:
    return _queued(request, jobs.start(tenant_of(request), id), "start")


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
    correction = jobs.queue_undo(tenant_of(request), target, wanted.dry_run, caller_of(request).username, now_ms())
    return _queued(request, correction, "create")


def _queued(request: HttpRequest, correction: Correction, verb: str) -> HttpResponse:
    detail = {
        name: value
        for name in ("action", "sensors", "start", "end", "by_ms", "unit", "target", "dry_run")
        if (value := getattr(correction, name)) not in (None, [])
    }
    return _VIEWS.accepted(request, verb, correction.id, correction, detail)
