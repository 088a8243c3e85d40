"""The places of a schema, and values that are empty or too small for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from tests.access.routes import schema
from tests.contracts.http.test_bounds import resolved

Step = str | int
Place = tuple[Step, ...]  # of a value in a body: ("items", 0, "name"); ANY is a name that is free
ANY = "*"
KIND, OF_KIND = "kind", "x-of-kind"  # the member that tells the parts of a union apart, and which one a place is in
_UNIONS = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True)
class Declared:
    """A value inside one of a schema; `node`: its own schema; `inside`: that of the object or list that holds it."""

    place: Place
    node: dict[str, Any]
    inside: dict[str, Any]

    @property
    def of_object(self) -> tuple[str, Step]:
        """The same wherever the same object is declared."""
        return json.dumps(self.inside, sort_keys=True), self.place[-1]


def places(node: dict[str, Any], at: Place = ()) -> Iterator[Declared]:
    for part in _parts(node):
        kinds = next((each["enum"] for each in _parts(part.get("properties", {}).get(KIND, {})) if "enum" in each), ())
        for name, inner in part.get("properties", {}).items():
            yield Declared((*at, name), {**inner, OF_KIND: kinds[0]} if len(kinds) == 1 else inner, part)
            yield from places(inner, (*at, name))
        for word, step in (("items", 0), ("additionalProperties", ANY)):
            if isinstance(inner := part.get(word), dict):
                yield Declared((*at, step), inner, part)
                yield from places(inner, (*at, step))


def empty_values(node: dict[str, Any]) -> list[Any]:
    """Empty values of its types; for numbers zero, a negative one, and one below the least."""
    found: list[Any] = []
    parts = list(_parts(node))
    is_any_number = any(part.get("type") == "number" and "minimum" not in part for part in parts)
    for part in parts:
        types = part.get("type", ())
        for kind in [types] if isinstance(types, str) else types:
            found += _EMPTY.get(kind, [])
            if kind in ("integer", "number") and "minimum" in part and not is_any_number:
                found.append(part["minimum"] - 1)
        if "type" not in part:
            found += [""] * any(isinstance(value, str) for value in part.get("enum", ()))
    return [value for index, value in enumerate(found) if value not in found[:index]]


def allows(node: dict[str, Any], value: Any) -> bool:
    return bool(Draft202012Validator({**node, "components": schema()["components"]}).is_valid(value))


def has(body: Any, place: Place, kind: str | None = None) -> bool:
    """Whether the body has that place, in a part of that kind."""
    try:
        value_at(body, place)
        if kind is not None and value_at(body, place[:-1]).get(KIND) != kind:
            return False
    except (KeyError, IndexError, TypeError, StopIteration):
        return False
    return True


def value_at(body: Any, place: Place) -> Any:
    for step in place:
        body = body[next(iter(body)) if step == ANY else step]
    return body


def replaced(body: Any, place: Place, value: Any) -> Any:
    """A copy of the body with another value at this place."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(body, list):
        return [replaced(item, rest, value) if index == step else item for index, item in enumerate(body)]
    chosen = next(iter(body)) if step == ANY else step
    return {**body, chosen: replaced(body[chosen], rest, value)}


def pointer(body: Any, place: Place) -> str:
    """As errors name it: `items[0].name`."""
    text = ""
    for step in place:
        step = next(iter(body)) if step == ANY else step
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
        body = body[step]
    return text.removeprefix(".")


_EMPTY: dict[str, list[Any]] = {
    "string": [""],
    "array": [[]],
    "object": [{}],
    "integer": [0, -1],
    "number": [0, -1],
}


def _parts(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema itself and those that it is made of."""
    if "$ref" in node:
        node = {**resolved(node["$ref"]), **{name: value for name, value in node.items() if name != "$ref"}}
    yield node
    for word in _UNIONS:
        for part in node.get(word, ()):
            yield from _parts(part)
