"""Which errors an operation may return, derived in one place from its parameters, body and security."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

PROBLEM_TYPE = "application/problem+json"
PROBLEM_REF = {"$ref": "#/components/responses/Problem"}
OWN_ERROR = "x-error"  # of an operation that answers errors in another form: the response
_PROBES = frozenset({"/readyz"})  # return their own JSON with 503
_CHANGES = frozenset({"post", "put", "patch", "delete"})

ERRORS = {
    "type": "array",
    "description": "Each part of the request that is not valid",
    "items": {
        "type": "object",
        "required": ["field", "message"],
        "properties": {
            "field": {"type": "string", "description": "Where, such as `name` or `items[3].unit`; empty for the whole"},
            "message": {"type": "string"},
            "index": {"type": "integer", "minimum": 0, "description": "Of a bulk call: the item's place, from 0"},
        },
    },
}


def declare_refusals(path: str, method: str, operation: dict[str, Any]) -> None:
    """Add the errors to `operation`. What it declares itself stays if it is a problem document, or its own form."""
    responses: dict[str, Any] = operation["responses"]
    responses.pop("default", None)
    own = operation.pop(OWN_ERROR, None)
    for status in statuses(path, method, operation):
        responses.setdefault(str(status), own or PROBLEM_REF)
    if own is not None:
        operation["responses"] = dict(sorted(responses.items()))
        return
    for code, response in responses.items():
        wrong = "$ref" not in response and PROBLEM_TYPE not in response.get("content", {})
        if code[0] in "45" and wrong and path not in _PROBES:
            responses[code] = PROBLEM_REF
    operation["responses"] = dict(sorted(responses.items()))


def statuses(path: str, method: str, operation: dict[str, Any]) -> Iterator[int]:
    """The statuses of 400 and above."""
    is_public = not any(operation.get("security", [{"bearer": []}]))
    changes = method in _CHANGES
    yield 400  # at least for an unknown parameter
    if not is_public or changes:
        yield from (401, 403, 404)  # no such tenant for this caller, or a wrong password, or no CSRF token
        yield from (429, 503)  # too many attempts, and a database that is down
    elif "{" in path:
        yield from (404, 429, 503)
    if changes:
        yield 409
    if operation.get("requestBody"):
        yield from (413, 415)
