"""Connections that people say hold for a time."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.catalog.conftest import created, send

NOON = 1_773_489_600_000  # 2026-03-14T12:00Z
BASE = "/api/v1/connections"


def listed(client: Client, query: str = "") -> list[str]:
    return [each["id"] for each in client.get(f"{BASE}?site=harbour&medium=shaft{query}").json()["results"]]


def shaft(client: Client, **fields: Any) -> dict[str, Any]:
    return created(client, BASE, site="harbour", source="PUMP", target="TANK", medium="shaft", **fields)


def test_a_connection_without_times_holds_always(engineer: Client, plant: dict[str, Any]) -> None:
    one = shaft(engineer)
    assert (one["by_hand"], one["valid_from"], one["valid_to"], one["drawn"]) == (True, None, None, [])
    for query in ("", "&at=1700-01-01T00:00:00Z", "&at=2200-01-01T00:00:00Z", "&ended=true"):
        assert listed(engineer, query) == [one["id"]]


def test_it_holds_from_its_beginning_until_its_end(engineer: Client, plant: dict[str, Any]) -> None:
    one = shaft(engineer, valid_from="2026-03-14T12:00:00Z", valid_to=NOON + 1000)
    assert (one["valid_from"], one["valid_to"]) == (NOON, NOON + 1000)
    assert listed(engineer, f"&at={NOON - 1}") == []
    assert listed(engineer, f"&at={NOON}") == listed(engineer, f"&at={NOON + 999}") == [one["id"]]
    assert listed(engineer, f"&at={NOON + 1000}") == listed(engineer) == []
    assert listed(engineer, "&ended=true") == [one["id"]]
    pump = plant["PUMP"]["id"]
    by_shaft = f"/api/v1/assets/{pump}/downstream?medium=shaft"
    assert engineer.get(by_shaft).json()["results"] == []
    [reached] = engineer.get(f"{by_shaft}&at={NOON}").json()["results"]
    assert reached["connection"]["id"] == one["id"]
    assert engineer.get(f"{BASE}/{one['id']}").status_code == 200


def test_it_is_ended_by_a_change(engineer: Client, plant: dict[str, Any]) -> None:
    one = shaft(engineer)
    ended = send(engineer, "PATCH", f"{BASE}/{one['id']}", {"valid_to": NOON, "revision": 1}).json()
    assert (ended["valid_to"], ended["revision"]) == (NOON, 2)
    assert listed(engineer) == []
    again = send(engineer, "PUT", f"{BASE}/{one['id']}", {**ended, "valid_to": None}).json()
    assert again["valid_to"] is None and listed(engineer) == [one["id"]]


def test_contradictions_are_refused(engineer: Client, plant: dict[str, Any]) -> None:
    one = shaft(engineer)
    for fields, wrong in (
        ({"valid_from": NOON, "valid_to": NOON}, "valid_to"),
        ({"by_hand": False}, "by_hand"),
        ({"valid_from": "noon"}, "valid_from"),
        ({"valid_from": "2026-03-14T12:00:00"}, "valid_from"),
    ):
        refused = send(engineer, "PATCH", f"{BASE}/{one['id']}", {**fields, "revision": 1})
        assert refused.status_code == 400
        assert wrong in {error["field"] for error in refused.json()["errors"]}, fields
    assert engineer.get(f"{BASE}?at=noon").status_code == 400
    assert engineer.get(f"{BASE}?ended=perhaps").status_code == 400
    sent = {"schematic": "d2222222222", "version": 1, "valid_from": 0, "valid_to": None}
    said = send(engineer, "PATCH", f"{BASE}/{one['id']}", {"drawn": [sent], "description": "x", "revision": 1})
    assert said.json()["drawn"] == []  # only drawings say that
