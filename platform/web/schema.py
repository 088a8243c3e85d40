"""OpenAPI of plain (non-DRF) views: they describe themselves here, and a hook merges that into the schema."""

from __future__ import annotations

from typing import Any

_operations: dict[tuple[str, str], dict[str, Any]] = {}


def describe(path: str, method: str, operation: dict[str, Any]) -> None:
    """Declare the OpenAPI 3.1 operation of one method of a plain view; `path` as in `/api/v1/sensors/{id}/samples`."""
    _operations[path, method.lower()] = operation


def merge(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's POSTPROCESSING_HOOKS entry."""
    for (path, method), operation in sorted(_operations.items()):
        result["paths"].setdefault(path, {})[method] = operation
    result["components"].setdefault("responses", {})["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("default", {"$ref": "#/components/responses/Problem"})
    return result


def query_parameter(name: str, description: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema, "required": required}


def path_parameter(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "description": description, "schema": {"type": "string"}, "required": True}


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def json_answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


PROBLEM = {
    "description": "What was wrong and what would be right (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                },
            }
        }
    },
}
