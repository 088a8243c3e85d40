"""Corrections of stored samples over HTTP: request, dry run, start, cancel, undo."""

from __future__ import annotations

import time
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.responses import Problem
from ingest.corrections import jobs
from ingest.corrections.models import Correction, CorrectionList, NewCorrection, NewUndo
from ingest.imports import jobs as imports
from jobs import Queue, wake
from web.audit import audit
from web.caller import caller_of, tenant_of
from web.paging import LIMIT_SCHEMA, page_of
from web.requires import requires
from web.respond import json_response, read_json

_TAGS = ["corrections"]


def _problems(*statuses: int) -> dict[int, Any]:
    return {status: OpenApiResponse(Problem, "What was wrong and what would be right") for status in statuses}


class CorrectionsView(APIView):
    """All corrections of the tenant, and new ones."""

    @extend_schema(
        operation_id="corrections_list", summary="List corrections, newest first", tags=_TAGS,
        parameters=[OpenApiParameter("limit", LIMIT_SCHEMA), OpenApiParameter("cursor", str)],
        responses={200: CorrectionList},
    )  # fmt: skip
    @requires(scope="read", role="viewer")
    def get(self, request: Request) -> HttpResponse:
        found = jobs.recent(tenant_of(request))
        return json_response(
            page_of(cast(HttpRequest, request), found, key=lambda each: f"{10**15 - each.created:016d} {each.id}")
        )

    @extend_schema(
        operation_id="corrections_create",
        summary="Delete, shift, swap or convert stored samples, or count what that would change",
        description=(
            "Answers at once; the work is done in the background. Samples that are deleted or overwritten are kept "
            "for 30 days, during which `…/undo` brings them back."
        ),
        tags=_TAGS, request=NewCorrection, responses={202: Correction, **_problems(400)},
    )  # fmt: skip
    @requires(scope="write", role="engineer")
    def post(self, request: Request) -> HttpResponse:
        wanted = read_json(cast(HttpRequest, request), NewCorrection)
        made = jobs.queue(tenant_of(request), wanted, caller_of(request).username, _now())
        return _queued(request, made, "correction.create")


class CorrectionView(APIView):
    """One correction."""

    @extend_schema(
        operation_id="corrections_read", summary="One correction: state, progress, counts", tags=_TAGS,
        responses={200: Correction, **_problems(404)},
    )  # fmt: skip
    @requires(scope="read", role="viewer")
    def get(self, request: Request, id: str) -> HttpResponse:
        return json_response(jobs.read(tenant_of(request), id))


class CorrectionStartView(APIView):
    """The second step after a dry run."""

    @extend_schema(
        operation_id="corrections_start", summary="Do what a finished dry run counted", tags=_TAGS, request=None,
        responses={202: Correction, **_problems(404, 409)},
    )  # fmt: skip
    @requires(scope="write", role="engineer")
    def post(self, request: Request, id: str) -> HttpResponse:
        return _queued(request, jobs.start(tenant_of(request), id), "correction.start")


class CorrectionCancelView(APIView):
    """Cancels a correction."""

    @extend_schema(
        operation_id="corrections_cancel", summary="End a correction; what it has changed stays, and can be undone",
        tags=_TAGS, request=None, responses={200: Correction, **_problems(404, 409)},
    )  # fmt: skip
    @requires(scope="write", role="engineer")
    def post(self, request: Request, id: str) -> HttpResponse:
        cancelled = jobs.cancel(tenant_of(request), id, _now())
        audit(request, "correction.cancel", id)
        return json_response(cancelled)


class CorrectionUndoView(APIView):
    """Undoes a correction."""

    @extend_schema(
        operation_id="corrections_undo",
        summary="Bring back the samples that a correction deleted or changed",
        description="Samples that have been written since stay as they are. Possible for 30 days.",
        tags=_TAGS, request=NewUndo, responses={202: Correction, **_problems(400, 404, 409)},
    )  # fmt: skip
    @requires(scope="write", role="engineer")
    def post(self, request: Request, id: str) -> HttpResponse:
        return _undo(request, jobs.read(tenant_of(request), id).id)


class ImportUndoView(APIView):
    """Undoes an import."""

    @extend_schema(
        operation_id="imports_undo",
        summary="Remove the samples that an import wrote, and bring back those that it replaced",
        description=(
            "Samples that have been written since, by anybody, stay. Possible for 30 days, also for an import "
            "that was cancelled or failed. The answer is a correction: with `dry_run` it only counts, and `start` then "
            "does it."
        ),
        tags=["imports"], request=NewUndo, responses={202: Correction, **_problems(400, 404, 409)},
    )  # fmt: skip
    @requires(scope="write", role="engineer")
    def post(self, request: Request, id: str) -> HttpResponse:
        tenant = tenant_of(request)
        return _undo(request, imports.read(tenant, id).id)


def _undo(request: Request, target: str) -> HttpResponse:
    asked = cast(HttpRequest, request)
    wanted = read_json(asked, NewUndo) if asked.body else NewUndo()
    made = jobs.queue_undo(tenant_of(request), target, wanted.dry_run, caller_of(request).username, _now())
    return _queued(request, made, "correction.create")


def _queued(request: Request, made: Correction, action: str) -> HttpResponse:
    detail = {
        name: value
        for name in ("action", "sensors", "start", "end", "by_ms", "unit", "target", "dry_run")
        if (value := getattr(made, name)) not in (None, [])
    }
    audit(request, action, made.id, detail)
    wake(Queue.long)
    answer = json_response(made, 202)
    answer["Location"] = f"/api/v1/corrections/{made.id}"
    return answer


def _now() -> int:
    return time.time_ns() // 1_000_000
