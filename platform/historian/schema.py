"""What the plain views of this package say of themselves in the OpenAPI schema."""

from __future__ import annotations

from typing import Any

import msgspec

from historian import arrow
from historian import request as asked
from historian.answers import BandPicture, Line, RawPage, ValuesAnswer
from web.schema import PROBLEM, TIME, describe, json_answer, json_body, path_parameter, query_parameter

START = query_parameter("start", "ISO 8601 with a zone, or epoch ms", TIME, required=True)
END = query_parameter("end", "Not included", TIME, required=True)
_POINTS = query_parameter(
    "points",
    "At most so many points are answered",
    {
        "type": "integer",
        "minimum": asked.MIN_POINTS,
        "maximum": asked.MAX_POINTS,
        "default": asked.DEFAULT_POINTS,
    },
)
_METHOD = query_parameter(
    "method",
    "auto: minmax for continuous sensors, changes for discrete ones and text, inc for counters; raw: all samples",
    {"type": "string", "enum": list(asked.METHODS), "default": "auto"},
)
_FORMAT = query_parameter(
    "format",
    "csv: with a header, times in ISO 8601; arrow: an Arrow IPC stream",
    {"type": "string", "enum": list(asked.FORMATS), "default": "json"},
)
_LIMIT = query_parameter(
    "limit",
    "method=raw: samples a page",
    {"type": "integer", "minimum": 1, "maximum": asked.MOST_PAGE, "default": asked.DEFAULT_PAGE},
)
_CURSOR = query_parameter("cursor", "method=raw: from the answer's `next`", {"type": "string"})


def inlined(kind: Any, answered: bool = True) -> dict[str, Any]:
    """The JSON schema of a type, without references. What we answer is always there, defaults too."""
    (schema,), parts = msgspec.json.schema_components([kind], ref_template="{name}")
    resolved: dict[str, Any] = _resolved(schema, parts, answered)
    return resolved


def _resolved(schema: Any, parts: dict[str, Any], answered: bool) -> Any:
    if isinstance(schema, list):
        return [_resolved(item, parts, answered) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_resolved(parts[schema["$ref"]], parts, answered), **rest}
    resolved = {key: _resolved(value, parts, answered) for key, value in schema.items()}
    if answered and "properties" in schema:
        given = [name for name, part in resolved["properties"].items() if part.pop("default", ...) is not ...]
        resolved["required"] = [*resolved.get("required", []), *given]
    return resolved


def problems(*statuses: int) -> dict[str, Any]:
    return {str(status): PROBLEM for status in statuses}


def _with_csv(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    answer = json_answer(description, schema)
    answer["content"]["text/csv"] = {"schema": {"type": "string"}}
    answer["content"][arrow.MEDIA_TYPE] = {"schema": {"type": "string", "format": "binary"}}
    return answer


_PICTURES = {
    "type": "object",
    "required": ["results", "next"],
    "properties": {
        "results": {"type": "array", "items": {"oneOf": [inlined(Line), inlined(BandPicture)]}},
        "next": {"type": "null"},
    },
}


def declare() -> None:
    describe(
        "/api/v1/sensors/{id}/samples",
        "get",
        {
            "operationId": "samples",
            "tags": ["samples"],
            "summary": "The best points of one sensor in a range",
            "parameters": [
                path_parameter("id", "The sensor's id"),
                *(START, END, _POINTS, _METHOD, _FORMAT, _LIMIT, _CURSOR),
            ],
            "responses": {
                "200": _with_csv(
                    "A line, a band (method=band) or a page of stored samples (method=raw)",
                    {"oneOf": [inlined(Line), inlined(BandPicture), inlined(RawPage)]},
                ),
                **problems(400, 401, 403, 404, 503),
            },
        },
    )
    describe(
        "/api/v1/samples/query",
        "post",
        {
            "operationId": "samples_query",
            "tags": ["samples"],
            "summary": "The best points of many sensors in one range",
            "requestBody": json_body(inlined(asked.Query, answered=False)),
            "responses": {
                "200": _with_csv("One picture for each sensor, in their order", _PICTURES),
                **problems(400, 401, 403, 404, 503),
            },
        },
    )
    describe(
        "/api/v1/values",
        "get",
        {
            "operationId": "values",
            "tags": ["samples"],
            "summary": "Each sensor's last sample at or before a moment",
            "parameters": [
                query_parameter("at", "ISO 8601 with a zone, or epoch ms; without it: now", TIME),
                query_parameter(
                    "sensors",
                    f"Ids, separated by commas, {asked.MAX_VALUES:,} at most",
                    {"type": "string", "maxLength": asked.MAX_VALUES_CHARS, "pattern": "^[0-9A-Za-z,]*$"},
                ),
                query_parameter(
                    "site", "All sensors of this site (id or slug), where `sensors` is not given", {"type": "string"}
                ),
            ],
            "responses": {
                "200": json_answer("One value for each sensor, in their order", inlined(ValuesAnswer)),
                **problems(400, 401, 403, 404, 503),
            },
        },
    )
