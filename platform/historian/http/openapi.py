"""The OpenAPI operations of the historian's views."""

from __future__ import annotations

from typing import Any

from historian.http import arrow
from historian.http import requests as params
from historian.http.responses import RawPage, ValuesResponse
from historian.ladder.status import LadderStatus
from historian.retention.settings import Retention, RetentionResponse
from historian.shape.series import BandView, Line
from historian.statistics.distribution import Distribution
from historian.statistics.figures import Statistics
from web.openapi import PROBLEM, TIME, describe, inlined, json_body, path_parameter, query_parameter, response_schema
from web.paging import CURSOR_SCHEMA

START = query_parameter("start", "ISO 8601 with a zone, or epoch ms", TIME, required=True)
END = query_parameter("end", "Not included", TIME, required=True)
_POINTS = query_parameter(
    "points",
    "The maximum number of points returned",
    {
        "type": "integer",
        "minimum": params.MIN_POINTS,
        "maximum": params.MAX_POINTS,
        "default": params.DEFAULT_POINTS,
    },
)
_METHOD = query_parameter(
    "method",
    "auto: minmax for continuous sensors, changes for discrete ones and text, inc for counters; raw: all samples",
    {"type": "string", "enum": list(params.METHODS), "default": "auto"},
)
_FORMAT = query_parameter(
    "format",
    "csv: with a header, times in ISO 8601; arrow: an Arrow IPC stream",
    {"type": "string", "enum": list(params.FORMATS), "default": "json"},
)
_LIMIT = query_parameter(
    "limit",
    "method=raw: samples a page",
    {"type": "integer", "minimum": 1, "maximum": params.MAX_PAGE, "default": params.DEFAULT_PAGE},
)
_CURSOR = query_parameter("cursor", "method=raw: from the response's `next`", CURSOR_SCHEMA)


def problems(*statuses: int) -> dict[str, Any]:
    return {str(status): PROBLEM for status in statuses}


def _with_csv(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    response = response_schema(description, schema)
    response["content"]["text/csv"] = {"schema": {"type": "string"}}
    response["content"][arrow.MEDIA_TYPE] = {"schema": {"type": "string", "format": "binary"}}
    return response


_SERIES = {
    "type": "object",
    "required": ["results", "next"],
    "properties": {
        "results": {"type": "array", "items": {"oneOf": [inlined(Line), inlined(BandView)]}},
        "next": {"type": "null"},
    },
}


_SITE = path_parameter("id", "The site's id")
_KEPT = response_schema("What counts now", inlined(RetentionResponse))


def declare() -> None:
    _declare_samples()
    _declare_retention()


def _declare_samples() -> None:
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
                    {"oneOf": [inlined(Line), inlined(BandView), inlined(RawPage)]},
                ),
                **problems(400, 401, 403, 404, 409, 503),
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
            "requestBody": json_body(inlined(params.Query, in_response=False)),
            "responses": {
                "200": _with_csv("One series for each sensor, in the requested order", _SERIES),
                **problems(400, 401, 403, 404, 409, 503),
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
                    f"Ids, separated by commas, {params.MAX_VALUES:,} at most",
                    {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": params.MAX_VALUES_CHARS,
                        "pattern": "^,*[0-9A-Za-z][0-9A-Za-z,]*$",
                    },
                ),
                query_parameter(
                    "site",
                    "All sensors of this site (id or slug), where `sensors` is not given",
                    {"type": "string", "minLength": 1},
                ),
            ],
            "responses": {
                "200": response_schema("One value for each sensor, in their order", inlined(ValuesResponse)),
                **problems(400, 401, 403, 404, 409, 503),
            },
        },
    )


def _declare_retention() -> None:
    _describe(
        "/api/v1/sensors/{id}/statistics",
        "get",
        "statistics",
        "Figures of one sensor's samples in a range",
        response_schema("The figures", inlined(Statistics)),
        [
            path_parameter("id", "The sensor's id"),
            *(START, END),
            query_parameter(
                "percentiles",
                f"Up to {params.MAX_PERCENTILES} numbers from 0 to 100, separated by commas; taken from the samples",
                {"type": "string", "examples": ["5,50,95"]},
            ),
        ],
    )
    _describe(
        "/api/v1/sensors/{id}/distribution",
        "get",
        "distribution",
        "Histogram and duration curve of a continuous sensor in a range",
        response_schema("The distribution", inlined(Distribution)),
        [
            path_parameter("id", "The sensor's id"),
            *(START, END),
            query_parameter(
                "bins",
                "The maximum number of bins; their width is a round number",
                {
                    "type": "integer",
                    "minimum": params.MIN_BINS,
                    "maximum": params.MAX_BINS,
                    "default": params.DEFAULT_BINS,
                },
            ),
        ],
    )
    status = response_schema("How far it is", inlined(LadderStatus))
    _describe("/api/v1/ladder", "get", "ladder", "How far the stored rollups are behind the samples", status)
    path, body = "/api/v1/retention", json_body(inlined(Retention, in_response=False))
    _describe(path, "get", "retention_read", "How long samples and rollups are kept", _KEPT)
    _describe(path, "put", "retention_change", "Change it for the whole tenant (admins)", _KEPT, body=body)
    path = "/api/v1/sites/{id}/retention"
    _describe(path, "get", "site_retention_read", "How long those of a site are kept", _KEPT, [_SITE])
    _describe(path, "put", "site_retention_change", "Change it for a site (admins)", _KEPT, [_SITE], body)
    _describe(path, "delete", "site_retention_delete", "The tenant's counts again (admins)", _KEPT, [_SITE])
    slug = {"type": "string", "minLength": 1}
    confirm = query_parameter("confirm", "The site's slug, to say that it is meant", slug, required=True)
    describe(
        "/api/v1/sites/{id}/samples",
        "delete",
        {
            "operationId": "site_samples_delete",
            "tags": ["samples"],
            "summary": "Delete every sample of a site and all rollups; the site itself is kept (admins)",
            "parameters": [_SITE, confirm],
            "responses": {"204": {"description": "Gone"}, **problems(400, 401, 403, 404, 503)},
        },
    )


def _describe(
    path: str,
    verb: str,
    name: str,
    summary: str,
    response: dict[str, Any],
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
) -> None:
    operation: dict[str, Any] = {
        "operationId": name,
        "tags": ["samples"],
        "summary": summary,
        "parameters": parameters or [],
        "responses": {"200": response, **problems(400, 401, 403, 404, 503)},
    }
    if body is not None:
        operation["requestBody"] = body
    describe(path, verb, operation)
