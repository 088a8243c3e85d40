"""Requests are checked against the schema, for plain views and DRF's alike."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import resolve

from kernel.errors import BadRequest, NotFound
from tests.access.routes import VERBS, routes, schema
from web.openapi.bounds import MAX_PARAMETER_CHARS, MAX_SEGMENT_CHARS, Bounds, check_segments
from web.openapi.declared import declared
from web.query import parse_flag


def test_every_operation_accepts_the_parameters_and_members_of_the_schema() -> None:
    wrong, seen = [], 0
    for route in routes():
        for verb in route.verbs:
            seen += 1
            operation = schema()["paths"][route.path][verb]
            request = RequestFactory().generic(verb.upper(), route.path.replace("{", "").replace("}", ""))
            request.resolver_match = resolve(request.path)
            found = declared(request)
            names = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
            takes_json = "application/json" in operation.get("requestBody", {}).get("content", {})
            if found is None or found.query.keys() != names | {"tenant"} or (found.body is not None) != takes_json:
                wrong.append(f"{verb} {route.path}: {found}, declared {names}")
    assert wrong == []
    assert seen > 100 and set(VERBS)


def test_a_text_is_as_long_as_it_is_declared() -> None:
    bounds = Bounds(1, 5)
    bounds.check("q", "x" * 5)
    with pytest.raises(BadRequest, match="q= has 6 characters; 1 to 5 are allowed"):
        bounds.check("q", "x" * 6)
    with pytest.raises(BadRequest, match="q is empty"):
        bounds.check("q", "")
    Bounds().check("q", "x" * MAX_PARAMETER_CHARS)
    with pytest.raises(BadRequest, match="of=yours is not one of me, tenant"):
        Bounds(choices=("me", "tenant")).check("of", "yours")


def test_no_name_in_an_address_is_longer_than_any_name() -> None:
    check_segments({"id": "x" * MAX_SEGMENT_CHARS})
    with pytest.raises(NotFound):
        check_segments({"id": "x" * (MAX_SEGMENT_CHARS + 1)})


@pytest.mark.parametrize(
    ("text", "flag"), [("1", True), ("true", True), ("True", True), ("0", False), ("false", False)]
)
def test_booleans_are_parsed_alike_everywhere(text: str, flag: bool) -> None:
    assert parse_flag(text, "dry_run") is flag
    assert parse_flag(None, "dry_run", default=True) is True


@pytest.mark.parametrize("text", ["", "yes", "on", "2", "wahr"])
def test_invalid_booleans_are_rejected(text: str) -> None:
    with pytest.raises(BadRequest, match="neither true nor false"):
        parse_flag(text, "dry_run")
