"""The OpenAPI operations of scans."""

from __future__ import annotations

from twin.conversions import CONVERTED_ALONE
from twin.openapi import make_operation, page_schema, schema_of
from twin.scans.images import MEDIA_TYPE
from twin.scans.models import NewScan, Scan
from web.openapi import describe, paging, path_parameter

ID = path_parameter("id", "A scan's id")


def describe_all() -> None:
    base, one = "/api/v1/schematics/scans", "/api/v1/schematics/scans/{id}"
    describe(base, "get", make_operation("scans_list", "List scans", page_schema(schema_of(Scan)), [*paging()]))
    describe(base, "post", {
        **make_operation(
            "scans_create", "Upload a scanned drawing", schema_of(Scan), [], 409, body=schema_of(NewScan), status="201"
        ),
        "description": (
            "Re-encoded as a grey JPEG of at most 4,000 pixels a side; nothing else of the file is kept. "
            f"409 `scans-full`: delete one first. {CONVERTED_ALONE}"
        ),
    })  # fmt: skip
    picture = make_operation("scans_read", "The picture", None, [ID], 404)
    picture["responses"]["200"]["content"] = {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
    describe(one, "get", picture)
    describe(one, "delete", make_operation("scans_delete", "Delete a scan", None, [ID], 404, 409, status="204"))
