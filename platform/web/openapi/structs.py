"""JSON schemas of msgspec structs, as components that operations refer to, or inlined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

import msgspec
from msgspec import UNSET, Struct, inspect

_REFERENCE = "#/components/schemas/{name}"
_referred: dict[str, tuple[type[Struct], bool]] = {}  # by name; whether it is in a response


def reference(kind: type[Struct], in_response: bool) -> dict[str, Any]:
    """A `$ref` to the component of a struct; `Components` then include it and the structs that it refers to."""
    for each in (kind, *structs_in(kind)):
        known, _ = _referred.setdefault(each.__name__, (each, in_response))
        assert known is each, f"two structs in the schema are called {each.__name__}"
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


class Components(Mapping[str, dict[str, Any]]):
    """The schemas of all structs that were referred to, each made when it is looked up: all of them take 0.15 s."""

    def __getitem__(self, name: str) -> dict[str, Any]:
        return component(*_referred[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_referred)

    def __len__(self) -> int:
        return len(_referred)


def component(kind: type[Struct], in_response: bool) -> dict[str, Any]:
    """The schema of one struct. In responses all members are required, as nulls and defaults are sent, too."""
    _, parts = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    schema: dict[str, Any] = _typed(parts[kind.__name__])
    schema.pop("title", None)
    if "description" in schema:
        schema["description"] = cleandoc(schema["description"])
    if in_response:
        tag = kind.__struct_config__.tag_field if kind.__struct_config__.tag is not None else None
        given = [f.encode_name for f in msgspec.structs.fields(kind) if f.default is not UNSET]
        schema["required"] = [tag, *given] if tag is not None else given
        for property in schema["properties"].values():
            property.pop("default", None)
    return schema


def structs_in(kind: type[Struct]) -> set[type[Struct]]:
    """The structs that a struct refers to."""
    return set(_structs(inspect.type_info(kind))) - {kind}


def inlined(kind: Any, in_response: bool = True) -> dict[str, Any]:
    """The schema of a type, without references. In responses members with defaults are required, as they are sent."""
    (schema,), parts = msgspec.json.schema_components([kind], ref_template="{name}")
    resolved: dict[str, Any] = _resolved(schema, parts, in_response)
    return resolved


def _resolved(schema: Any, parts: dict[str, Any], in_response: bool) -> Any:
    if isinstance(schema, list):
        return [_resolved(item, parts, in_response) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(name := schema.get("$ref"), str):
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_resolved(parts[name], parts, in_response), **rest}
    resolved = {key: _resolved(value, parts, in_response) for key, value in schema.items()}
    if "properties" in resolved and isinstance(resolved.get("additionalProperties"), dict):
        resolved["additionalProperties"] = False  # a dict whose names are declared, as by `whole_numbers`
    if in_response and "properties" in schema:
        given = [name for name, part in resolved["properties"].items() if part.pop("default", ...) is not ...]
        resolved["required"] = [*resolved.get("required", []), *given]
    return resolved


def _structs(info: Any) -> Iterator[type[Struct]]:
    """Every struct inside a type."""
    if isinstance(info, inspect.StructType):
        yield info.cls
        for field in info.fields:
            yield from _structs(field.type)
    for name in ("item_type", "item_types", "types", "key_type", "value_type", "type"):
        inner = getattr(info, name, None)
        for part in inner if isinstance(inner, tuple) else [inner] if inner is not None else []:
            yield from _structs(part)


def _typed(schema: Any) -> Any:
    """Add the type of each enum, which some clients rely on."""
    if isinstance(schema, list):
        return [_typed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _typed(value) for key, value in schema.items()}
    if isinstance(values := schema.get("enum"), list):
        for kind, name in ((str, "string"), (int, "integer")):
            if all(type(value) is kind for value in values):
                schema.setdefault("type", name)
    return schema
