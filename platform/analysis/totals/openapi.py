"""The OpenAPI operation of totals."""

from __future__ import annotations

from analysis.totals.models import Totals
from analysis.totals.views import FORMATS
from historian.http.openapi import END, START, problems
from kernel.periods import BY
from web.openapi import describe, inlined, path_parameter, query_parameter, response_schema

MAX_ZONE = 60  # characters


def declare() -> None:
    response = response_schema("One entry for each period", inlined(Totals))
    response["content"]["text/csv"] = {"schema": {"type": "string"}}
    describe(
        "/api/v1/sensors/{id}/totals",
        "get",
        {
            "operationId": "totals",
            "tags": ["samples"],
            "summary": "Figures of one sensor per local hour, day, week or month",
            "parameters": [
                path_parameter("id", "The sensor's id"),
                *(START, END),
                query_parameter(
                    "by",
                    "The periods that the range touches, each as a whole",
                    {"type": "string", "enum": list(BY), "default": "day"},
                ),
                query_parameter(
                    "zone",
                    "IANA time zone; without it that of the sensor's site",
                    {"type": "string", "minLength": 1, "maxLength": MAX_ZONE, "examples": ["Europe/Vienna"]},
                ),
                query_parameter(
                    "format",
                    "csv: a line for each period, times in the zone",
                    {"type": "string", "enum": list(FORMATS), "default": "json"},
                ),
            ],
            "responses": {"200": response, **problems(400, 401, 403, 404, 503)},
        },
    )
