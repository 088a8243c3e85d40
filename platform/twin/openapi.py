"""The OpenAPI operations of the schematics' views, from the structs they return."""

from __future__ import annotations

from functools import partial
from typing import Any

from twin.binary import MEDIA_TYPE
from twin.bodies import DEFAULT_FRAMES, MAX_FRAMES, MAX_VERSION, MIN_FRAMES, NewSchematic, NewVersion
from twin.models import Drawing, DrawingError, Schematic, SchematicVersion
from twin.queries import Frame, SchematicPlayback
from twin.symbols import Symbol
from web.openapi import (
    PROBLEM,
    TIME,
    describe,
    header_parameter,
    inlined,
    json_body,
    paging,
    path_parameter,
    query_parameter,
    response_schema,
)
from web.openapi.structs import reference

TAGS = ["schematics"]
ID = path_parameter("id", "A schematic's id")
IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")
AT = query_parameter("at", "The moment; now if missing", TIME)
VERSION = {"type": "integer", "minimum": 1, "maximum": MAX_VERSION}

schema_of = partial(inlined, in_response=False)


def describe_all() -> None:
    base, one = "/api/v1/schematics", "/api/v1/schematics/{id}"
    version = version_schema()
    describe(base, "get", make_operation("schematics_list", "List schematics", page_schema(schema_of(Schematic)), [
        query_parameter("site", "Only schematics of this site (id or slug)", {"type": "string"}),
        *paging(),
    ], 404))  # fmt: skip
    describe(base, "post", make_operation(
        "schematics_create", "Create a schematic", version, [], 404, 409,
        body=body_schema(NewSchematic), status="201", errors=True,
    ))  # fmt: skip
    number = query_parameter("version", "This version instead, by its number", VERSION)
    describe(
        one, "get", make_operation("schematics_read", "The version valid at a moment", version, [ID, AT, number], 404)
    )
    describe(one, "put", make_operation(
        "schematics_update", "Store a new version", version, [ID], 404, 409, body=body_schema(NewVersion), errors=True
    ))  # fmt: skip
    describe(
        one,
        "delete",
        make_operation(
            "schematics_delete", "Delete a schematic with all its versions", None, [ID], 404, 409, status="204"
        ),
    )
    describe(one + "/frame", "get", make_operation("schematics_frame", "All values at a moment", schema_of(Frame), [
        ID, AT, query_parameter("drawing", "false omits the drawing", {"type": "boolean", "default": True}),
    ], 404))  # fmt: skip
    frames = {"type": "integer", "minimum": MIN_FRAMES, "maximum": MAX_FRAMES, "default": DEFAULT_FRAMES}
    run = schema_of(SchematicPlayback)
    playback = make_operation("schematics_playback", "A series of frames", run, [
        ID,
        query_parameter("start", "Time of the first frame", TIME, True),
        query_parameter("end", "The end", TIME, True),
        query_parameter("frames", "Number of frames", frames),
        query_parameter("format", "binary: float32 columns, see the API guide", {
            "type": "string", "enum": ["json", "binary"], "default": "json",
        }),
    ], 404)  # fmt: skip
    playback["responses"]["200"]["content"][MEDIA_TYPE] = {"schema": {"type": "string", "format": "binary"}}
    describe(one + "/playback", "get", playback)


def version_schema() -> dict[str, Any]:
    version = schema_of(SchematicVersion)
    version["properties"]["symbols"] = {"type": "object", "additionalProperties": reference(Symbol, in_response=True)}
    return version


def make_operation(
    name: str,
    summary: str,
    response: dict[str, Any] | None,
    parameters: list[dict[str, Any]],
    *problems: int,
    body: dict[str, Any] | None = None,
    status: str = "200",
    errors: bool = False,
) -> dict[str, Any]:
    good = {"description": summary} if response is None else response_schema(summary, response)
    bad = {str(code): PROBLEM for code in (400, 401, 403, *problems)}
    if errors:
        bad["400"] = invalid_drawing()
    operation = {"operationId": name, "tags": TAGS, "summary": summary, "parameters": parameters}
    return {**operation, **({"requestBody": json_body(body)} if body else {}), "responses": {status: good, **bad}}


def page_schema(item: dict[str, Any]) -> dict[str, Any]:
    results = {"type": "array", "items": item}
    properties = {"results": results, "next": {"type": ["string", "null"]}}
    return {"type": "object", "required": ["results", "next"], "properties": properties}


def body_schema(kind: type) -> dict[str, Any]:
    """A struct's schema with the drawing's schema inlined; `validation` parses the drawing part by part."""
    schema = schema_of(kind)
    return {**schema, "properties": {**schema["properties"], "drawing": schema_of(Drawing)}}


def invalid_drawing() -> dict[str, Any]:
    """A problem document that may list a drawing's errors."""
    media = "application/problem+json"
    schema = PROBLEM["content"][media]["schema"]  # type: ignore[index]
    listed = {**schema["properties"], "errors": {"type": "array", "items": schema_of(DrawingError)}}
    return {**PROBLEM, "content": {media: {"schema": {**schema, "properties": listed}}}}
