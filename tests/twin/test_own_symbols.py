"""A tenant's own symbols over HTTP, and on drawings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from tests.twin.conftest import Plant
from twin import repository as schematics
from twin.models import Drawing, Placement, VersionInfo
from twin.own_symbols import operations, repository
from twin.symbols import library
from web.stores import documents

ClientFor = Callable[..., Client]
BASE, SCHEMATICS = "/api/v1/symbols", "/api/v1/schematics"
SVG = '<svg viewBox="0 0 {0} {0}"><path d="M1 1H{0}V{0}H1Z" fill="grey" stroke="black" data-role="fill"/></svg>'
PORTS = {"in": {"x": 0, "y": 20, "side": "left", "kind": "fluid", "way": "in"}}
CONTENT = {"name": "Press", "svg": SVG.format(40), "states": "running", "ports": PORTS}


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Iterator[Client]:
    yield client_for("engineer", acme)
    for stored in repository.find(acme):
        repository.delete(acme, stored.id, None)


def send(client: Client, method: str, path: str, **body: Any) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def create(client: Client, **more: Any) -> dict[str, Any]:
    response = send(client, "post", BASE, **{**CONTENT, **more})
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


def on_a_drawing(client: Client, plant: Plant, symbol: str, name: str = "Hall") -> Any:
    placement = {"id": "o", "symbol": symbol, "x": 0, "y": 0, "slots": {"run": {"sensor": plant.sensors["P1-STS"]}}}
    drawing = {"width": 200, "height": 200, "placements": [placement]}
    return send(client, "post", SCHEMATICS, site="works", name=name, drawing=drawing)


def test_it_is_listed_with_what_drawings_need(engineer: Client) -> None:
    made = create(engineer, group="Forming", words=["stamp"])
    assert made["symbol"] == f"{made['id']}@1" and made["revision"] == 1
    definition = made["definition"]
    assert definition["title"] == "Press" and definition["group"] == "Forming" and definition["standard"] == "none"
    assert definition["ports"] == PORTS and definition["slots"].keys() == {"run", "speed", "value"}
    assert engineer.get(BASE).json() == {"results": [made], "next": None}
    assert engineer.get(f"{BASE}/{made['id']}").json() == made


def test_a_new_version_leaves_the_old_one_to_drawings_that_name_it(engineer: Client, plant: Plant) -> None:
    first = create(engineer)
    old = on_a_drawing(engineer, plant, first["symbol"])
    assert old.status_code == 201, old.content
    change = {**CONTENT, "svg": SVG.format(60), "revision": 1, "note": "larger"}
    changed = send(engineer, "put", f"{BASE}/{first['id']}", **change)
    assert changed.status_code == 200, changed.content
    second = changed.json()
    assert second["symbol"] == f"{first['id']}@2" and second["definition"]["width"] == 60
    assert [version["note"] for version in second["versions"]] == ["", "larger"]
    shown = engineer.get(f"{SCHEMATICS}/{old.json()['id']}").json()
    assert shown["symbols"] == {first["symbol"]: first["definition"]} == old.json()["symbols"]
    new = on_a_drawing(engineer, plant, second["symbol"], "Yard").json()
    assert new["symbols"] == {second["symbol"]: second["definition"]}


def test_an_asset_that_is_drawn_with_it_gets_its_title_as_type(engineer: Client, plant: Plant) -> None:
    placement = {"id": "o", "symbol": create(engineer)["symbol"], "x": 0, "y": 0, "new_asset": {"tag": "PR-1"}}
    drawing = {"width": 200, "height": 200, "placements": [placement]}
    draft = send(engineer, "post", f"{SCHEMATICS}/drafts", site="works", name="Hall", drawing=drawing).json()
    shown = send(engineer, "post", f"{SCHEMATICS}/{draft['schematic']}/preview").json()
    assert [asset["type"] for asset in shown["assets"]["created"]] == ["Press"]


def test_ports_may_be_placed_later_without_the_drawing_of_it(engineer: Client) -> None:
    made = create(engineer, ports={})
    change = {"name": "Press", "states": "running", "ports": PORTS, "revision": 1}
    placed = send(engineer, "put", f"{BASE}/{made['id']}", **change).json()
    assert placed["definition"]["ports"] == PORTS
    assert placed["definition"]["shape"] == made["definition"]["shape"]
    other = send(engineer, "put", f"{BASE}/{made['id']}", name="Press", width=80, revision=2)
    assert other.status_code == 400 and "send `svg` too" in other.json()["detail"]


def test_it_is_kept_while_a_version_of_a_schematic_shows_it(engineer: Client, plant: Plant) -> None:
    made = create(engineer)
    schematic = on_a_drawing(engineer, plant, made["symbol"]).json()
    bare = {"width": 200, "height": 200}
    send(engineer, "put", f"{SCHEMATICS}/{schematic['id']}", drawing=bare, revision=1)
    refused = engineer.delete(f"{BASE}/{made['id']}")
    assert refused.status_code == 409 and refused.json()["type"] == "/problems/symbol-in-use"
    assert refused.json()["schematics"] == ["Hall"]
    assert engineer.delete(f"{SCHEMATICS}/{schematic['id']}").status_code == 204
    assert engineer.delete(f"{BASE}/{made['id']}").status_code == 204
    assert engineer.get(f"{BASE}/{made['id']}").status_code == 404
    gone = on_a_drawing(engineer, plant, made["symbol"])
    assert gone.status_code == 400 and gone.json()["errors"][0]["field"] == "placements[0].symbol"


def test_a_drawing_checked_before_the_symbol_was_deleted_is_not_stored(
    engineer: Client, acme: TenantConnection, plant: Plant
) -> None:
    made = create(engineer)
    checked = Drawing(100, 100, [Placement("o", made["symbol"], 0, 0)])
    operations.delete(acme, made["id"], None)
    with pytest.raises(Conflict, match="was deleted in the meantime"):
        schematics.insert_drawing(documents(acme), "d2222222222", checked, [], VersionInfo(1, 0, "", "", 0))


def test_slots_ports_and_sizes_are_checked_as_those_of_ours(engineer: Client, plant: Plant) -> None:
    made = create(engineer)
    slots = {"sped": {"sensor": plant.sensors["FT-1"]}}
    part = {"id": "o", "symbol": made["symbol"], "x": 0, "y": 0, "width": 90, "slots": slots}
    end = {"placement": "o", "port": "inn"}
    pipe = {"id": "p", "source": {"placement": "q", "port": "out"}, "target": end, "medium": "water"}
    pump = {"id": "q", "symbol": "pump", "x": 0, "y": 0}
    drawing = {"width": 100, "height": 100, "placements": [part, pump], "pipes": [pipe]}
    response = send(engineer, "post", SCHEMATICS, site="works", name="Wrong", drawing=drawing)
    assert {error["field"] for error in response.json()["errors"]} == {
        "placements[0].width", "placements[0].slots.sped", "pipes[0].target.port",
    }  # fmt: skip


def test_names_are_unique_and_limits_hold(engineer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = create(engineer)
    taken = send(engineer, "post", BASE, **{**CONTENT, "name": "press"})
    assert taken.status_code == 409 and taken.json()["type"] == "/problems/name-taken"
    stale = send(engineer, "put", f"{BASE}/{made['id']}", **CONTENT, revision=7)
    assert stale.status_code == 409 and stale.json()["current"]["revision"] == 1
    monkeypatch.setattr(operations, "MAX_SYMBOLS", 1)
    full = send(engineer, "post", BASE, **{**CONTENT, "name": "Other"})
    assert full.status_code == 409 and full.json()["type"] == "/problems/too-many-symbols"
    monkeypatch.setattr(operations, "MAX_VERSIONS", 1)
    old = send(engineer, "put", f"{BASE}/{made['id']}", **CONTENT, revision=1)
    assert old.status_code == 409 and old.json()["type"] == "/problems/too-many-versions"


def test_an_svg_is_refused_with_what_to_change(engineer: Client) -> None:
    response = send(engineer, "post", BASE, **{**CONTENT, "svg": '<svg viewBox="0 0 9 9"><script/></svg>'})
    assert response.status_code == 400 and response.json()["type"] == "/problems/invalid-svg"
    assert response.json()["errors"][0]["field"] == "svg"
    assert send(engineer, "post", BASE, **{**CONTENT, "svg": "x" * 2_000_000}).status_code == 413
    assert send(engineer, "post", BASE, name="None").json()["type"] == "/problems/invalid-svg"


def test_viewers_read_and_strangers_find_nothing(
    engineer: Client, client_for: ClientFor, acme: TenantConnection, rival: TenantConnection, rival_plant: Plant
) -> None:
    made = create(engineer)
    viewer, stranger = client_for("viewer", acme), client_for("engineer", rival)
    assert viewer.get(f"{BASE}/{made['id']}").json() == made
    assert send(viewer, "post", BASE, **CONTENT).status_code == 403
    assert viewer.delete(f"{BASE}/{made['id']}").status_code == 403
    assert stranger.get(BASE).json()["results"] == []
    assert stranger.get(f"{BASE}/{made['id']}").status_code == 404
    assert send(stranger, "put", f"{BASE}/{made['id']}", **CONTENT, revision=1).status_code == 404
    assert stranger.delete(f"{BASE}/{made['id']}").status_code == 404
    drawn = on_a_drawing(stranger, rival_plant, made["symbol"])
    assert drawn.status_code == 400 and "unknown symbol" in drawn.json()["errors"][0]["message"]


def test_ours_are_found_without_reading_the_tenants(acme: TenantConnection) -> None:
    symbols = operations.Symbols(acme)
    assert symbols["pump"] is library().symbols["pump"]
    assert len(symbols) == len(library().symbols) and "y234567abcd@1" not in symbols and "pump@1" not in symbols


def test_a_draft_that_shows_it_keeps_it_too(engineer: Client, plant: Plant) -> None:
    made = create(engineer)
    placement = {"id": "o", "symbol": made["symbol"], "x": 0, "y": 0}
    drawing = {"width": 200, "height": 200, "placements": [placement]}
    draft = send(engineer, "post", f"{SCHEMATICS}/drafts", site="works", name="Yard", drawing=drawing).json()
    refused = engineer.delete(f"{BASE}/{made['id']}")
    assert refused.status_code == 409 and refused.json()["schematics"] == ["Yard"]
    path = f"{SCHEMATICS}/{draft['schematic']}/draft"
    empty = {"width": 200, "height": 200}
    assert send(engineer, "put", path, drawing=empty, revision=draft["revision"]).status_code == 200
    assert engineer.delete(f"{BASE}/{made['id']}").status_code == 204
    again = send(engineer, "put", path, drawing=drawing, revision=draft["revision"] + 1)
    assert again.status_code == 400, "it is unknown now"
