"""What an operation says of itself in the OpenAPI schema, made ready for looking up at every request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import RLock
from typing import Any

from django.http import HttpRequest
from django.urls import path as route_path

from web import schema
from web.members import Members, members_of

TENANT = "tenant"  # says for whom a request is; every operation takes it
_lock = RLock()  # the generator keeps what it has seen in globals


@dataclass(frozen=True, slots=True)
class Declared:
    """`query`: the names of its parameters. `body`: the members of its JSON, None where it takes no JSON."""

    query: frozenset[str]
    body: Members | None


UNDECLARED = Declared(frozenset({TENANT}), None)


def declared(request: HttpRequest) -> Declared | None:
    """What was declared for this address and method; None for what is no operation, such as the web UI's pages."""
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
        return {method: _read(operation, {}) for method, operation in plain.items()}
    from drf_spectacular.generators import SchemaGenerator  # DRF's settings name what imports this module

    with _lock:
        document = SchemaGenerator(patterns=[route_path(route, view)]).get_schema(public=True)  # type: ignore[no-untyped-call]
    described: Mapping[str, Any] = document["paths"].get(address, {})
    return {method: _read(operation, document["components"]) for method, operation in described.items()}


def _read(operation: Mapping[str, Any], components: Mapping[str, Any]) -> Declared:
    parameters: Iterable[Mapping[str, Any]] = operation.get("parameters", ())
    names = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return Declared(
        frozenset(names | {TENANT}), members_of(body["schema"], components.get("schemas", {})) if body else None
    )
