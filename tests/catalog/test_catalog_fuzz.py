"""Requests made from the OpenAPI schema: never our error, always the answer that the schema describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
Plant = dict[str, dict[str, Any]]
OURS = ("areas", "assets", "connections", "jobs", "sensors", "sites", "units")


@pytest.fixture
def one_connection(plant: object) -> Iterator[None]:
    """The test's database lives in its connection, which the end of a real request would close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("kind", OURS)
def test_every_answer_is_as_the_schema_says(kind: str, engineer: Client, plant: Plant, one_connection: None) -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    document["paths"] = {
        path: operations
        for path, operations in document["paths"].items()
        if f"{path}/".startswith(f"/api/v1/{kind}/") and not path.endswith("/samples")
    }
    schema = schemathesis.openapi.from_dict(document)
    schema.app = WSGIHandler()
    token = engineer.defaults["HTTP_AUTHORIZATION"]
    assert document["paths"]
    for operation in (result.ok() for result in schema.get_all_operations()):
        fuzz(operation, token, [made["id"] for made in plant.values()])


def fuzz(operation: Any, token: str, ids: list[str]) -> None:
    @given(case=operation.as_strategy(), id=st.none() | st.sampled_from(ids))
    @settings(
        max_examples=8, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    def run(case: Any, id: str | None) -> None:
        if id is not None and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = id
        case.call_and_validate(headers={"Authorization": token}, checks=CHECKS)

    run()
