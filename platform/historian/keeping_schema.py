"""What `keeping_views` says of itself in the OpenAPI schema."""

from __future__ import annotations

from typing import Any

from historian import request as asked
from historian.ladder.status import LadderStatus
from historian.retention import Retention, RetentionAnswer
from historian.schema import END, START, inlined, problems
from historian.statistics import Statistics
from web.schema import describe, json_answer, json_body, path_parameter, query_parameter

_SITE = path_parameter("id", "The site's id")
_KEPT = json_answer("What counts now", inlined(RetentionAnswer))


def declare() -> None:
    _describe(
        "/api/v1/sensors/{id}/statistics",
        "get",
        "statistics",
        "Figures of one sensor's samples in a range",
        json_answer("The figures", inlined(Statistics)),
        [
            path_parameter("id", "The sensor's id"),
            *(START, END),
            query_parameter(
                "percentiles",
                f"Up to {asked.MOST_PERCENTILES} numbers from 0 to 100, separated by commas; taken from the samples",
                {"type": "string", "examples": ["5,50,95"]},
            ),
        ],
    )
    status = json_answer("How far it is", inlined(LadderStatus))
    _describe("/api/v1/ladder", "get", "ladder", "How far the stored rollups are behind the samples", status)
    path, body = "/api/v1/retention", json_body(inlined(Retention, answered=False))
    _describe(path, "get", "retention_read", "How long samples and rollups are kept", _KEPT)
    _describe(path, "put", "retention_change", "Change it for the whole tenant (admins)", _KEPT, body=body)
    path = "/api/v1/sites/{id}/retention"
    _describe(path, "get", "site_retention_read", "How long those of a site are kept", _KEPT, [_SITE])
    _describe(path, "put", "site_retention_change", "Change it for a site (admins)", _KEPT, [_SITE], body)
    _describe(path, "delete", "site_retention_delete", "The tenant's counts again (admins)", _KEPT, [_SITE])
    confirm = query_parameter("confirm", "The site's slug, to say that it is meant", {"type": "string"}, required=True)
    describe(
        "/api/v1/sites/{id}/samples",
        "delete",
        {
            "operationId": "site_samples_delete",
            "tags": ["samples"],
            "summary": "Delete every sample of a site and all made of them; its description stays (admins)",
            "parameters": [_SITE, confirm],
            "responses": {"204": {"description": "Gone"}, **problems(400, 401, 403, 404, 503)},
        },
    )


def _describe(
    path: str,
    verb: str,
    name: str,
    summary: str,
    answer: dict[str, Any],
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
) -> None:
    operation: dict[str, Any] = {
        "operationId": name,
        "tags": ["samples"],
        "summary": summary,
        "parameters": parameters or [],
        "responses": {"200": answer, **problems(400, 401, 403, 404, 503)},
    }
    if body is not None:
        operation["requestBody"] = body
    describe(path, verb, operation)
