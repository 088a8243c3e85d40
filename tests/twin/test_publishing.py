"""Publishing: the drawing is the model of the plant, from its date on."""

from __future__ import annotations

import json

from django.conf import settings
from django.test import Client

from catalog import operations as catalog
from catalog.kinds import ASSETS, CONNECTIONS
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from stores.redis.live import NO_ID, Announcements
from tests.twin.conftest import HOUR, NOON, Plant
from tests.twin.publishing_world import (
    BASE,
    ClientFor,
    engineer,
    line,
    named,
    of,
    of_site,
    plant,
    post,
    published,
    started,
    valid,
)
from twin import repository
from web.stores import documents

__all__ = ["engineer", "line"]


def test_a_new_schematic_is_published_from_its_draft(engineer: Client, acme: TenantConnection) -> None:
    id = started(engineer, plant(acme))
    answer = published(engineer, id, note="First")
    schematic, changes = answer["schematic"], answer["changes"]
    assert (schematic["id"], schematic["name"], schematic["version"]["version"]) == (id, "Line", 1)
    assert schematic["version"]["valid_from"] == 0 and schematic["version"]["author"] == "engineer.acme"
    assert named(changes["connections"]["created"]) == {"T>P", "P>U"} and changes["warnings"] == []
    assert engineer.get(f"{BASE}/{id}/draft").json()["type"] == "/problems/no-draft"
    assert engineer.get(f"{BASE}/{id}").json()["drawing"] == schematic["drawing"]
    assert valid(engineer) == valid(engineer, 0) == {"T>P", "P>U"}
    [one, _] = engineer.get("/api/v1/connections?site=line").json()["results"]
    assert (one["by_hand"], one["medium"]) == (False, "water")
    assert one["drawn"] == [{"schematic": id, "version": 1, "valid_from": 0, "valid_to": None}]
    assert valid(engineer, -1) == set()


def test_a_drawing_that_names_a_new_asset_creates_it(engineer: Client, acme: TenantConnection) -> None:
    drawing = plant(acme, t="T", p="P-9", u="U")
    drawing["placements"][2]["new_asset"] |= {"name": "Feed pump"}
    drawing["placements"].append({"id": "v9", "symbol": "valve_hand", "x": 0, "y": 0, "new_asset": {"tag": "P-9"}})
    id = started(engineer, drawing)
    shown = post(engineer, f"{id}/preview").json()
    assert shown["assets"]["created"] == [
        {"tag": "P-9", "name": "Feed pump", "type": "pump", "placements": ["p", "v9"]}
    ]
    assert {each["tag"] for each in shown["assets"]["unchanged"]} == {"T", "U"}
    ends = {
        each[end]["tag"]: each[end]["id"] for each in shown["connections"]["created"] for end in ("source", "target")
    }
    assert ends == {"T": of(acme, x="T")["x"], "P-9": None, "U": of(acme, x="U")["x"]}
    assert of(acme, x="P-9") == {}  # a preview changes nothing
    answer = published(engineer, id)
    assert answer["changes"] == {**shown, "valid_from": 0, "valid_to": None}
    created = snapshot_of(acme).named("assets", of_site(acme), "P-9")
    assert created is not None and (created.name, created.type) == ("Feed pump", "pump")  # type: ignore[union-attr]
    stored = {each["id"]: each for each in answer["schematic"]["drawing"]["placements"]}
    assert stored["p"]["asset"] == stored["v9"]["asset"] == created.id
    assert "new_asset" not in stored["p"]
    assert valid(engineer) == {"T>P-9", "P-9>U"}


def test_the_plant_changes_on_a_date(engineer: Client, acme: TenantConnection) -> None:
    id = started(engineer, plant(acme))
    published(engineer, id)
    spare = plant(acme, t="T", p="Q", u="U")
    shown = post(engineer, f"{id}/preview", drawing=spare, valid_from=NOON).json()
    assert named(shown["connections"]["created"]) == {"T>Q", "Q>U"}
    assert named(shown["connections"]["ended"]) == {"T>P", "P>U"}
    assert valid(engineer) == {"T>P", "P>U"}  # a preview changes nothing
    answer = published(engineer, id, drawing=spare, base=1, valid_from=NOON)
    assert answer["changes"] == shown
    assert valid(engineer, NOON - 1) == {"T>P", "P>U"}
    assert valid(engineer, NOON) == valid(engineer) == {"T>Q", "Q>U"}
    everything = engineer.get("/api/v1/connections?site=line&ended=true").json()["results"]
    assert len(everything) == 4
    first = of(acme, t="T")["t"]
    for at, expected in ((NOON - 1, ["P", "U"]), (NOON, ["Q", "U"])):
        reached = engineer.get(f"/api/v1/assets/{first}/downstream?at={at}").json()["results"]
        assert [each["asset"]["tag"] for each in reached] == expected
    up = engineer.get(f"/api/v1/assets/{of(acme, u='U')['u']}/upstream").json()["results"]
    assert [each["asset"]["tag"] for each in up] == ["Q", "T"]


def test_a_drawing_for_the_past_corrects_history(engineer: Client, acme: TenantConnection) -> None:
    id = started(engineer, plant(acme))
    published(engineer, id)
    published(engineer, id, drawing=plant(acme, t="T", p="Q", u="U"), base=1, valid_from=NOON)
    reversed_ = plant(acme, "p.out > u.in_left: water")
    shown = post(engineer, f"{id}/preview", drawing=reversed_, valid_from=NOON - HOUR).json()
    assert (shown["valid_from"], shown["valid_to"]) == (NOON - HOUR, NOON)
    assert named(shown["connections"]["ended"]) == {"T>P"} and named(shown["connections"]["unchanged"]) == {"P>U"}
    published(engineer, id, drawing=reversed_, base=2, valid_from=NOON - HOUR)
    assert valid(engineer, NOON - HOUR - 1) == {"T>P", "P>U"}
    assert valid(engineer, NOON - 1) == {"P>U"}
    assert valid(engineer, NOON) == {"T>Q", "Q>U"}


def test_what_was_never_right_is_never_valid_and_not_deleted(engineer: Client, acme: TenantConnection) -> None:
    id = started(engineer, plant(acme))
    published(engineer, id)
    published(engineer, id, drawing=plant(acme, "p.out > u.in_left: water"), base=1, valid_from=0)
    for at in (0, NOON, None):
        assert valid(engineer, at) == {"P>U"}
    everything = engineer.get("/api/v1/connections?site=line&ended=true").json()["results"]
    assert len(everything) == 2


def test_publishing_ends_nothing_that_is_by_hand_or_that_another_drawing_shows(
    engineer: Client, acme: TenantConnection
) -> None:
    bulk_upsert(acme, "connections", [{"site": "line", "source": "T", "target": "P", "medium": "water"}])
    bulk_upsert(acme, "connections", [{"site": "line", "source": "Q", "target": "U", "medium": "water"}])
    one, other = started(engineer, plant(acme)), started(engineer, plant(acme, "p.out > u.in_left: water"), "Other")
    first = published(engineer, one)["changes"]["connections"]
    assert named(first["created"]) == {"P>U"} and named(first["unchanged"]) == {"T>P"}
    assert first["unchanged"][0]["by_hand"] is True
    published(engineer, other)
    empty = plant(acme, "u.out_right > t.in_left: water")
    changes = published(engineer, one, drawing=empty, base=1, valid_from=NOON)["changes"]["connections"]
    assert named(changes["kept"]) == {"T>P", "P>U"} and changes["ended"] == []
    assert {tuple(each["schematics"]) for each in changes["kept"]} == {(), (other,)}
    assert valid(engineer) == {"T>P", "P>U", "Q>U", "U>T"}
    published(engineer, other, drawing=plant(acme, "t.out_right > u.in_left: water"), base=1, valid_from=NOON)
    assert valid(engineer) == {"T>P", "Q>U", "U>T", "T>U"}


def test_what_a_deleted_schematic_shows_ends_and_stays_in_history(engineer: Client, acme: TenantConnection) -> None:
    id = started(engineer, plant(acme))
    published(engineer, id, valid_from=NOON)
    assert engineer.delete(f"{BASE}/{id}").status_code == 204
    assert valid(engineer) == set()
    assert valid(engineer, NOON) == {"T>P", "P>U"}


def test_a_deleted_asset_takes_its_connections_and_the_next_version_does_without(
    engineer: Client, acme: TenantConnection
) -> None:
    id = started(engineer, plant(acme))
    published(engineer, id)
    catalog.delete(acme, ASSETS, of(acme, p="P")["p"], cascade=True)
    assert valid(engineer) == set()
    published(engineer, id, drawing=plant(acme, "t.out_right > u.in_left: water", t="T", u="U"), base=1)
    assert valid(engineer) == {"T>U"}


def test_a_version_of_before_says_nothing_about_connections(engineer: Client, acme: TenantConnection) -> None:
    """Versions of earlier releases are pictures only."""
    id = started(engineer, plant(acme))
    published(engineer, id)
    database = documents(acme)
    database.delete_many(repository.MODELS, {"schematic": id})
    database.change(
        repository.SCHEMATICS, id, lambda d: {**d, "versions": [{**v, "modelled": False} for v in d["versions"]]}
    )
    published(engineer, id, drawing=plant(acme, "p.out > u.in_left: water"), base=1, valid_from=NOON)
    assert valid(engineer, NOON) == {"P>U"}
    assert valid(engineer, NOON - 1) == set()


def test_changing_a_schematic_without_a_draft_changes_the_model_too(engineer: Client, acme: TenantConnection) -> None:
    body = {"site": "line", "name": "Line", "drawing": plant(acme)}
    id = engineer.post(BASE, body, content_type="application/json").json()["id"]
    assert valid(engineer) == {"T>P", "P>U"}
    changed = {"drawing": plant(acme, "p.out > u.in_left: water"), "revision": 1}
    assert engineer.put(f"{BASE}/{id}", changed, content_type="application/json").status_code == 200
    assert valid(engineer) == {"P>U"}


def test_those_who_listen_hear_of_drafts_versions_and_connections(engineer: Client, acme: TenantConnection) -> None:
    news = Announcements(settings.REDIS_URL)
    news.want([acme.prefix])
    last = news.kept(acme.prefix)[1].last
    id = started(engineer, plant(acme))
    engineer.put(f"{BASE}/{id}/draft", {"drawing": plant(acme), "revision": 1}, "application/json")
    published(engineer, id)
    engineer.delete(f"{BASE}/{id}")
    messages = [json.loads(text) for at, text in news.kept(acme.prefix)[1].messages if at > (last or NO_ID)]
    connections = {"topic": "connections", "site": of_site(acme), "schematic": id}
    assert [each for each in messages if each["topic"] != "jobs"] == [
        {"topic": "schematics", "schematic": id, "what": "draft"},
        {"topic": "schematics", "schematic": id, "what": "version"},
        connections,
        {"topic": "schematics", "schematic": id, "what": "deleted"},
        connections,
    ]


def test_another_tenants_plant_is_unknown(
    engineer: Client, client_for: ClientFor, acme: TenantConnection, rival: TenantConnection, rival_plant: Plant
) -> None:
    id = started(engineer, plant(acme))
    outsider = client_for("engineer", rival)
    for call in ("preview", "publish"):
        for body in ({}, {"drawing": rival_plant.drawing(), "base": 1} if call == "publish" else {}):
            assert post(outsider, f"{id}/{call}", **body).status_code == 404
    published(engineer, id)
    for call in ("preview", "publish"):
        assert post(outsider, f"{id}/{call}").status_code == 404
    own = post(outsider, "drafts", site="works", name="Mine", drawing=plant(acme)).json()["schematic"]
    assert post(outsider, f"{own}/publish").status_code == 400  # those assets are unknown there
    viewer = client_for("viewer", acme)
    assert post(viewer, f"{id}/publish").status_code == 403


def test_a_connection_that_a_drawing_shows_is_described_by_hand_and_moved_by_drawing(
    engineer: Client, acme: TenantConnection
) -> None:
    id = started(engineer, plant(acme))
    published(engineer, id)
    [one, _] = engineer.get("/api/v1/connections?site=line").json()["results"]
    path, sent = f"/api/v1/connections/{one['id']}", {"revision": one["revision"]}
    moved = engineer.patch(path, {**sent, "medium": "steam"}, content_type="application/json")
    assert moved.status_code == 400 and moved.json()["errors"][0]["field"] == "medium"
    kept = engineer.patch(path, {**sent, "description": "DN 80"}, content_type="application/json").json()
    assert (kept["description"], kept["drawn"], kept["by_hand"]) == ("DN 80", one["drawn"], False)
    back = engineer.post("/api/v1/connections/bulk", {"items": [kept]}, content_type="application/json").json()
    assert (back["created"], back["updated"], back["unchanged"]) == (0, 0, 1)
    said = {"site": "line", "source": "T", "target": "P", "medium": "water"}
    engineer.post("/api/v1/connections/bulk", {"items": [said]}, content_type="application/json")
    published(engineer, id, drawing=plant(acme, "u.out_right > t.in_left: water"), base=1, valid_from=NOON)
    assert valid(engineer) == {"T>P", "U>T"}
    assert catalog.found(snapshot_of(acme), CONNECTIONS, one["id"]).drawn  # type: ignore[union-attr]
