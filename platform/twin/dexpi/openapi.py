"""The OpenAPI operations of DEXPI."""

from __future__ import annotations

from twin.conversions import CONVERTED_ALONE
from twin.dexpi.models import DexpiDrawing, DexpiFile, NewExport, NewImport
from twin.openapi import body_schema, make_operation, schema_of
from web.openapi import describe


def describe_all() -> None:
    base = "/api/v1/schematics/dexpi"
    describe(base + "/import", "post", {
        **make_operation(
            "dexpi_import", "A drawing from a DEXPI file", schema_of(DexpiDrawing), [], 404, body=schema_of(NewImport)
        ),
        "description": (
            "Stores nothing. `taken`, `replaced` and `left_out` say what of the file is on the drawing. "
            f"{CONVERTED_ALONE}"
        ),
    })  # fmt: skip
    describe(base + "/export", "post", make_operation(
        "dexpi_export", "A drawing as a DEXPI file", schema_of(DexpiFile), [], 404,
        body=body_schema(NewExport), errors=True,
    ))  # fmt: skip
