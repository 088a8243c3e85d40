"""drf-spectacular's part: everything for the schema, but only the requests for checking them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import path
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.utils import Direction

from web.openapi.structs import Components, component, structs_in


class Schema(AutoSchema):
    """DRF's DEFAULT_SCHEMA_CLASS."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        if isinstance(self.registry, _RequestsOnly):
            return {}
        return super()._get_response_bodies(direction)


def request_operations(route: str, view: Any) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The operations of one address by path and method, without responses, and the schemas that they refer to.

    The whole document would take a hundred times as long: it has all plain views, and most of it is responses.
    """
    generator = SchemaGenerator(patterns=[path(route, view)])  # type: ignore[no-untyped-call]
    generator.registry = _RequestsOnly()
    paths: dict[str, Any] = generator.parse(input_request=None, public=True)  # type: ignore[no-untyped-call]
    return paths, generator.registry.build({}).get("schemas", {})


class _RequestsOnly(ComponentRegistry):
    pass


def add_components(result: dict[str, Any], generator: SchemaGenerator, request: Any, public: bool) -> dict[str, Any]:
    """For POSTPROCESSING_HOOKS: the structs that plain views refer to."""
    for name, schema in Components().items():
        found = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, name)  # type: ignore[no-untyped-call]
        generator.registry.register_on_missing(found)
        result["components"].setdefault("schemas", {})[name] = schema
    return result


class StructExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """`@extend_schema(request=SensorDraft, responses=Sensor)` describes the JSON of msgspec structs."""

    target_class = "msgspec.Struct"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        for struct in structs_in(self.target):
            auto_schema.resolve_serializer(struct, direction)  # type: ignore[arg-type]
        return component(self.target, in_response=direction == "response")
