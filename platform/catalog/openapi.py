"""OpenAPI from msgspec structs: `@extend_schema(request=SensorDraft, responses=Sensor)` describes their JSON."""

from __future__ import annotations

from typing import Any

import msgspec
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction

_PLACE = "#/components/schemas/{name}"


class StructExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    target_class = "msgspec.Struct"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        (reference,), components = msgspec.json.schema_components([self.target], ref_template=_PLACE)
        own = reference["$ref"].rsplit("/", 1)[-1]
        for name, schema in components.items():
            if name != own:
                auto_schema.registry.register_on_missing(
                    ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=_plain(schema))
                )
        return _plain(components[own])


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Defaults of answers are of no use to a client: what we answer is always there."""
    schema = {key: value for key, value in schema.items() if key != "title"}
    return schema
