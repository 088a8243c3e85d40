"""Which drafts are published, refused or kept."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.test import Client

from catalog.models import Link
from catalog.snapshot import snapshot_of
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from tests.twin.conftest import HOUR, NOON
from tests.twin.publishing_world import (
    BASE,
    ClientFor,
    engineer,
    line,
    plant,
    post,
    published,
    save,
    started,
    valid,
)
from twin import operations as schematics
from twin import repository
from twin.publishing import core, journal
from web.stores import documents

__all__ = ["engineer", "line"]


def test_who_published_since_is_told_part_by_part(
    engineer: Client, client_for: ClientFor, acme: TenantConnection
) -> None:
    colleague = client_for("admin", acme)
    id = started(engineer, plant(acme))
    published(engineer, id)
    mine, theirs = plant(acme), plant(acme)
    mine["placements"][0] |= {"x": 5}
    mine["placements"][1] |= {"y": 7}
    theirs["placements"][1] |= {"y": 8}
    del theirs["pipes"][2]
    theirs["texts"] = [{"id": "note", "x": 0, "y": 0, "text": "Rebuilt"}]
    both = {"id": "same", "x": 1, "y": 1, "text": "Both"}
    theirs["texts"].append(both)
    mine["texts"] = [both]
    theirs["width"] = 120
    saved = engineer.put(f"{BASE}/{id}/draft", {"drawing": mine}, content_type="application/json")
    assert saved.status_code == 201
    published(colleague, id, drawing=theirs, base=1)
    refused = post(engineer, f"{id}/publish")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/published-since")
    problem = refused.json()
    assert (problem["base"], problem["current"]["version"], problem["current"]["author"]) == (1, 2, "admin.acme")
    assert problem["drawing"]["width"] == 120 and problem["more"] == 0
    found = {(each["kind"], each["id"]): each for each in problem["differences"]}
    assert {key: each["changed"] for key, each in found.items()} == {
        ("size", ""): "theirs",
        ("placements", "t"): "mine",
        ("placements", "v"): "both",
        ("pipes", "pipe2"): "theirs",
        ("texts", "note"): "theirs",
    }
    assert found["size", ""]["theirs"] == {"width": 120, "height": 100}
    assert [found["placements", "v"][whose]["y"] for whose in ("base", "mine", "theirs")] == [0, 7, 8]
    assert found["pipes", "pipe2"]["theirs"] is None and found["texts", "note"]["mine"] is None
    merged = {**theirs, "placements": mine["placements"]}
    body = {"drawing": merged, "base": 2, "revision": 1}
    assert engineer.put(f"{BASE}/{id}/draft", body, content_type="application/json").status_code == 200
    assert published(engineer, id, revision=2)["schematic"]["version"]["version"] == 3
    assert engineer.get(f"{BASE}/{id}?version=2").json()["drawing"]["width"] == 120
    assert engineer.get(f"{BASE}/{id}?version=9").json()["type"] == "/problems/no-such-version"


def test_only_the_draft_that_was_read_is_published(engineer: Client, acme: TenantConnection) -> None:
    id = started(engineer, plant(acme))
    assert (
        engineer.put(f"{BASE}/{id}/draft", {"drawing": plant(acme), "revision": 1}, "application/json").status_code
        == 200
    )
    stale = post(engineer, f"{id}/publish", revision=1)
    assert (stale.status_code, stale.json()["current"]["revision"]) == (409, 2)
    assert published(engineer, id, revision=2)["schematic"]["version"]["version"] == 1
    assert post(engineer, f"{id}/publish").json()["type"] == "/problems/no-draft"
    assert post(engineer, f"{id}/publish", drawing=plant(acme)).json()["errors"][0]["field"] == "base"
    unknown = post(engineer, f"{id}/publish", drawing=plant(acme), base=7)
    assert unknown.json()["type"] == "/problems/no-such-version"


@pytest.mark.parametrize("new", [True, False])
def test_a_draft_that_is_saved_while_it_is_published_stays(
    engineer: Client, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch, new: bool
) -> None:
    id, revision, version = started(engineer, plant(acme)), 1, 1
    if not new:
        published(engineer, id)
        assert save(engineer, id, drawing=plant(acme)).status_code == 201
        version = 2
    later = {**plant(acme), "width": 900}

    def carry_out(*plan: Any) -> None:
        assert save(engineer, id, drawing=later, revision=revision).status_code == 200
        execute(*plan)

    execute = journal.execute
    with monkeypatch.context() as patch:
        patch.setattr(journal, "execute", carry_out)
        assert published(engineer, id)["schematic"]["version"]["version"] == version
    draft = engineer.get(f"{BASE}/{id}/draft").json()
    assert (draft["drawing"]["width"], draft["new"], draft["base"]) == (900, False, 1)
    if not new:
        assert post(engineer, f"{id}/publish").json()["type"] == "/problems/published-since"
    answer = published(engineer, id, base=version, valid_from=NOON)["schematic"]
    assert (answer["version"]["version"], answer["drawing"]["width"]) == (version + 1, 900)
    assert engineer.get(f"{BASE}/{id}/draft").json()["type"] == "/problems/no-draft"


def test_a_draft_stays_if_another_drawing_is_published(engineer: Client, acme: TenantConnection) -> None:
    id = started(engineer, plant(acme))
    published(engineer, id)
    assert save(engineer, id, drawing={**plant(acme), "width": 900}).status_code == 201
    published(engineer, id, drawing=plant(acme, "p.out > u.in_left: water"), base=1)
    assert engineer.get(f"{BASE}/{id}/draft").json()["drawing"]["width"] == 900


def test_what_versions_show_is_read_in_parts(
    engineer: Client, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = started(engineer, plant(acme))
    published(engineer, id)
    for version in range(1, 6):
        published(engineer, id, drawing=plant(acme), base=version, valid_from=NOON + version * HOUR)
    read: list[int] = []

    def counted(tenant: TenantConnection, drawings: list[str]) -> dict[str, frozenset[Link]]:
        read.append(len(drawings))
        return links_of(tenant, drawings)

    links_of = repository.links_of
    monkeypatch.setattr(journal, "PART", 2)
    monkeypatch.setattr(repository, "links_of", counted)
    published(engineer, id, drawing=plant(acme, "p.out > u.in_left: water"), base=6, valid_from=NOON + 9 * HOUR)
    assert max(read) == 2 and sum(read) >= 6
    assert valid(engineer, NOON + 9 * HOUR - 1) == {"T>P", "P>U"} and valid(engineer, NOON + 9 * HOUR) == {"P>U"}
    everything = engineer.get("/api/v1/connections?site=line&ended=true").json()["results"]
    assert sorted(len(each["drawn"]) for each in everything) == [1, 1]


def test_a_schematic_has_so_many_versions(
    engineer: Client, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "MAX_VERSIONS", 1)
    id = started(engineer, plant(acme))
    published(engineer, id)
    drawings = len(documents(acme).find(repository.DRAWINGS))
    for call, body in (("publish", {"base": 1}), ("preview", {})):
        refused = post(engineer, f"{id}/{call}", drawing=plant(acme), **body)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-versions")
    assert len(documents(acme).find(repository.DRAWINGS)) == drawings


def test_an_unfinished_drawing_is_not_published(engineer: Client, acme: TenantConnection) -> None:
    drawing = plant(acme)
    drawing["placements"][0]["asset"] = "a2222222222"
    drawing["placements"][2]["new_asset"] = {"tag": "X"}
    drawing["placements"][3] = {"id": "u", "symbol": "tank", "x": 0, "y": 0, "new_asset": {"tag": " "}}
    id = started(engineer, drawing)
    for call in ("preview", "publish"):
        refused = post(engineer, f"{id}/{call}")
        assert refused.status_code == 400
        assert {error["field"] for error in refused.json()["errors"]} == {
            "placements[0].asset", "placements[2].new_asset", "placements[3].new_asset.tag",
        }  # fmt: skip
    assert engineer.get(f"{BASE}/{id}/draft").status_code == 200


def test_a_full_catalog_refuses_before_anything_is_written(
    engineer: Client, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = dataclasses.replace(acme.limits, catalog_documents=snapshot_of(acme).documents + 2)
    tight = dataclasses.replace(acme, limits=full)
    before = {name: len(documents(acme).find(name)) for name in documents(acme).collections()}
    with pytest.raises(Conflict) as refused:
        schematics.create(tight, "line", "Line", plant(acme, t="T", p="N", u="U"), author="", now=NOON)
    assert refused.value.problem == "catalog-full"
    assert {name: len(documents(acme).find(name)) for name in documents(acme).collections()} == before
    schematics.create(tight, "line", "Line", plant(acme), author="", now=NOON)


def test_the_name_of_a_new_schematic_may_be_taken(engineer: Client, acme: TenantConnection) -> None:
    one, other = started(engineer, plant(acme)), started(engineer, plant(acme))
    published(engineer, one)
    assert post(engineer, f"{other}/publish").json()["type"] == "/problems/name-taken"
    assert published(engineer, other, name="Line 2")["schematic"]["name"] == "Line 2"


def test_a_name_given_to_a_draft_is_published_and_one_that_it_began_with_is_not(
    engineer: Client, client_for: ClientFor, acme: TenantConnection
) -> None:
    colleague = client_for("admin", acme)
    id = started(engineer, plant(acme))
    published(engineer, id)
    for client in (engineer, colleague):
        assert save(client, id, drawing=plant(acme)).status_code == 201
    assert save(engineer, id, drawing=plant(acme), revision=1, name="Line 2").json()["name"] == "Line 2"
    assert published(engineer, id)["schematic"]["name"] == "Line 2"
    assert published(colleague, id, base=2)["schematic"]["name"] == "Line 2"
    assert save(engineer, id, drawing=plant(acme), name="Line 3").status_code == 201
    assert published(engineer, id)["schematic"]["name"] == "Line 3"
