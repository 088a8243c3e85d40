"""The OpenAPI operations of annotations."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Struct, UnsetType

from catalog.responses import Invalid, Problem
from web.kept_files import MAX_FILE_BYTES, MAX_FILE_NAME
from web.openapi import TIME, describe, header_parameter, operation, paging, path_parameter, query_parameter
from web.openapi.files import returns_file, takes_file
from workspace.annotations.models import (
    Annotation,
    AnnotationChange,
    AnnotationContent,
)
from workspace.annotations.views import MAX_TARGETS

_BASE, _TAG = "/api/v1/annotations", "annotations"
_ID = path_parameter("id", "An annotation's id")
_FILE = path_parameter("file", "A file's id")
IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")


class AnnotationList(Struct, frozen=True):
    """The one that starts last first."""

    results: list[Annotation]
    next: str | None


AnnotationConflict = msgspec.defstruct(
    "AnnotationConflict", [("current", Annotation | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


def describe_all() -> None:
    describe(_BASE, "get", operation(
        "annotationsList", "Annotations, the one that starts last first", _TAG,
        query_parameter("start", "Only those that end then or later", TIME),
        query_parameter("end", "Only those that start before", TIME),
        query_parameter("site", "Only those about something at this site (id or slug)", _text(100)),
        query_parameter(
            "targets", f"Only those about these: up to {MAX_TARGETS} ids, separated by commas", _text(12 * MAX_TARGETS)
        ),
        query_parameter("q", "Only those whose text contains this, in upper or lower case", _text(200)),
        *paging(), responses={200: AnnotationList},
    ))  # fmt: skip
    describe(_BASE, "post", operation(
        "annotationCreate", "Note something about a sensor, an asset or a schematic", _TAG, body=AnnotationContent,
        responses={201: Annotation, 400: Invalid, 409: Problem},
        description="409: the tenant has as many as it may have.",
    ))  # fmt: skip
    one = f"{_BASE}/{{id}}"
    describe(one, "get", operation("annotationRead", "One annotation", _TAG, _ID, responses={200: Annotation}))
    describe(one, "put", operation(
        "annotationChange", "Change an annotation", _TAG, _ID, IF_MATCH, body=AnnotationChange,
        responses={200: Annotation, 400: Invalid, 409: AnnotationConflict},
        description="409: it was changed in the meantime; `current` is the stored version.",
    ))  # fmt: skip
    describe(one, "delete", operation(
        "annotationDelete", "Delete an annotation and its files", _TAG, _ID, IF_MATCH,
        responses={204: None, 409: AnnotationConflict},
    ))  # fmt: skip
    adding = operation(
        "annotationAddFile", "Add a file to an annotation", _TAG, _ID,
        query_parameter("name", "The file's name", _text(MAX_FILE_NAME), required=True),
        responses={201: Annotation, 400: Invalid, 409: Problem},
        description=(
            f"The body is the file: up to {MAX_FILE_BYTES:,} bytes of any kind. 409: it has as many files as it may "
            "have, or the tenant has no more room for attachments."
        ),
    )  # fmt: skip
    takes_file(adding, MAX_FILE_BYTES)
    describe(f"{one}/files", "post", adding)
    reading = operation(
        "annotationFileRead", "A file of an annotation", _TAG, _ID, _FILE, responses={200: {}},
        description="Always as an attachment to be saved, never as something to be shown.",
    )  # fmt: skip
    returns_file(reading)
    describe(f"{one}/files/{{file}}", "get", reading)
    describe(f"{one}/files/{{file}}", "delete", operation(
        "annotationFileRemove", "Remove a file of an annotation", _TAG, _ID, _FILE, responses={204: None},
    ))  # fmt: skip


def _text(maximum: int) -> dict[str, object]:
    return {"type": "string", "minLength": 1, "maxLength": maximum}
