"""Imports over HTTP: upload, dry run, start, progress, cancel. Uploads go to disk from the first byte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from ingest.imports import jobs
from ingest.imports.formats.file_names import file_name
from ingest.imports.quota import reserve_upload
from ingest.imports.records import ImportJob
from jobs.views import JobViews, reads, writes
from kernel.errors import BadRequest, LengthRequired
from runtime.home import Home
from web.bodies import GIB, declared_length, takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.query import parse_flag
from web.respond import json_response
from web.uploads import MAX_FILES, DiskUpload, parse_form
from web.views import get, methods, post

MAX_UPLOAD_BYTES = 64 * GIB
MAX_MAPPING_BYTES = 1_000_000
MAX_AUDITED_NAMES = 20

_VIEWS = JobViews(jobs.JOBS, "/api/v1/imports", jobs.present, jobs.in_short)


@takes(MAX_UPLOAD_BYTES, streamed=True)
@writes
def _create(request: HttpRequest) -> HttpResponse:
    tenant, now = tenant_of(request), now_ms()
    with reserve_upload(tenant, _declared_size(request), now // 1000):
        parse_form(request)
        mapping = _mapping(request)
        dry_run = parse_flag(_form(request, "dry_run", request.GET.get("dry_run")), "dry_run")
        with _files(request) as files:
            job = jobs.queue(tenant, files, mapping, dry_run, caller_of(request).username, now)
    return _VIEWS.accepted(request, "create", job.id, job, {**_named(job), "dry_run": dry_run})


imports = methods(GET=_VIEWS.list, POST=_create)
one = get(_VIEWS.one)
cancel = post(_VIEWS.cancel)


@get
@reads
def ranges(request: HttpRequest, id: str) -> HttpResponse:
    return json_response(jobs.ranges(tenant_of(request), id))


@post
@writes
def start(request: HttpRequest, id: str) -> HttpResponse:
    job = jobs.start(tenant_of(request), id)
    return _VIEWS.accepted(request, "start", id, job, _named(job))


def _named(job: ImportJob) -> dict[str, Any]:
    names = [file.name for file in job.files[:MAX_AUDITED_NAMES]]
    more = len(job.files) - len(names)
    return {"files": names, "more_files": more} if more else {"files": names}


def _declared_size(request: HttpRequest) -> int:
    """The declared size of the upload. LengthRequired."""
    declared = declared_length(request)
    if declared is None:
        raise LengthRequired(
            "Send the upload with a Content-Length, so that disk space can be reserved before it is read."
        )
    return declared


def _form(request: HttpRequest, name: str, default: str | None = None) -> str | None:
    return request.POST.get(name, default)


def _mapping(request: HttpRequest) -> str:
    upload, given = request.FILES.get("mapping"), _form(request, "mapping")
    if upload is not None:
        if (upload.size or 0) > MAX_MAPPING_BYTES:
            raise BadRequest("The mapping is larger than 1 MB.", slug="bad-mapping", field="mapping")
        if isinstance(upload, DiskUpload):
            return upload.path.read_text("utf-8-sig", "replace")
        return b"".join(upload.chunks()).decode("utf-8-sig", "replace")
    if given and len(given) > MAX_MAPPING_BYTES:
        raise BadRequest("The mapping is larger than 1 MB.", slug="bad-mapping", field="mapping")
    if not given or not given.strip():
        raise BadRequest(
            "The form has no `mapping` (JSON or YAML text, or a file).", slug="no-mapping", field="mapping"
        )
    return given


@contextmanager
def _files(request: HttpRequest) -> Iterator[list[tuple[str, Path]]]:
    """The uploaded files, on disk; those that are not moved away are deleted."""
    uploads = request.FILES.getlist("file")
    if not 1 <= len(uploads) <= MAX_FILES:
        raise BadRequest(
            f"Send 1 to {MAX_FILES:,} files in the form's field `file`, not {len(uploads)}.",
            slug="no-files",
            field="file",
        )
    files: list[tuple[str, Path]] = []
    try:
        for upload in uploads:
            path = _on_disk(upload)
            files.append((file_name(Path(upload.name or "file.csv").name), path))
        yield files
    finally:
        for _, path in files:
            path.unlink(missing_ok=True)


def _on_disk(upload: UploadedFile[Any]) -> Path:
    if isinstance(upload, DiskUpload):
        return upload.path
    folder = Home.from_environment().folder("uploads")
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return Path(file.name)
