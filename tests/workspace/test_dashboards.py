"""Dashboards over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.workspace.conftest import Works, send
from web.audit import audited
from workspace.owned import ownership

BASE = "/api/v1/dashboards"


def tile(id: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "x": 0, "y": 0, "width": 4, "height": 4, **more}


def create(client: Client, name: str = "Shift", **more: Any) -> dict[str, Any]:
    response = send(client, "post", BASE, name=name, **more)
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


def test_a_dashboard_keeps_its_tiles(engineer: Client, viewer: Client, works: Works) -> None:
    view = send(engineer, "post", "/api/v1/saved-views", name="V", site="works", trend={}, shared=True).json()["id"]
    tiles = [
        tile("a", "trend", sensors=[works.sensors["FT-1"]], range="1d", title="Flow"),
        tile("b", "values", sensors=list(works.sensors.values()), x=4),
        tile("c", "table", sensors=[works.sensors["FT-1"]], x=8),
        tile("d", "schematic", schematic=works.schematic, y=4, width=8),
        tile("e", "view", view=view, y=8),
        tile("f", "text", text="Call the shift lead first.", y=12),
    ]
    made = create(engineer, tiles=tiles, range="7d", shared=True)
    empty: dict[str, Any] = {"title": "", "sensors": [], "range": None, "view": None, "schematic": None, "text": ""}
    assert made["tiles"] == [{**empty, **each} for each in tiles]
    assert viewer.get(f"{BASE}/{made['id']}").json() == {**made, "mine": False}
    (listed,) = viewer.get(BASE).json()["results"]
    assert (listed["name"], listed["tiles"], listed["shared"]) == ("Shift", 6, True)


def test_it_is_saved_from_the_revision_that_was_read(engineer: Client, colleague: Client, works: Works) -> None:
    made = create(engineer, shared=True)
    address = f"{BASE}/{made['id']}"
    changed = send(colleague, "put", address, name="Shift", tiles=[tile("a", "text")], shared=True, revision=1)
    assert (changed.status_code, changed.json()["changed_by"]) == (200, "admin.acme")
    stale = send(engineer, "put", address, name="Mine", shared=True, revision=1)
    assert stale.status_code == 409 and stale.json()["current"]["tiles"][0]["id"] == "a"
    assert engineer.get(address).json()["name"] == "Shift"
    assert engineer.delete(address).status_code == 204
    assert engineer.get(address).status_code == 404


def test_ones_own_are_nobody_elses(engineer: Client, colleague: Client, works: Works) -> None:
    own = create(engineer, default=True)
    assert colleague.get(BASE).json()["results"] == []
    assert colleague.get(f"{BASE}/{own['id']}").status_code == 404
    assert send(colleague, "put", f"{BASE}/{own['id']}", name="x", revision=1).status_code == 404
    assert colleague.delete(f"{BASE}/{own['id']}").status_code == 404
    create(engineer, "Other", default=True)
    assert [each["default"] for each in engineer.get(BASE).json()["results"]] == [True, False]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (tile("a", "values", sensors=["s2222222222"]), "tiles[0].sensors"),
        (tile("a", "schematic", schematic="d2222222222"), "tiles[0].schematic"),
        (tile("a", "view", view="l2222222222"), "tiles[0].view"),
        (tile("a", "view"), "tiles[0].view"),
        (tile("a", "text", sensors=["s2222222222"]), "tiles[0].sensors"),
        (tile("a", "text", x=9), "tiles[0].width"),
        (tile("a", "gauge"), "tiles[0].kind"),
        (tile("A b", "text"), "tiles[0].id"),
    ],
)
def test_tiles_that_cannot_be_shown_are_refused(
    engineer: Client, works: Works, wrong: dict[str, Any], field: str
) -> None:
    response = send(engineer, "post", BASE, name="Wrong", tiles=[wrong])
    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]["field"] == field


def test_what_everybody_sees_shows_no_view_of_ones_own(engineer: Client, works: Works) -> None:
    view = send(engineer, "post", "/api/v1/saved-views", name="Own", site="works", trend={}).json()["id"]
    create(engineer, tiles=[tile("a", "view", view=view)])
    refused = send(engineer, "post", BASE, name="Shared", tiles=[tile("a", "view", view=view)], shared=True)
    assert refused.status_code == 400 and "share it first" in refused.json()["detail"]


def test_sharing_one_shares_no_view_of_ones_own(engineer: Client, works: Works) -> None:
    view = send(engineer, "post", "/api/v1/saved-views", name="Own", site="works", trend={}).json()["id"]
    tiles = [tile("a", "view", view=view)]
    made = create(engineer, tiles=tiles)
    address = f"{BASE}/{made['id']}"
    refused = send(engineer, "put", address, name="x", tiles=tiles, shared=True, revision=1)
    assert refused.status_code == 400 and refused.json()["errors"][0]["field"] == "tiles[0].view"
    assert engineer.delete(f"/api/v1/saved-views/{view}").status_code == 204
    gone = send(engineer, "put", address, name="x", tiles=tiles, shared=True, revision=1)
    assert gone.status_code == 200, "a view that is gone may stay"


@pytest.mark.parametrize(
    ("base", "content"), [(BASE, {}), ("/api/v1/saved-views", {"site": "works", "trend": {}})], ids=["board", "view"]
)
def test_taking_one_back_counts_as_making_ones_own(
    engineer: Client, works: Works, monkeypatch: pytest.MonkeyPatch, base: str, content: dict[str, Any]
) -> None:
    monkeypatch.setattr(ownership, "MAX_PERSONAL", 1)
    shared = send(engineer, "post", base, name="Shared", shared=True, **content).json()
    own = send(engineer, "post", base, name="Own", **content).json()
    back = send(engineer, "put", f"{base}/{shared['id']}", name="x", revision=1, **content)
    assert back.status_code == 409 and back.json()["type"] == "/problems/too-many-personal"
    assert send(engineer, "put", f"{base}/{own['id']}", name="Still", revision=1, **content).status_code == 200
    assert engineer.delete(f"{base}/{own['id']}").status_code == 204
    assert send(engineer, "put", f"{base}/{shared['id']}", name="x", revision=1, **content).status_code == 200


@pytest.mark.parametrize(
    ("base", "content"), [(BASE, {}), ("/api/v1/saved-views", {"site": "works", "trend": {}})], ids=["board", "view"]
)
def test_the_audit_trail_names_shared_ones_only(
    engineer: Client, works: Works, base: str, content: dict[str, Any]
) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    def note(action: str, detail: dict[str, Any], **_: Any) -> None:
        seen.append((action.rpartition(".")[2], detail))

    audited.connect(note)
    try:
        own = send(engineer, "post", base, name="Secret", **content).json()
        address = f"{base}/{own['id']}"
        send(engineer, "put", address, name="Still secret", revision=1, **content)
        assert seen == []
        send(engineer, "put", address, name="Shown", shared=True, revision=2, **content)
        send(engineer, "put", address, name="Secret again", revision=3, **content)
        engineer.delete(address)
        send(engineer, "post", base, name="Shown", shared=True, **content)
    finally:
        audited.disconnect(note)
    shown = {"name": "Shown", "shared": True}
    assert seen == [("update", shown), ("update", {"name": "Shown", "shared": False}), ("create", shown)]


def test_two_tiles_have_two_ids_and_there_is_a_limit(engineer: Client, works: Works) -> None:
    twice = send(engineer, "post", BASE, name="x", tiles=[tile("a", "text"), tile("a", "text")])
    assert twice.json()["errors"][0]["field"] == "tiles[1].id"
    many = send(engineer, "post", BASE, name="x", tiles=[tile(f"t{n}", "text") for n in range(41)])
    assert many.status_code == 400
