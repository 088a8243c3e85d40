"""OpenAPI of plain (non-DRF) views: they describe themselves here, and a hook merges that into the schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kernel.times import MAX_CHARS
from web.openapi.bounds import MAX_SEGMENT_CHARS, bounded
from web.openapi.refusals import ERRORS, PROBLEM_TYPE, declare_refusals
from web.openapi.structs import reference
from web.paging import CURSOR_SCHEMA, LIMIT_SCHEMA

TIME = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_CHARS,
    "description": "ISO 8601 with a zone, or epoch milliseconds",
    "examples": ["2026-03-14T09:42:00Z", "1773481320000"],
}
_ARGUMENT = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
_operations: dict[tuple[str, str], dict[str, Any]] = {}


def describe(path: str, method: str, operation: dict[str, Any]) -> None:
    """Declare the OpenAPI 3.1 operation of one method of a plain view; `path` as in `/api/v1/sensors/{id}/samples`."""
    _operations[path, method.lower()] = operation


def operation(
    operation_id: str,
    summary: str,
    tag: str,
    *parameters: dict[str, Any],
    responses: Mapping[int, Any],
    body: Any = None,
    description: str = "",
) -> dict[str, Any]:
    """An operation with JSON bodies. `responses` by status: a struct, a schema, or None if there is no body.

    Errors that every operation may return need not be declared; see `web.openapi.refusals`.
    """
    declaration: dict[str, Any] = {
        "operationId": operation_id,
        "tags": [tag],
        "summary": summary,
        "parameters": [*parameters],
    }
    if description:
        declaration["description"] = description
    if body is not None:
        declaration["requestBody"] = json_body(_schema(body, in_response=False))
    declaration["responses"] = {str(status): _response(status, shape) for status, shape in responses.items()}
    return declaration


def _response(status: int, shape: Any) -> dict[str, Any]:
    if shape is None:
        return {"description": "No response body"}
    media_type = PROBLEM_TYPE if status >= 400 else "application/json"
    return {"description": "", "content": {media_type: {"schema": _schema(shape, in_response=True)}}}


def _schema(shape: Any, in_response: bool) -> dict[str, Any]:
    return dict(shape) if isinstance(shape, Mapping) else reference(shape, in_response)


def paging() -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters of a list that is read page by page."""
    return (
        query_parameter("limit", "Page size, 1 to 1000; 100 by default", LIMIT_SCHEMA),
        query_parameter("cursor", "Start of the page, from `next`", CURSOR_SCHEMA),
    )


def address_of(route: str) -> str:
    """The path of Django's route as it is described: `/api/v1/sensors/{id}` for `api/v1/sensors/<str:id>`."""
    return "/" + _ARGUMENT.sub(r"{\1}", route)


def operations_at(path: str) -> dict[str, dict[str, Any]]:
    """The operations of a plain view, by method."""
    return {method: operation for (at, method), operation in _operations.items() if at == path}


def merge(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's POSTPROCESSING_HOOKS entry."""
    for (path, method), operation in sorted(_operations.items()):
        result["paths"].setdefault(path, {})[method] = {**operation, "responses": dict(operation["responses"])}
    result["components"].setdefault("responses", {})["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            operation["parameters"] = [bounded(parameter) for parameter in operation.get("parameters", ())]
            declare_refusals(path, method, operation)
    return result


def query_parameter(name: str, description: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema, "required": required}


def header_parameter(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def path_parameter(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": MAX_SEGMENT_CHARS}
    return {"name": name, "in": "path", "description": description, "schema": schema, "required": True}


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def response_schema(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


PROBLEM = {
    "description": "What was wrong, and what would be right (RFC 9457)",
    "content": {
        PROBLEM_TYPE: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "errors": ERRORS,
                },
            }
        }
    },
}
