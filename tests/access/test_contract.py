"""No endpoint ignores unknown parameters or members of a body; errors suggest the nearest known name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from access.operations import create_login_token
from kernel.errors import BadRequest
from kernel.times import parse_time
from tests.access.conftest import MakePerson, MakeTenant, bearer
from tests.access.routes import Route, routes, schema


@pytest.fixture
def anna(make_tenant: MakeTenant, make_person: MakePerson) -> Client:
    """Admin of her tenant and operator of the platform, so that nothing is rejected for lack of rights."""
    return bearer(create_login_token(make_person("anna", make_tenant(), "admin", operator=True))[1])


def operations() -> Iterator[tuple[Route, str, dict[str, Any]]]:
    for route in routes():
        for verb in route.verbs:
            yield route, verb, schema()["paths"][route.path][verb]


def ask(client: Client, verb: str, path: str, body: Any = None) -> Any:
    address = path.replace("{", "").replace("}", "")
    content = json.dumps(body) if body is not None else ""
    return client.generic(verb.upper(), address, content, content_type="application/json")


def misspelt(word: str) -> str:
    return word[:2] + word[3:4] + word[2:3] + word[4:] if len(word) > 3 else word + word[-1]


def test_every_endpoint_rejects_a_misspelt_parameter_and_suggests_the_right_one(anna: Client) -> None:
    wrong = []
    for route, verb, operation in operations():
        names = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
        for name in names or ["tenant"]:
            response = ask(anna, verb, f"{route.path}?{misspelt(name)}=5")
            body = response.json() if "json" in response.get("Content-Type", "") else {}
            sentence = body.get("detail") or body.get("error") or body.get("message") or ""  # InfluxDB's have their own
            if response.status_code != 400 or f"Did you mean {name}=?" not in sentence:
                wrong.append(f"{verb} {route.path}?{misspelt(name)}: {response.status_code} {response.content[:200]!r}")
    assert wrong == []


def test_every_json_body_rejects_an_undeclared_member(anna: Client) -> None:
    wrong, count = [], 0
    for route, verb, operation in operations():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or content["schema"].get("type") == "array":  # of events, whose members are free
            continue
        count += 1
        is_catalog = operation["operationId"].rpartition("_")[2] in ("update", "replace")
        revision = {"revision": 1} if is_catalog else {}  # without it they ask for nothing else
        response = ask(anna, verb, route.path, {"qqqqqq": 1, **revision})
        fields = [error.get("field") for error in response.json().get("errors", ())]
        if response.status_code == 404 and "{" in route.path:
            continue  # what is changed is looked for first
        if response.status_code != 400 or "qqqqqq" not in fields:
            wrong.append(f"{verb} {route.path}: {response.status_code} {response.content[:200]!r}")
    assert wrong == []
    assert count > 30


def test_poinst_is_points(anna: Client) -> None:
    response = anna.get("/api/v1/sensors/any/samples?start=1764400000000&end=1764480000000&poinst=5")
    assert response.status_code == 400
    assert response.json()["errors"] == [{"field": "poinst", "message": "Did you mean points=?"}]


def test_anonymous_callers_get_401_before_parameters_are_checked() -> None:
    assert Client().get("/api/v1/sensors?poinst=5").status_code == 401


def test_the_tenant_may_be_named_everywhere(anna: Client) -> None:
    for path in ("/api/v1/me", "/api/v1/members", "/api/v1/tokens", "/api/v1/units"):
        assert anna.get(f"{path}?tenant=acme").status_code == 200, path


@pytest.mark.parametrize("text", ["1764400000", "-1764400000", "+1764480000"])
def test_seconds_are_no_time(text: str) -> None:
    with pytest.raises(BadRequest, match="epoch milliseconds expected"):
        parse_time(text, "start")


def test_seconds_are_rejected_in_queries_and_the_audit_trail(anna: Client) -> None:
    for path in ("/api/v1/audit?start=1764400000", "/api/v1/audit?end=1764480000"):
        response = anna.get(path)
        assert (response.status_code, response.json()["type"]) == (400, "/problems/not-milliseconds")


def test_numbers_of_thousands_of_digits_are_refused(anna: Client) -> None:
    wrong, count, long = [], 0, "9" * 5000
    for route, verb, operation in operations():
        for each in operation.get("parameters", ()):
            if each["in"] != "query" or each["name"] == "sensors":  # ids of any form, a list of them
                continue
            count += 1
            response = ask(anna, verb, f"{route.path}?{each['name']}={long}")
            if response.status_code != 400:
                wrong.append(f"{verb} {route.path}?{each['name']}: {response.status_code} {response.content[:200]!r}")
    assert wrong == []
    assert count > 50
