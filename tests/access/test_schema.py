"""The OpenAPI schema and the URL patterns agree, and every view declares who may call it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.access.routes import VERBS, routes, schema
from web.views import mark_of


def test_every_address_is_in_the_schema_and_nothing_else_is() -> None:
    paths = {route.path for route in routes()}
    described = set(schema()["paths"])
    assert paths - described == set(), "views that nobody described (DRF: @extend_schema; plain: web.openapi.describe)"
    assert described - paths == set(), "described, but there is no such address"


def test_every_described_operation_exists_and_every_verb_is_described(db: None) -> None:
    """A method that a view does not support returns 405 to authorized callers."""
    wrong = []
    for route in routes():
        has = sorted(verb for verb in VERBS if _has(route.view, verb))
        if has != route.verbs:
            wrong.append(f"{route.path}: has {has}, the schema says {route.verbs}")
    assert wrong == []


def test_every_view_declares_who_may_call_it() -> None:
    silent = [
        f"{verb.upper()} {route.path}"
        for route in routes()
        for verb in route.verbs
        if not mark_of(route.view, verb, "public") and not mark_of(route.view, verb, "requirement")
    ]
    assert silent == [], "decorate with @requires(…) or @public"


def test_the_schema_is_served_and_is_openapi_3_1(db: None) -> None:
    response = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert response.status_code == 200
    document = response.json()
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["securitySchemes"]) == {"bearer", "session"}
    assert document == json.loads(json.dumps(schema()))


@pytest.mark.parametrize("query", ["", "?format=json", "?format=yaml", "?format=json&lang=de"])
def test_the_schema_is_rendered_once_and_has_an_etag(db: None, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Client().get(f"/api/schema/{query}")
    monkeypatch.setattr(SchemaGenerator, "get_schema", None)  # not called again
    again = Client().get(f"/api/schema/{query}")
    assert (again.content, again["ETag"], again["Content-Type"]) == (
        first.content,
        first["ETag"],
        first["Content-Type"],
    )
    unchanged = Client().get(f"/api/schema/{query}", headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert yaml.load(first.content, yaml.CSafeLoader)["openapi"] == "3.1.0"


AS_INFLUXDB = ("/write", "/api/v2/write", "/query", "/ping", "/health", "/ready")  # errors in the form of its servers


def test_every_operation_declares_its_errors_and_their_schema() -> None:
    wrong = []
    for path, operations in schema()["paths"].items():
        for verb, operation in operations.items():
            responses = operation["responses"]
            if "default" in responses or "400" not in responses:
                wrong.append(f"{verb} {path}: {list(responses)}")
            for status, response in responses.items():
                form = "application/json" if path in AS_INFLUXDB else "application/problem+json"
                known = form in response.get("content", {}) or ("$ref" in response and path not in AS_INFLUXDB)
                if status[0] in "45" and not known and path != "/readyz":
                    wrong.append(f"{verb} {path}: {status} is not {form}")
            if operation.get("requestBody") and not {"413", "415"} <= set(responses):
                wrong.append(f"{verb} {path}: takes a body and says nothing of a wrong one")
    assert wrong == []
    assert list(schema()["components"]["responses"]["Problem"]["content"]) == ["application/problem+json"]


def test_operations_have_ids_of_their_own() -> None:
    ids = [operation.get("operationId") for path in schema()["paths"].values() for operation in path.values()]
    assert None not in ids
    assert sorted(ids) == sorted(set(ids))


def test_every_paginated_list_accepts_a_limit_and_a_cursor() -> None:
    """An operation accepts only what it declares, so a paginated list must declare its cursor."""
    wrong, seen = [], 0
    for path, operations in schema()["paths"].items():
        operation = operations.get("get", {})
        response = _resolved(operation.get("responses", {}).get("200", {}))
        shape = _resolved(response.get("content", {}).get("application/json", {}).get("schema", {}))
        if not {"results", "next"} <= shape.get("properties", {}).keys():
            continue
        seen += 1
        if not {"limit", "cursor"} <= {parameter["name"] for parameter in operation.get("parameters", [])}:
            wrong.append(path)
    assert wrong == [] and seen > 15


def _has(view: Any, verb: str) -> bool:
    """A plain view's functions by method, or the methods of a DRF view."""
    if (by_method := getattr(view, "methods", None)) is not None:
        return verb.upper() in by_method
    return hasattr(view.cls, verb)


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        target: Any = schema()
        for step in part["$ref"].split("/")[1:]:
            target = target[step]
        part = target
    return part
