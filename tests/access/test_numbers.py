"""Integers of thousands of digits, and other unintended JSON that Python accepts, are reported with their location."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from access.operations import create_login_token
from kernel.errors import BadRequest
from tests.access.conftest import MakePerson, MakeTenant, bearer
from tests.access.routes import Route, routes, schema
from web.decoding import MAX_DIGITS, decode_json

LONG = "9" * 5000


@pytest.fixture
def anna(make_tenant: MakeTenant, make_person: MakePerson) -> Client:
    return bearer(create_login_token(make_person("anna", make_tenant(), "admin", operator=True))[1])


def operations() -> Iterator[tuple[Route, str, dict[str, Any]]]:
    for route in routes():
        for verb in route.verbs:
            yield route, verb, schema()["paths"][route.path][verb]


@pytest.mark.parametrize("digits", [MAX_DIGITS + 1, 4_299, 5_000, 100_000])
def test_a_number_with_too_many_digits_is_reported_with_its_location(digits: int) -> None:
    text = b'{"items": [{"a": 1}, {"a": -%s, "b": {"c": %s}}]}' % ((b"9" * digits,) * 2)
    with pytest.raises(BadRequest) as rejected:
        decode_json(text)
    assert [error["field"] for error in rejected.value.extra["errors"]] == ["items[1].a", "items[1].b.c"]


def test_digits_within_a_text_are_a_text() -> None:
    assert decode_json(b'{"note": "%s"}' % LONG.encode()) == {"note": LONG}


@pytest.mark.parametrize(
    "body",
    [b"\xff", b'"\xff"', b'{"a": 1e999}', b"{", b"", b'"\\ud800"', b"[" * 100_000, b"NaN", b'{"a": %s' % LONG.encode()],
)
def test_invalid_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        decode_json(body)


def test_every_json_body_refuses_a_long_number_and_names_its_member(anna: Client) -> None:
    wrong, count = [], 0
    for route, verb, operation in operations():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or content["schema"].get("type") == "array":  # of events, each of which is checked by itself
            continue
        count += 1
        address = route.path.replace("{", "").replace("}", "")
        response = anna.generic(verb.upper(), address, f'{{"zzz": {LONG}}}', content_type="application/json")
        if response.status_code == 404 and "{" in route.path:
            continue  # what is changed is looked for first
        fields = [error["field"] for error in response.json().get("errors", ())]
        if (response.status_code, response["Content-Type"], fields) != (400, "application/problem+json", ["zzz"]):
            wrong.append(f"{verb} {route.path}: {response.status_code} {response.content[:200]!r}")
    assert wrong == []
    assert count > 30


def test_a_path_of_thousands_of_digits_names_nothing(anna: Client) -> None:
    """Not found, or rejected before, but never a server error."""
    wrong = []
    for route, verb, _ in operations():
        if "{" not in route.path:
            continue
        address = "/".join(LONG if step.startswith("{") else step for step in route.path.split("/"))
        response = anna.generic(verb.upper(), address, "{}", content_type="application/json")
        if response.status_code not in (400, 404) or response["Content-Type"] != "application/problem+json":
            wrong.append(f"{verb} {route.path}: {response.status_code} {response.content[:200]!r}")
    assert wrong == []
