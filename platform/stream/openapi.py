"""The stream in the OpenAPI schema."""

from __future__ import annotations

from typing import Any

from historian.http.openapi import problems
from historian.http.requests import MAX_VALUES_CHARS
from stream.subscription import MAX_SENSORS, PATH, QUESTION, Subscription
from web.openapi import describe, header_parameter, inlined, query_parameter, response_schema
from web.stream import TOPICS

_TOPIC = f"({'|'.join(TOPICS)})"
_PARAMETERS = [
    query_parameter(
        "sensors",
        f"Values of these: ids, separated by commas, {MAX_SENSORS:,} at most",
        {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_VALUES_CHARS,
            "pattern": "^,*[0-9A-Za-z][0-9A-Za-z,]*$",
        },
    ),
    query_parameter(
        "site",
        "Values of all sensors of this site (id or slug), too",
        {"type": "string", "minLength": 1},
    ),
    query_parameter(
        "topics",
        "Changes of what, separated by commas: jobs, devices, events, sources, schematics, connections, alarms "
        "and workspace of the tenant; or tenants and roll-outs, for operators",
        {"type": "string", "maxLength": 100, "pattern": f"^{_TOPIC}(,{_TOPIC})*$"},
    ),
    query_parameter(
        "watch",
        "What this source sends, by its id: a few of each batch, for engineers",
        {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[0-9a-z]+$"},
    ),
]
_EVENTS = {
    "type": "string",
    "description": "Events: values, change, arrivals, reload, catalog, end",
}


def declare() -> None:
    responses: dict[str, Any] = {
        "200": {
            "description": "Server-sent events, until either side ends them",
            "content": {"text/event-stream": {"schema": _EVENTS}},
        },
        "307": {"description": "The stream is at another port of this host"},
        **problems(400, 401, 403, 404, 429, 503),
    }
    describe(
        PATH,
        "get",
        {
            "operationId": "stream",
            "tags": ["stream"],
            "summary": "Values and jobs as they change",
            "parameters": [*_PARAMETERS, header_parameter("Last-Event-ID", "Go on after this event")],
            "responses": responses,
        },
    )
    describe(
        QUESTION,
        "get",
        {
            "operationId": "stream_subscription",
            "tags": ["stream"],
            "summary": "What the stream's process asks before it opens such a stream",
            "parameters": _PARAMETERS,
            "responses": {
                "200": response_schema("What it must know", inlined(Subscription)),
                **problems(400, 401, 403, 404, 503),
            },
        },
    )
