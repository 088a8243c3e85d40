"""InfluxDB's endpoints in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ingest.line_protocol.parser import PRECISIONS
from ingest.sources.influxdb.views import CONSISTENCIES, MAX_BYTES, PRECISIONS_V1, PRECISIONS_V2
from web.openapi import describe, query_parameter, response_schema
from web.openapi.refusals import OWN_ERROR

_EXAMPLE = 'harbour,sensor=TT-101 value=6.7 1770000000000000000\nharbour,sensor=P-1.state text="Running"\n'
_TEXT = {"type": "string"}
_ERROR_V1 = response_schema(
    "As InfluxDB 1.8 responds; the sentence is also in the header `X-Influxdb-Error`",
    {"type": "object", "required": ["error"], "properties": {"error": _TEXT}, "additionalProperties": False},
)
_ERROR_V1["content"] |= {name: {"schema": _TEXT} for name in ("application/csv", "text/csv")}
_ERROR_V1["content"]["application/x-msgpack"] = _ERROR_V1["content"]["application/json"]
_ERROR_V2 = response_schema(
    "As InfluxDB 2 responds",
    {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": _TEXT,
            "message": _TEXT,
            "line": {"type": "integer", "minimum": 1, "description": "The first line that was not stored"},
        },
        "additionalProperties": False,
    },
)


def declare() -> None:
    describe("/write", "post", _write("writeLines", PRECISIONS_V1, _ERROR_V1, "503"))
    describe("/api/v2/write", "post", _write("writeLinesV2", PRECISIONS_V2, _ERROR_V2, "429"))
    for method in ("get", "head"):
        describe("/ping", method, _ping(method))
        describe("/health", method, _probe("health", method, "That the process responds", _HEALTH))
        describe("/ready", method, _probe("ready", method, "Since when the process has been running", _READY))


def _write(name: str, precisions: Collection[str], error: dict[str, Any], later: str) -> dict[str, Any]:
    ignored = "Accepted for InfluxDB's clients; the tenant comes from the credential."
    known = ["", *(precision for precision in PRECISIONS if precision in precisions)]
    return {
        "operationId": name,
        "tags": ["ingest"],
        "summary": "Write samples as InfluxDB line protocol",
        "description": (
            "Measurement: the site's slug or id. Tag `sensor`: the sensor's tag or id; other tags are ignored. "
            "Field `value` (a number; for a discrete sensor also a boolean or the name of a state) or `text`, and "
            "optionally `quality` (0 good, 1 uncertain, 2 bad). 204 means that every line is on disk. 400 `partial "
            "write: … dropped=N`: the good lines are, and the wrong ones are kept as dead letters; N counts those that "
            "could be parsed. 400 `unable to parse …`: all lines are dead letters. Any other response: nothing "
            f"was stored or kept. {later} with `Retry-After`: the tenant is suspended, over its rate, or too much of "
            "it is waiting; send the same batch later."
        ),
        "parameters": [
            query_parameter("precision", "Unit of the timestamps", {"type": "string", "enum": known, "default": "ns"}),
            query_parameter(
                "consistency",
                "Accepted for InfluxDB's clients",
                {"type": "string", "enum": ["", *sorted(CONSISTENCIES)]},
            ),
            query_parameter("u", "Any user, if the token is sent as `p`", _TEXT),
            query_parameter("p", "The token, for clients that cannot send a header", _TEXT),
            *(query_parameter(name, ignored, _TEXT) for name in ("db", "rp", "bucket", "org", "orgID")),
        ],
        "requestBody": {
            "required": True,
            "description": "Line protocol, UTF-8, at most 25 MB; `Content-Encoding: gzip` is accepted.",
            "content": {"text/plain": {"schema": {"type": "string", "maxLength": MAX_BYTES}, "example": _EXAMPLE}},
        },
        "responses": {"204": {"description": "Every line is durable"}},
        OWN_ERROR: error,
    }


def _ping(method: str) -> dict[str, Any]:
    return {
        "operationId": f"ping{method.capitalize()}",
        "tags": ["ingest"],
        "summary": "Responds as InfluxDB 1.x does",
        "security": [],
        "parameters": [
            query_parameter("verbose", "Anything but `0` and `false`: respond 200 with the version", _TEXT),
            query_parameter("u", "Not looked at", _TEXT),
            query_parameter("p", "Not looked at", _TEXT),
        ],
        "responses": {
            "200": response_schema("The version", _object(version=_TEXT)),
            "204": {"description": "The version is in the header `X-Influxdb-Version`"},
        },
        OWN_ERROR: _ERROR_V1,
    }


def _probe(name: str, method: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": f"{name}{method.capitalize()}",
        "tags": ["ingest"],
        "summary": f"{summary}, as InfluxDB says it",
        "security": [],
        "parameters": [],
        "responses": {"200": response_schema("", schema)},
        OWN_ERROR: _ERROR_V2,
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "required": list(properties), "properties": properties, "additionalProperties": False,
    }  # fmt: skip


_HEALTH = _object(
    checks={"type": "array", "items": {}}, message=_TEXT, name=_TEXT, status={"const": "pass"}, version=_TEXT
)
_READY = _object(status={"const": "ready"}, started={"type": "string", "format": "date-time"}, up=_TEXT)
