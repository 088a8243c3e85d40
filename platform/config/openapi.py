"""The probes and metrics in the OpenAPI schema."""

from __future__ import annotations

from web.openapi import describe, response_schema

_READINESS = {
    "type": "object",
    "required": ["ready", "parts"],
    "properties": {
        "ready": {"type": "boolean"},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "state", "detail", "needed"],
                "properties": {
                    "name": {"type": "string"},
                    "state": {"type": "string", "enum": ["up", "down"]},
                    "detail": {"type": "string"},
                    "needed": {"type": "boolean"},
                },
            },
        },
    },
}


def describe_all() -> None:
    describe("/healthz", "get", {
        "operationId": "healthz", "tags": ["platform"], "summary": "The process answers", "security": [{}],
        "responses": {
            "200": response_schema("Alive", {"type": "object", "properties": {"alive": {"type": "boolean"}}})
        },
    })  # fmt: skip
    describe("/metrics", "get", {
        "operationId": "metrics", "tags": ["platform"], "summary": "Metrics for Prometheus, with an operator's token",
        "responses": {
            "200": {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}
        },
    })  # fmt: skip
    describe("/readyz", "get", {
        "operationId": "readyz", "tags": ["platform"], "security": [{}],
        "summary": "Which parts are up: those that the named tenant uses; all for an operator who names no tenant",
        "responses": {
            "200": response_schema("Everything that all requests need is up", _READINESS),
            "503": response_schema("A part that all requests need is down", _READINESS),
        },
    })  # fmt: skip
