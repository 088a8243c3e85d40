"""OpenAPI from msgspec structs: `@extend_schema(request=SensorDraft, responses=Sensor)` describes their JSON."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import msgspec
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from msgspec import UNSET, inspect

_PLACE = "#/components/schemas/{name}"


class StructExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    target_class = "msgspec.Struct"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        _, components = msgspec.json.schema_components([self.target], ref_template=_PLACE)
        for struct in set(_structs(inspect.type_info(self.target))) - {self.target}:
            auto_schema.resolve_serializer(struct, direction)  # type: ignore[arg-type]
        schema: dict[str, Any] = _typed(components[self.target.__name__])
        schema.pop("title", None)
        if "description" in schema:
            schema["description"] = cleandoc(schema["description"])
        if direction == "response":  # what we answer is always there, if it may be null or has a default
            schema["required"] = [f.encode_name for f in msgspec.structs.fields(self.target) if f.default is not UNSET]
            for property in schema["properties"].values():
                property.pop("default", None)
        return schema


def _structs(info: Any) -> Iterator[type[msgspec.Struct]]:
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
    """With the type of each enum said, which others rely on."""
    if isinstance(schema, list):
        return [_typed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _typed(value) for key, value in schema.items()}
    if isinstance(schema.get("enum"), list) and all(isinstance(value, str) for value in schema["enum"]):
        schema.setdefault("type", "string")
    return schema
