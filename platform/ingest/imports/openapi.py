"""The OpenAPI operations of imports."""

from __future__ import annotations

from ingest.imports.records import ImportJob, ImportJobList, ImportRanges
from ingest.imports.views import MAX_MAPPING_BYTES
from jobs.openapi import JobOperations
from web.openapi import describe, query_parameter
from web.openapi.refusals import PROBLEM_REF
from web.uploads import MAX_FILES

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
    operations = JobOperations("/api/v1/imports", "imports", "import", ImportJob, ImportJobList)
    operations.describe(
        "List imports, newest first",
        "One import: state, progress, report",
        "Cancel an import; samples that are written are kept",
    )
    create = operations.operation(
        "create",
        "Upload history files and import them, or see what an import would do",
        query_parameter("dry_run", "Only report; `…/start` then does it", {"type": "boolean", "default": False}),
        responses={202: ImportJob},
        description="Returns immediately; the import runs in the background. Importing the same again changes nothing.",
    )
    create["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    create["responses"]["411"] = PROBLEM_REF
    describe(operations.base, "post", create)
    operations.describe_one(
        "/ranges", "get", "ranges", "The sensors that an import wrote, with the range of each", ImportRanges
    )
    operations.describe_one(
        "/start", "post", "start", "Do what a finished dry run reported, with the same files", ImportJob, 202
    )
