"""How long texts in an address may be: declared for every parameter, and checked in the same way for every view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.errors import BadRequest, NotFound

MAX_SEGMENT_CHARS = 64  # of an id, a slug or a name in a path
MAX_PARAMETER_CHARS = 1_000  # of a query parameter that declares nothing else
_MAX_CHARS = {"path": MAX_SEGMENT_CHARS, "query": MAX_PARAMETER_CHARS, "header": MAX_SEGMENT_CHARS}
_OWN = ("enum", "const", "format", "maxLength")  # more specific than a length


def bounded(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """The parameter with the maximum length of its text."""
    schema = parameter.get("schema", {})
    if schema.get("type") != "string" or any(word in schema for word in _OWN):
        return dict(parameter)
    least = {"minLength": 1} if parameter["in"] == "path" else {}
    return {**parameter, "schema": {**schema, **least, "maxLength": _MAX_CHARS[parameter["in"]]}}


def check_segments(steps: Mapping[str, Any]) -> None:
    """Raises NotFound if a path segment is longer than any id or name."""
    for name, step in steps.items():
        if isinstance(step, str) and len(step) > MAX_SEGMENT_CHARS:
            raise NotFound(f"This address does not exist: no {name} has {len(step)} characters.")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a query parameter may be. `choices`: empty if anything goes."""

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
    """The bounds of each query parameter. `choices`: check those too; plain views do so themselves."""
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
            f"{name} is empty: leave it out, or give it a value.", slug="missing-parameter", parameter=name
        )
    why = f"has {length} characters; {bounds.min_chars} to {bounds.max_chars} are allowed."
    return BadRequest(f"{name}= {why}", slug="bad-parameter", parameter=name)
