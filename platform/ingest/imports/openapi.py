"""The OpenAPI operations of imports."""

from __future__ import annotations

from ingest.imports.jobs import ImportJob, ImportJobList, ImportRanges
from ingest.imports.views import MAX_MAPPING_BYTES
from web.openapi import describe, operation, paging, path_parameter, query_parameter
from web.openapi.refusals import PROBLEM_REF
from web.uploads import MAX_FILES

_ID = path_parameter("id", "The import's id")
_FORM = {
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


def describe_all() -> None:
    base, one = "/api/v1/imports", "/api/v1/imports/{id}"
    describe(base, "get", operation(
        "imports_list", "List imports, newest first", "imports", *paging(), answers={200: ImportJobList}
    ))  # fmt: skip
    create = operation(
        "imports_create",
        "Upload history files and import them, or see what an import would do",
        "imports",
        query_parameter("dry_run", "Only report; `…/start` then does it", {"type": "boolean", "default": False}),
        answers={202: ImportJob},
        description="Answers at once; the import runs in the background. Importing the same again changes nothing.",
    )
    create["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    create["responses"]["411"] = PROBLEM_REF
    describe(base, "post", create)
    describe(one, "get", operation(
        "imports_read", "One import: state, progress, report", "imports", _ID, answers={200: ImportJob}
    ))  # fmt: skip
    describe(one + "/ranges", "get", operation(
        "imports_ranges", "The sensors that an import wrote, with the range of each", "imports", _ID,
        answers={200: ImportRanges},
    ))  # fmt: skip
    describe(one + "/start", "post", operation(
        "imports_start", "Do what a finished dry run reported, with the same files", "imports", _ID,
        answers={202: ImportJob},
    ))  # fmt: skip
    describe(one + "/cancel", "post", operation(
        "imports_cancel", "Cancel an import; samples that are written stay", "imports", _ID, answers={200: ImportJob}
    ))  # fmt: skip
