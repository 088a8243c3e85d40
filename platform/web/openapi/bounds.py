"""How long the texts in an address may be: declared of every parameter, and checked for every view alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.errors import BadRequest, NotFound

MAX_SEGMENT_CHARS = 64  # of an id, a slug or a name in a path
MAX_PARAMETER_CHARS = 1_000  # of a query parameter that says nothing else
_MAX_CHARS = {"path": MAX_SEGMENT_CHARS, "query": MAX_PARAMETER_CHARS, "header": MAX_SEGMENT_CHARS}
_OWN = ("enum", "const", "format", "maxLength")  # says more than a length would


def bounded(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """The parameter with the length that its text may have."""
    schema = parameter.get("schema", {})
    if schema.get("type") != "string" or any(word in schema for word in _OWN):
        return dict(parameter)
    least = {"minLength": 1} if parameter["in"] == "path" else {}
    return {**parameter, "schema": {**schema, **least, "maxLength": _MAX_CHARS[parameter["in"]]}}


def check_segments(steps: Mapping[str, Any]) -> None:
    """Raises NotFound where a part of an address is longer than any name."""
    for name, step in steps.items():
        if isinstance(step, str) and len(step) > MAX_SEGMENT_CHARS:
            raise NotFound(f"There is nothing at this address: no {name} has {len(step)} characters.")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the text of a query parameter may be. `choices`: empty where anything goes."""

    min_chars: int = 0
    max_chars: int = MAX_PARAMETER_CHARS
    choices: tuple[str, ...] = ()

    def check(self, name: str, text: str) -> None:
        """Raises BadRequest."""
        if not self.min_chars <= len(text) <= self.max_chars:
            raise _wrong_length(name, len(text), self)
        if self.choices and text not in self.choices:
            raise BadRequest(
                f"{name}={text[:40]} is not one of {', '.join(self.choices)}.", slug="bad-parameter", parameter=name
            )


def query_bounds(parameters: Iterable[Mapping[str, Any]], choices: bool) -> dict[str, Bounds]:
    """Of each query parameter. `choices`: also what it may be; plain views tell that in words of their own."""
    found = {}
    for parameter in parameters:
        if parameter["in"] == "query":
            schema = bounded(parameter).get("schema", {})
            found[parameter["name"]] = Bounds(
                schema.get("minLength", 0),
                schema.get("maxLength", MAX_PARAMETER_CHARS),
                tuple(map(str, schema.get("enum", ()))) if choices else (),
            )
    return found


def _wrong_length(name: str, length: int, bounds: Bounds) -> BadRequest:
    if length == 0:
        return BadRequest(
            f"{name} is missing: leave {name}= out, or say what is meant.", slug="missing-parameter", parameter=name
        )
    why = f"has {length} characters; it takes {bounds.min_chars} to {bounds.max_chars}."
    return BadRequest(f"{name}= {why}", slug="bad-parameter", parameter=name)
