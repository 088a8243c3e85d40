"""Responses match the OpenAPI schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from django.test import Client

from historian.http.requests import METHODS
from kernel.tenancy import TenantConnection
from kernel.times import MINUTE
from tests.historian.plant import START, add_sensors, every_minute, write


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def answered(described: dict[str, Any], path: str, method: str, status: str = "200") -> Any:
    [(_, content)] = [
        item for item in described["paths"][path][method]["responses"][status]["content"].items() if "json" in item[0]
    ]
    return content["schema"]


def test_answers_of_every_kind_and_method_fit_the_schema(
    described: dict[str, Any], client_for: Callable[..., Client], acme: TenantConnection
) -> None:
    kinds = ("continuous", "discrete", "counter", "text")
    sensors = add_sensors(acme, *({"tag": kind, "kind": kind} for kind in kinds))
    for sensor in sensors:
        values: list[float | str] = ["a", "b", "a"] if sensor.kind == "text" else [1.0, 2.0, 1.0]
        write(acme, sensor, every_minute(values * 5))
    client = client_for("viewer", acme)
    path = "/api/v1/sensors/{id}/samples"
    seen = set()
    for sensor in sensors:
        for method in METHODS:
            query = {"start": START, "end": START + 20 * MINUTE, "method": method, "points": 4}
            response = client.get(path.replace("{id}", sensor.id), query)
            schema = answered(described, path, "get", str(response.status_code))
            jsonschema.validate(response.json(), schema, jsonschema.Draft202012Validator)
            if response.status_code == 200:
                seen.add((sensor.kind, response.json()["method"]))
    assert {method for _, method in seen} == set(METHODS) - {"auto"}
    assert len(seen) == 7 + 7 + 8 + 3


def test_answers_for_many_sensors_fit_the_schema(
    described: dict[str, Any], client_for: Callable[..., Client], acme: TenantConnection
) -> None:
    sensors = add_sensors(acme, {"tag": "A"}, {"tag": "B", "kind": "text"}, {"tag": "C"})
    write(acme, sensors[0], every_minute([1.0]))
    write(acme, sensors[1], every_minute(["a"]))
    ids = [sensor.id for sensor in sensors]
    client = client_for("viewer", acme)
    for method in ("auto", "last"):
        body = {"sensors": ids, "start": START, "end": START + MINUTE, "method": method}
        response = client.post("/api/v1/samples/query", body, content_type="application/json")
        assert response.status_code == 200, response.content
        schema = answered(described, "/api/v1/samples/query", "post")
        jsonschema.validate(response.json(), schema, jsonschema.Draft202012Validator)
    values = client.get("/api/v1/values", {"sensors": ",".join(ids), "at": START})
    assert [each["v"] for each in values.json()["values"]] == [1.0, "a", None]
    jsonschema.validate(values.json(), answered(described, "/api/v1/values", "get"), jsonschema.Draft202012Validator)
