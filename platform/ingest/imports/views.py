"""Imports over HTTP: upload, dry run, start, progress, cancel. Uploads go to disk from the first byte."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.responses import Problem
from ingest.imports import jobs
from ingest.imports.formats.file_names import file_name
from ingest.imports.jobs import ImportJob, ImportJobList, ImportRanges
from ingest.imports.quota import room_for
from jobs import Queue, wake
from kernel.errors import BadRequest, LengthRequired, TooLarge
from runtime.home import Home
from web.audit import audit
from web.bodies import GIB, declared_length, takes
from web.caller import caller_of, tenant_of
from web.paging import LIMIT_SCHEMA, page_of
from web.query import parse_flag
from web.requires import requires
from web.respond import json_response
from web.uploads import MAX_FILES, DiskUpload, UploadParser

MAX_UPLOAD_BYTES = 64 * GIB
MIN_FREE_BYTES = 1 << 30  # always left free on the disk
MAX_MAPPING_BYTES = 1_000_000
MAX_AUDITED_NAMES = 20
_FORM = {
    "multipart/form-data": {
        "type": "object",
        "required": ["mapping", "file"],
        "properties": {
            "mapping": {
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_MAPPING_BYTES,
                "description": "The mapping, JSON or YAML",
            },
            "file": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_FILES,
                "items": {"type": "string", "format": "binary"},
                "description": f"One to {MAX_FILES:,} files, in the order of their time",
            },
        },
    }
}
_TAGS = ["imports"]


def _problems(*statuses: int) -> dict[int, Any]:
    return {status: OpenApiResponse(Problem, "What was wrong and what would be right") for status in statuses}


class ImportsView(APIView):
    """All imports of the tenant, and new ones."""

    parser_classes = (UploadParser,)

    @extend_schema(
        operation_id="imports_list",
        summary="List imports, newest first",
        tags=_TAGS,
        parameters=[OpenApiParameter("limit", LIMIT_SCHEMA), OpenApiParameter("cursor", str)],
        responses={200: ImportJobList},
    )
    @requires(scope="read", role="viewer")
    def get(self, request: Request) -> HttpResponse:
        listed = jobs.recent(tenant_of(request))
        return json_response(
            page_of(cast(HttpRequest, request), listed, key=lambda job: f"{10**15 - job.created:016d} {job.id}")
        )

    @extend_schema(
        operation_id="imports_create",
        summary="Upload history files and import them, or see what an import would do",
        description="Answers at once; the import runs in the background. Importing the same again changes nothing.",
        tags=_TAGS,
        parameters=[OpenApiParameter("dry_run", bool, description="Only report; `…/start` then does it")],
        request=_FORM,
        responses={202: ImportJob, **_problems(400, 411, 413)},
    )
    @takes(MAX_UPLOAD_BYTES, streamed=True)
    @requires(scope="write", role="engineer")
    def post(self, request: Request) -> HttpResponse:
        tenant, now = tenant_of(request), jobs.now_ms()
        with room_for(tenant, _declared_size(request), now // 1000):
            mapping, files = _mapping(request), _files(request)
            dry_run = parse_flag(_form(request, "dry_run", request.GET.get("dry_run")), "dry_run")
            job = jobs.queue(tenant, files, mapping, dry_run, caller_of(request).username, now)
        audit(request, "import.create", job.id, {**_named(job), "dry_run": dry_run})
        wake(Queue.long)
        return _accepted(job)


class ImportView(APIView):
    """One import."""

    @extend_schema(
        operation_id="imports_read", summary="One import: state, progress, report", tags=_TAGS,
        responses={200: ImportJob, **_problems(404)},
    )  # fmt: skip
    @requires(scope="read", role="viewer")
    def get(self, request: Request, id: str) -> HttpResponse:
        return json_response(jobs.read(tenant_of(request), id))


class ImportRangesView(APIView):
    """What an import wrote."""

    @extend_schema(
        operation_id="imports_ranges", summary="The sensors that an import wrote, with the range of each", tags=_TAGS,
        responses={200: ImportRanges, **_problems(404)},
    )  # fmt: skip
    @requires(scope="read", role="viewer")
    def get(self, request: Request, id: str) -> HttpResponse:
        return json_response(jobs.ranges(tenant_of(request), id))


class ImportStartView(APIView):
    """The second step after a dry run."""

    @extend_schema(
        operation_id="imports_start", summary="Do what a finished dry run reported, with the same files", tags=_TAGS,
        request=None, responses={202: ImportJob, **_problems(404, 409)},
    )  # fmt: skip
    @requires(scope="write", role="engineer")
    def post(self, request: Request, id: str) -> HttpResponse:
        tenant = tenant_of(request)
        job = jobs.start(tenant, id)
        audit(request, "import.start", id, _named(job))
        wake(Queue.long)
        return _accepted(job)


class ImportCancelView(APIView):
    """Cancels an import."""

    @extend_schema(
        operation_id="imports_cancel", summary="Cancel an import; samples that are written stay", tags=_TAGS,
        request=None, responses={200: ImportJob, **_problems(404, 409)},
    )  # fmt: skip
    @requires(scope="write", role="engineer")
    def post(self, request: Request, id: str) -> HttpResponse:
        job = jobs.cancel(tenant_of(request), id, jobs.now_ms())
        audit(request, "import.cancel", id)
        return json_response(job)


def _named(job: ImportJob) -> dict[str, Any]:
    names = [file.name for file in job.files[:MAX_AUDITED_NAMES]]
    more = len(job.files) - len(names)
    return {"files": names, "more_files": more} if more else {"files": names}


def _accepted(job: ImportJob) -> HttpResponse:
    answer = json_response(job, 202)
    answer["Location"] = f"/api/v1/imports/{job.id}"
    return answer


def _declared_size(request: Request) -> int:
    """The declared size of the upload. LengthRequired; TooLarge if the disk has no room for it."""
    declared = declared_length(cast(HttpRequest, request))
    if declared is None:
        raise LengthRequired(
            "Send the upload with a Content-Length, so that disk space can be reserved before it is read."
        )
    free = shutil.disk_usage(Home.from_environment().path).free - MIN_FREE_BYTES
    if declared > free:
        raise TooLarge(
            f"The upload has {declared:,} bytes, more than the free space on the disk: {max(free, 0):,}.",
            slug="disk-full",
        )
    return declared


def _form(request: Request, name: str, default: str | None = None) -> str | None:
    value = cast(QueryDict, request.data).get(name, default)
    return value if isinstance(value, str) else default


def _mapping(request: Request) -> str:
    upload, given = request.FILES.get("mapping"), _form(request, "mapping")
    if upload is not None:
        if (upload.size or 0) > MAX_MAPPING_BYTES:
            raise BadRequest("The mapping is larger than 1 MB.", slug="bad-mapping")
        return _on_disk(upload).read_text("utf-8-sig", "replace")
    if given and len(given) > MAX_MAPPING_BYTES:
        raise BadRequest("The mapping is larger than 1 MB.", slug="bad-mapping")
    if not given or not given.strip():
        raise BadRequest("The form has no `mapping` (JSON or YAML text, or a file).", slug="no-mapping")
    return given


def _files(request: Request) -> list[tuple[str, Path]]:
    """The uploaded files, on disk."""
    uploads = request.FILES.getlist("file")
    if not 1 <= len(uploads) <= MAX_FILES:
        raise BadRequest(
            f"Send 1 to {MAX_FILES:,} files in the form's field `file`, not {len(uploads)}.", slug="no-files"
        )
    return [(file_name(Path(upload.name or "file.csv").name), _on_disk(upload)) for upload in uploads]


def _on_disk(upload: UploadedFile[Any]) -> Path:
    if isinstance(upload, DiskUpload):
        return upload.path
    folder = Home.from_environment().folder("uploads")
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return Path(file.name)
