"""What an operation declares in the OpenAPI schema, prepared for fast lookup at every request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import RLock
from typing import Any

from django.http import HttpRequest

from web.openapi import plain as schema
from web.openapi.bounds import MAX_SEGMENT_CHARS, Bounds, query_bounds
from web.openapi.members import Members, members_of
from web.openapi.structs import Components

TENANT = "tenant"  # names the tenant; every operation accepts it
generating = RLock()  # the generator keeps what it has seen in globals


@dataclass(frozen=True, slots=True)
class Declared:
    """`query`: what each parameter may be. `body`: the members of its JSON, None if it has none."""

    query: Mapping[str, Bounds]
    body: Members | None


_TENANT = {TENANT: Bounds(max_chars=MAX_SEGMENT_CHARS)}
UNDECLARED = Declared(_TENANT, None)


def declared(request: HttpRequest) -> Declared | None:
    """What is declared for this address and method; None for what is not an operation, such as the web UI's pages."""
    match = request.resolver_match
    if match is None:
        return None
    method = "get" if request.method == "HEAD" else (request.method or "").lower()
    found = _operations_at(match.route, match.func).get(method)
    return found if found is not None else UNDECLARED if match.route.startswith("api/") else None


@lru_cache(maxsize=1000)
def _operations_at(route: str, view: Any) -> dict[str, Declared]:
    address = schema.address_of(route)
    plain = schema.operations_at(address)
    if plain or not hasattr(view, "cls"):
        return {method: _read(operation, Components(), choices=False) for method, operation in plain.items()}
    from web.openapi.drf import request_operations  # DRF's settings name what imports this module

    with generating:
        paths, schemas = request_operations(route, view)
    return {method: _read(operation, schemas, choices=True) for method, operation in paths.get(address, {}).items()}


def _read(operation: Mapping[str, Any], schemas: Mapping[str, Any], choices: bool) -> Declared:
    """`schemas`: the components it may refer to. `choices`: check them here; plain views check them themselves."""
    parameters: Iterable[Mapping[str, Any]] = operation.get("parameters", ())
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return Declared(
        _TENANT | query_bounds(parameters, choices=choices),
        members_of(body["schema"], schemas) if body else None,
    )
