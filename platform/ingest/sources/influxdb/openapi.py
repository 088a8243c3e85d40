"""InfluxDB's endpoints in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ingest.line_protocol.parser import PRECISIONS
from ingest.sources.influxdb.query.formats import DEFAULT_CHUNK, MAX_CHUNK
from ingest.sources.influxdb.query.parse import MAX_CHARS
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
    for method in ("get", "post"):
        describe("/query", method, _query(method))
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
            f"was stored or kept. {later} with `Retry-After`: the tenant is suspended, the source is paused, or "
            "retries or stops at errors (`on_error`) and the batch has one, the tenant is over its rate, or too much "
            "of it is waiting; send the same batch later."
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


def _query(method: str) -> dict[str, Any]:
    names = {name: {"schema": _TEXT} for name in ("application/csv", "text/csv", "application/x-msgpack")}
    results = response_schema(
        "A result for each statement, as InfluxDB 1.8 writes it; with `chunked` several such objects, one a line",
        {"type": "object", "required": ["results"], "properties": {"results": {"type": "array", "items": _RESULT}}},
    )
    results["content"] |= names
    operation: dict[str, Any] = {
        "operationId": f"query{'' if method == 'get' else 'ByPost'}",
        "tags": ["samples"],
        "summary": "Query samples by InfluxQL",
        "description": (
            "Reads as InfluxDB 1.8 does: SELECT, and SHOW DATABASES, RETENTION POLICIES, MEASUREMENTS, TAG KEYS, TAG "
            "VALUES, FIELD KEYS and SERIES; any other statement is refused, and nothing of its request is done. "
            "Measurement: the site's slug or id. Tags: `sensor`, `asset`, `area`, `unit`, whose values may be ids. "
            "Field: `value`, of text sensors `text`. An error of one statement is in its result, as in InfluxDB."
        ),
        "parameters": [
            query_parameter("q", _Q, {**_Q_SCHEMA, "minLength": 1}, required=True)
            if method == "get"
            else query_parameter("q", f"{_Q}; here or in the body", _Q_SCHEMA),
            *(query_parameter(name, text, _TEXT) for name, text in _QUERY_PARAMETERS.items()),
        ],
        "responses": {"200": results},
        OWN_ERROR: _ERROR_V1,
    }
    if method == "post":
        form = {
            name: {"type": "string", "maxLength": MAX_CHARS, "description": text}
            for name, text in {"q": _Q, **_QUERY_PARAMETERS}.items()
        }
        operation["requestBody"] = {
            "description": "The same parameters, where they are not in the address",
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": form}}},
        }
    return operation


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
            query_parameter("wait_for_leader", "Ignored; the Go client of version 1 sends it", _TEXT),
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


_SERIES = {
    "type": "object",
    "required": ["columns", "values"],
    "properties": {
        "name": _TEXT,
        "tags": {"type": "object", "additionalProperties": _TEXT},
        "columns": {"type": "array", "items": _TEXT},
        "values": {"type": "array", "items": {"type": "array", "items": {}}},
        "partial": {"type": "boolean"},
    },
    "additionalProperties": False,
}
_RESULT = {
    "type": "object",
    "required": ["statement_id"],
    "properties": {
        "statement_id": {"type": "integer", "minimum": 0},
        "series": {"type": "array", "items": _SERIES},
        "error": _TEXT,
        "partial": {"type": "boolean"},
    },
    "additionalProperties": False,
}
_Q, _Q_SCHEMA = "Statements, separated by semicolons", {"type": "string", "maxLength": MAX_CHARS}
_QUERY_PARAMETERS = {
    "db": "`plant` or the tenant's slug, if anything; any other database is 404",
    "rp": "Accepted for InfluxDB's clients",
    "epoch": "Write times as integers in this unit: `ns`, `u`, `ms`, `s`, `m` or `h`; without it as text",
    "chunked": "`true`: in several parts",
    "chunk_size": f"Rows of a part; {DEFAULT_CHUNK:,} by default, {MAX_CHUNK:,} at most",
    "pretty": "`true`: indented",
    "params": "A JSON object: the values of `$name` in the statements",
    "precision": "Accepted for InfluxDB's clients",
    "u": "Any user, if the token is sent as `p`",
    "p": "The token, for clients that cannot send a header",
}
_HEALTH = _object(
    checks={"type": "array", "items": {}}, message=_TEXT, name=_TEXT, status={"const": "pass"}, version=_TEXT
)
_READY = _object(status={"const": "ready"}, started={"type": "string", "format": "date-time"}, up=_TEXT)
