"""Every text, integer and list in a request has a declared limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.access.routes import schema

Place = tuple[str, str]  # where, and what kind of value is unbounded there
NUMBERS = ("enum", "const")
TEXTS = ("maxLength", "enum", "const", "format")


def parts(node: dict[str, Any], where: str, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and all that is inside it."""
    if "$ref" in node:
        if node["$ref"] not in seen:
            yield from parts(resolved(node["$ref"]), where, seen | {node["$ref"]})
        return
    yield where, node
    inner = {f"{where}.{name}": part for name, part in node.get("properties", {}).items()}
    inner |= {f"{where}[]": node.get("items"), f"{where}{{}}": node.get("additionalProperties")}
    for name, part in inner.items():
        if isinstance(part, dict):
            yield from parts(part, name, seen)
    for word in ("allOf", "anyOf", "oneOf"):
        for part in node.get(word, ()):
            yield from parts(part, where, seen)


def resolved(ref: str) -> dict[str, Any]:
    node: Any = schema()
    for step in ref.split("/")[1:]:
        node = node[step]
    assert isinstance(node, dict)
    return node


def requests() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in schema()["paths"].items():
        for verb, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                yield from parts(parameter["schema"], f"{verb} {path} {parameter['in']} {parameter['name']}")
            for kind, body in operation.get("requestBody", {}).get("content", {}).items():
                yield from parts(body["schema"], f"{verb} {path} {kind} ")


def unbounded(node: dict[str, Any]) -> Iterator[str]:
    declared = node.get("type", ())
    types = declared if isinstance(declared, list) else [declared]
    if "string" in types and not any(word in node for word in TEXTS):
        yield "a text without maxLength"
    if "integer" in types and not {"minimum", "maximum"} <= node.keys() and not any(word in node for word in NUMBERS):
        yield "a whole number without minimum and maximum"
    if "array" in types and "maxItems" not in node:
        yield "a list without maxItems"
    if isinstance(node.get("additionalProperties"), dict) and not {"maxProperties", "properties"} & node.keys():
        yield "an object of any names without maxProperties"


def test_every_value_in_a_request_has_its_bounds() -> None:
    found = list(requests())
    assert [f"{where}: {what}" for where, node in found for what in unbounded(node)] == []
    assert len(found) > 500


def test_unbounded_contents_are_detected() -> None:
    node = {"type": "object", "properties": {"a": {"type": ["string", "null"]}, "b": {"type": "array", "items": {}}}}
    problems = [what for _, part in parts(node, "here") for what in unbounded(part)]
    assert problems == ["a text without maxLength", "a list without maxItems"]


def test_an_object_of_whole_numbers_accepts_only_declared_names() -> None:
    body = schema()["paths"]["/api/v1/tenants"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    limits = body["properties"]["limits"]
    assert limits["additionalProperties"] is False
    assert limits["properties"]["sensors"] == {"type": "integer", "minimum": 1, "maximum": 1_000_000}
