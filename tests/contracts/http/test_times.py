"""Times of ten digits are seconds, which every operation rejects with what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.access.routes import schema
from tests.contracts.http.gate import Gate
from tests.contracts.http.known import DRAWING, NOW, object_at, plan_of
from web.openapi import TIME

SECONDS = 1_764_400_000
CASE_TIMES = {"due": NOW, "began": NOW, "ended": NOW}
PLAN = {"name": "Times", **plan_of("{assets}")}
BODIES = {  # of operations that take moments, right but for them
    "POST /api/v1/samples/query": {"sensors": ["{sensors}"], "start": NOW - 1, "end": NOW},
    "POST /api/v1/corrections": {"action": "delete", "sensors": ["{sensors}"], "start": NOW - 1, "end": NOW},
    "POST /api/v1/run-definitions/{id}/marks": {"start": NOW - 1, "end": NOW},
    "POST /api/v1/schematics": {"site": "{sites}", "name": "Times", "drawing": DRAWING, "valid_from": NOW},
    "PUT /api/v1/schematics/{id}": {"drawing": DRAWING, "revision": 1, "valid_from": NOW},
    "POST /api/v1/schematics/{id}/preview": {"drawing": DRAWING, "valid_from": NOW},
    "POST /api/v1/schematics/{id}/publish": {"drawing": DRAWING, "base": 1, "valid_from": NOW},
    "POST /api/v1/connections": {"site": "{sites}", "source": "P-2", "target": "P-1", "valid_from": NOW},
    "PATCH /api/v1/connections/{id}": {"revision": 1, "valid_from": NOW},
    "PUT /api/v1/connections/{id}": {
        "revision": 1,
        "site": "{sites}",
        "source": "P-1",
        "target": "P-2",
        "medium": "water",
        "valid_from": NOW,
    },
    "POST /api/v1/annotations": {"target": "{sensors}", "text": "Times", "start": NOW, "end": NOW + 1},
    "PUT /api/v1/annotations/{id}": {"target": "{sensors}", "text": "x", "start": NOW, "end": NOW + 1, "revision": 1},
    "POST /api/v1/bookmarks": {"site": "{sites}", "name": "Times", "start": NOW, "end": NOW + 1},
    "PUT /api/v1/bookmarks/{id}": {"name": "Times", "start": NOW, "end": NOW + 1, "revision": 1},
    "POST /api/v1/alarms/shelve": {"keys": ["{alarms}"], "until": 4_000_000_000_000, "reason": "Times"},
    "POST /api/v1/rules/backtest": {
        "rule": {
            "name": "Times",
            "applies": {"sensors": ["{sensors}"]},
            "trigger": {"kind": "limit", "side": "high", "limit": 1},
        },
        "start": NOW - 1,
        "end": NOW,
    },
    "POST /api/v1/tokens": {"name": "times", "scopes": ["read"], "expires": NOW},
    "POST /api/v1/cases": {"title": "Times", "asset": "{assets}", "state": "done", **CASE_TIMES, "opened": NOW},
    "PUT /api/v1/cases/{id}": {"title": "Times", "asset": "{assets}", "state": "done", **CASE_TIMES, "revision": 1},
    "POST /api/v1/maintenance-plans": {**PLAN, "begins": NOW},
    "PUT /api/v1/maintenance-plans/{id}": {**PLAN, "begins": NOW, "revision": 1},
    "POST /api/v1/campaigns": {"name": "Times", "query": {"names": ["none"]}, "due": NOW},
    "PUT /api/v1/campaigns/{id}": {"name": "Times", "query": {"names": ["none"]}, "due": NOW, "revision": 1},
}
MOMENTS = ("start", "end", "valid_from", "expires", "until", "due", "opened", "began", "ended", "begins")


@pytest.fixture(autouse=True, scope="module")
def new_objects(gate: Gate) -> None:
    """For all tests, as every request is refused."""
    gate.renew()
    assert gate.known["assets"]  # bodies name them by their tags


def time_parameters() -> Iterator[tuple[str, str, list[str]]]:
    for path, operations in schema()["paths"].items():
        for verb, operation in operations.items():
            names = [p["name"] for p in operation.get("parameters", ()) if p["schema"].items() >= TIME.items()]
            if names:
                yield verb, path, names


def is_reported(response: requests.Response) -> bool:
    return (
        response.status_code == 400
        and response.headers["Content-Type"] == "application/problem+json"
        and "epoch milliseconds expected" in response.json()["detail"]
    )


def at(gate: Gate, path: str) -> str:
    here = object_at(path, gate.known)
    return path.replace(f"{{{here[0]}}}", here[1]) if here else path


def test_seconds_in_a_query_are_rejected(gate: Gate) -> None:
    wrong, count = [], 0
    for verb, path, names in time_parameters():
        for name in names:
            count += 1
            right = {"start": str(NOW - 1), "end": str(NOW), "sensors": gate.known["sensors"]}
            known = {p["name"] for p in schema()["paths"][path][verb]["parameters"]}
            query = {key: value for key, value in right.items() if key in known} | {name: str(SECONDS)}
            response = ask(gate, verb, at(gate, path), params=query)
            if not is_reported(response):
                wrong.append(f"{verb} {path}?{name}: {response.status_code} {response.text[:200]}")
    assert wrong == []
    assert count >= 10


@pytest.mark.parametrize("kind", [int, str])
@pytest.mark.parametrize("label", BODIES)
def test_seconds_in_a_body_are_rejected(gate: Gate, label: str, kind: type) -> None:
    verb, _, path = label.partition(" ")
    named = [name for name in MOMENTS if name in BODIES[label]]
    assert named
    for name in named:
        body = {key: filled(gate, value) for key, value in BODIES[label].items()} | {name: kind(SECONDS)}
        response = ask(gate, verb, at(gate, path), json=body)
        assert is_reported(response), f"{name}: {response.status_code} {response.text}"


def test_no_time_in_a_body_is_omitted() -> None:
    taking = {
        f"{verb.upper()} {path}"
        for path, operations in schema()["paths"].items()
        for verb, operation in operations.items()
        for body in operation.get("requestBody", {}).get("content", {}).values()
        if set(MOMENTS) & body["schema"].get("properties", resolved(body["schema"])).keys()
    }
    assert taking == BODIES.keys()


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    name = node.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema()["components"]["schemas"].get(name, {}).get("properties", {})
    return found


def filled(gate: Gate, value: Any) -> Any:
    if isinstance(value, list):
        return [filled(gate, item) for item in value]
    if isinstance(value, dict):
        return {name: filled(gate, item) for name, item in value.items()}
    return value.format_map(gate.known) if isinstance(value, str) else value


def ask(gate: Gate, verb: str, path: str, **kwargs: Any) -> requests.Response:
    headers = gate.callers["admin"].headers
    return requests.request(verb, gate.platform.url + path, headers=headers, timeout=30, **kwargs)
