"""What drf-spectacular says of DRF's views: everything for the schema, only the requests for checking them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry

from web.openapi import structs  # noqa: F401  registers itself


class Schema(AutoSchema):
    """DRF's DEFAULT_SCHEMA_CLASS."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        if isinstance(self.registry, _RequestsOnly):
            return {}
        return super()._get_response_bodies(direction)


def request_operations(route: str, view: Any) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The operations of one address by path and method, without answers, and the schemas that they refer to.

    A whole document takes a hundred times as long: it holds all plain views, and what is answered is most of it.
    """
    generator = SchemaGenerator(patterns=[path(route, view)])  # type: ignore[no-untyped-call]
    generator.registry = _RequestsOnly()
    paths: dict[str, Any] = generator.parse(input_request=None, public=True)  # type: ignore[no-untyped-call]
    return paths, generator.registry.build({}).get("schemas", {})


class _RequestsOnly(ComponentRegistry):
    pass
