"""How long the texts in an address may be: declared of every parameter, and checked for every view alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MAX_STEP_CHARS = 200  # of an id, a slug or a name in a path
MAX_PARAMETER_CHARS = 1_000  # of a query parameter that says nothing else
_MAX_CHARS = {"path": MAX_STEP_CHARS, "query": MAX_PARAMETER_CHARS, "header": MAX_STEP_CHARS}
_OWN = ("enum", "const", "format", "maxLength")  # says more than a length would


def bounded(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """The parameter with the length that its text may have."""
    schema = parameter.get("schema", {})
    if schema.get("type") != "string" or any(word in schema for word in _OWN):
        return dict(parameter)
    least = {"minLength": 1} if parameter["in"] == "path" else {}
    return {**parameter, "schema": {**schema, **least, "maxLength": _MAX_CHARS[parameter["in"]]}}


def lengths(parameters: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """The fewest and the most characters of each query parameter."""
    found = {}
    for parameter in parameters:
        if parameter["in"] == "query":
            schema = bounded(parameter).get("schema", {})
            found[parameter["name"]] = (schema.get("minLength", 0), schema.get("maxLength", MAX_PARAMETER_CHARS))
    return found
