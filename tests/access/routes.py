"""Every endpoint of the platform, found in Django's URL patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

VERBS = ("get", "post", "put", "patch", "delete")
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """`path` as in the OpenAPI schema: `/api/v1/sensors/{id}`."""

    path: str
    name: str
    view: Callable[..., Any]

    @property
    def is_page(self) -> bool:
        """The web UI's one page: the same bytes for everybody."""
        return self.view.__module__ == "config.ui"

    @property
    def is_internal(self) -> bool:
        return self.path.startswith("/internal/")

    @property
    def verbs(self) -> list[str]:
        """The responses declared in the schema."""
        return sorted(set(schema()["paths"].get(self.path, {})) & set(VERBS))


def routes() -> list[Route]:
    """All routes but the pages and those of tenants' own pods."""
    return [route for route in _all() if not route.is_internal]


def internal_routes() -> list[Route]:
    """Endpoints for tenants' own pods only."""
    return [route for route in _all() if route.is_internal]


@cache
def _all() -> list[Route]:
    return [route for route in walk(get_resolver().url_patterns, "/") if not route.is_page]


@cache
def schema() -> dict[str, Any]:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    document: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


def walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield Route(_ARGUMENT.sub(r"{\1}", here), pattern.name or here, pattern.callback)
