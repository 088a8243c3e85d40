"""InfluxDB's endpoints in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from ingest.line_protocol.parser import PRECISIONS
from ingest.sources.influxdb.views import MAX_BYTES
from web.openapi import PROBLEM, describe, query_parameter

_EXAMPLE = 'harbour,sensor=TT-101 value=6.7 1770000000000000000\nharbour,sensor=P-1.state text="Running"\n'


def declare() -> None:
    for path, name in (("/write", "writeLines"), ("/api/v2/write", "writeLinesV2")):
        describe(path, "post", _write(name))
    for method in ("get", "head"):
        describe("/ping", method, _ping(method))


def _write(name: str) -> dict[str, Any]:
    ignored = "Accepted for InfluxDB's clients; the tenant comes from the credential."
    return {
        "operationId": name,
        "tags": ["ingest"],
        "summary": "Write samples as InfluxDB line protocol",
        "description": (
            "Measurement: the site's slug or id. Tag `sensor`: the sensor's tag or id; other tags are ignored. "
            "Field `value` (a number; for a discrete sensor also a boolean or the name of a state) or `text`, and "
            "optionally `quality` (0 good, 1 uncertain, 2 bad). 204 means that every line is on disk; any other "
            "answer, that none was stored."
        ),
        "parameters": [
            query_parameter(
                "precision", "Unit of the timestamps", {"type": "string", "enum": list(PRECISIONS), "default": "ns"}
            ),
            *(
                query_parameter(name, ignored, {"type": "string"})
                for name in ("db", "rp", "bucket", "org", "orgID", "consistency")
            ),
        ],
        "requestBody": {
            "required": True,
            "description": "Line protocol, UTF-8, at most 25 MB; `Content-Encoding: gzip` is accepted.",
            "content": {"text/plain": {"schema": {"type": "string", "maxLength": MAX_BYTES}, "example": _EXAMPLE}},
        },
        "responses": {
            "204": {"description": "Every line is durable"},
            **{status: PROBLEM for status in ("400", "401", "403", "413", "429", "503")},
        },
    }


def _ping(method: str) -> dict[str, Any]:
    return {
        "operationId": f"ping{method.capitalize()}",
        "tags": ["ingest"],
        "summary": "Answers as InfluxDB 1.x does",
        "security": [],
        "parameters": [query_parameter("verbose", "Answer 200 with the version", {"type": "boolean"})],
        "responses": {
            "200": {"description": "The version", "content": {"application/json": {"schema": {"type": "object"}}}},
            "204": {"description": "The version is in the header `X-Influxdb-Version`"},
        },
    }
