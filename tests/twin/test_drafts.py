"""Drafts: what people draw is kept for each of them, and they see one another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client

from access import operations as access
from catalog.operations import bulk_upsert
from catalog.signals import removing
from config.dataplane import Stores
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from tests.conftest import PASSWORD
from tests.twin.conftest import NOON, Plant
from twin import operations as schematics
from twin import repository as schematic_repository
from twin.drafts import operations, repository
from web.caller import Caller, Role
from web.stores import documents

ClientFor = Callable[..., Client]
BASE = "/api/v1/schematics"


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def colleague(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("admin", acme)


@pytest.fixture
def id(acme: TenantConnection, plant: Plant) -> str:
    """A schematic with two versions."""
    created = schematics.create(acme, "works", "Feed water", plant.drawing(), author="", now=NOON)
    schematics.add_version(acme, created.id, plant.drawing(width=700), author="", now=NOON, revision=1)
    return created.id


def save(client: Client, id: str, drawing: Any, **more: Any) -> Any:
    return client.put(f"{BASE}/{id}/draft", {"drawing": drawing, **more}, content_type="application/json")


def start(client: Client, **body: Any) -> Any:
    return client.post(f"{BASE}/drafts", {"site": "works", "name": "New", **body}, content_type="application/json")


def test_a_draft_is_kept_as_it_was_saved(engineer: Client, plant: Plant, id: str) -> None:
    assert engineer.get(f"{BASE}/{id}/draft").json()["type"] == "/problems/no-draft"
    drawing = plant.drawing(width=800)
    drawing["pipes"][0]["via"] = [[1, 2], [3, 4]]
    first = save(engineer, id, drawing)
    assert first.status_code == 201 and first["ETag"] == '"1"'
    read = engineer.get(f"{BASE}/{id}/draft")
    assert read["ETag"] == '"1"'
    assert read.json()["drawing"]["width"] == 800
    assert read.json()["drawing"]["pipes"][0]["via"] == [[1, 2], [3, 4]]
    assert {name: read.json()[name] for name in first.json()} == first.json()
    known = {"schematic": id, "name": "Feed water", "new": False, "base": 2, "revision": 1, "mine": True}
    assert {name: first.json()[name] for name in known} == known
    assert first.json()["author"] == "engineer.acme" and first.json()["size"] > 100


def test_a_draft_is_changed_from_the_revision_that_was_read(engineer: Client, plant: Plant, id: str) -> None:
    save(engineer, id, plant.drawing())
    assert save(engineer, id, plant.drawing()).json()["type"] == "/problems/revision-missing"
    second = save(engineer, id, plant.drawing(width=801), revision=1, base=1)
    assert (second.status_code, second.json()["revision"], second.json()["base"]) == (200, 2, 1)
    stale = save(engineer, id, plant.drawing(width=802), revision=1)
    assert (stale.status_code, stale.json()["type"]) == (409, "/problems/stale-revision")
    assert stale.json()["current"]["revision"] == 2 and stale.json()["current"]["mine"] is True
    by_header = engineer.put(
        f"{BASE}/{id}/draft",
        {"drawing": plant.drawing(width=803)},
        content_type="application/json",
        headers={"If-Match": '"2"'},
    )
    assert by_header.json()["revision"] == 3
    assert engineer.delete(f"{BASE}/{id}/draft", headers={"If-Match": '"2"'}).status_code == 409
    assert engineer.delete(f"{BASE}/{id}/draft", headers={"If-Match": '"3"'}).status_code == 204
    gone = save(engineer, id, plant.drawing(), revision=3)
    assert (gone.status_code, gone.json()["current"]) == (409, None)
    assert save(engineer, id, plant.drawing(), base=3).json()["type"] == "/problems/no-such-version"


def test_two_people_at_one_schematic_see_each_other(
    engineer: Client, colleague: Client, client_for: ClientFor, acme: TenantConnection, plant: Plant, id: str
) -> None:
    save(engineer, id, plant.drawing(width=700))
    save(colleague, id, plant.drawing(width=900))
    seen = engineer.get(f"{BASE}/{id}/drafts").json()["results"]
    assert [(draft["author"], draft["mine"]) for draft in seen] == [("admin.acme", False), ("engineer.acme", True)]
    assert engineer.get(f"{BASE}/{id}/draft").json()["drawing"]["width"] == 700
    assert colleague.get(f"{BASE}/{id}/draft").json()["drawing"]["width"] == 900
    viewer = client_for("viewer", acme)
    assert [draft["mine"] for draft in viewer.get(f"{BASE}/{id}/drafts").json()["results"]] == [False, False]
    assert save(viewer, id, plant.drawing()).status_code == 403
    pages = [engineer.get(f"{BASE}/{id}/drafts?limit=1").json()]
    pages.append(engineer.get(pages[0]["next"]).json())
    assert [page["results"][0]["author"] for page in pages] == ["admin.acme", "engineer.acme"]


def test_a_schematic_may_begin_as_a_draft(
    engineer: Client, colleague: Client, acme: TenantConnection, plant: Plant
) -> None:
    created = start(engineer, drawing=plant.drawing())
    draft = created.json()
    assert created.status_code == 201 and created["Location"] == f"{BASE}/{draft['schematic']}/draft"
    assert (draft["new"], draft["base"], draft["name"]) == (True, None, "New")
    assert start(engineer).json()["drawing"]["placements"] == []
    renamed = save(engineer, draft["schematic"], plant.drawing(width=900), revision=1, name="Newer").json()
    assert (renamed["name"], renamed["revision"], renamed["new"]) == ("Newer", 2, True)
    assert [each["name"] for each in engineer.get(f"{BASE}/drafts?site=works").json()["results"]] == ["Newer", "New"]
    own = f"{BASE}/{draft['schematic']}"
    assert len(engineer.get(f"{own}/drafts").json()["results"]) == 1
    for hidden in (own, f"{own}/drafts", f"{own}/draft"):
        assert colleague.get(hidden).status_code == 404
    assert engineer.get(own).status_code == 404
    assert save(colleague, draft["schematic"], plant.drawing()).status_code == 404
    assert start(engineer, site="nowhere").status_code == 404


def test_an_unfinished_drawing_is_kept_and_one_that_cannot_be_drawn_is_not(
    engineer: Client, plant: Plant, id: str
) -> None:
    unfinished = plant.drawing()
    unfinished["placements"][0] |= {"asset": "a2222222222", "slots": {"run": {"sensor": "s2222222222"}}}
    unfinished["placements"][1]["new_asset"] = {"tag": "TK-1"}
    unfinished["pipes"][0] |= {"medium": "air", "source": {"placement": "t", "port": "in_left"}}
    assert save(engineer, id, unfinished).status_code == 201
    hopeless = plant.drawing()
    hopeless["placements"].append({"id": "t", "symbol": "tank", "x": 0, "y": 0})
    hopeless["placements"].append({"id": "x", "symbol": "pmup", "x": 0, "y": 0})
    hopeless["pipes"][0]["target"] = {"placement": "gone", "port": "in_left"}
    hopeless["tags"][0]["of"] = "nothing"
    refused = save(engineer, id, hopeless, revision=1)
    assert refused.status_code == 400
    assert {error["field"] for error in refused.json()["errors"]} == {
        "placements[2].id",
        "placements[3].symbol",
        "pipes[0].target.placement",
        "tags[0].of",
    }


def test_a_draft_goes_with_its_schematic(engineer: Client, acme: TenantConnection, plant: Plant, id: str) -> None:
    save(engineer, id, plant.drawing())
    schematics.delete(acme, id, NOON)
    assert engineer.get(f"{BASE}/{id}/draft").status_code == 404
    assert repository.find(acme, {"schematic": id}) == []


def test_a_draft_of_a_schematic_that_is_deleted_meanwhile_is_not_kept(
    engineer: Client, acme: TenantConnection, plant: Plant, id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = repository.insert

    def deleted_before(*draft: Any) -> Any:
        schematics.delete(acme, id, NOON)
        return insert(*draft)

    monkeypatch.setattr(repository, "insert", deleted_before)
    assert save(engineer, id, plant.drawing()).status_code == 404
    assert repository.find(acme, {"schematic": id}) == []


def test_a_draft_of_what_was_deleted_creates_nothing(
    engineer: Client, acme: TenantConnection, plant: Plant, id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(engineer, id, plant.drawing())
    monkeypatch.setattr(repository, "delete_all", lambda *_: 0)
    schematics.delete(acme, id, NOON)
    publish = engineer.post(f"{BASE}/{id}/publish", {"base": 2}, content_type="application/json")
    assert publish.status_code == 404
    assert engineer.get(f"{BASE}/{id}").status_code == 404


def test_a_draft_goes_with_its_site(engineer: Client, acme: TenantConnection, plant: Plant, id: str) -> None:
    start(engineer)
    assert engineer.delete("/api/v1/sites/works?cascade=1").status_code == 204
    assert repository.find(acme, {"site": plant.site}) == []


def test_a_site_that_is_not_deleted_after_all_keeps_its_drawings(
    engineer: Client, acme: TenantConnection, plant: Plant, id: str
) -> None:
    save(engineer, id, plant.drawing())

    def arrive(**_: Any) -> None:
        bulk_upsert(acme, "sensors", [{"site": "works", "tag": "NEW", "name": "New"}])

    removing.connect(arrive)
    try:
        assert engineer.delete("/api/v1/sites/works?cascade=1").status_code == 409
    finally:
        removing.disconnect(arrive)
    assert engineer.get(f"{BASE}/{id}").json()["drawing"]["placements"]
    assert engineer.get(f"{BASE}/{id}/draft").status_code == 200


def test_what_a_killed_deletion_of_a_site_left_goes_with_the_next(
    engineer: Client, acme: TenantConnection, plant: Plant, id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk_upsert(acme, "sites", [{"slug": "other", "name": "Other", "timezone": "UTC"}])
    with monkeypatch.context() as patch:
        patch.setattr(schematic_repository, "find", lambda *_: [])
        assert engineer.delete("/api/v1/sites/works?cascade=1").status_code == 204
    assert engineer.get(f"{BASE}/{id}").status_code == 200
    assert engineer.delete("/api/v1/sites/other").status_code == 204
    assert engineer.get(f"{BASE}/{id}").status_code == 404


def test_a_draft_goes_with_a_person_who_leaves(
    acme: TenantConnection,
    tenant_rows: dict[str, Any],
    plant: Plant,
    id: str,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    person = access.create_user("leaver", PASSWORD)
    membership = access.ensure_membership(person, tenant_rows["acme"], "engineer")
    caller = Caller(person.pk, "leaver", Role.engineer, frozenset(), operator=False, via="session")
    operations.save(acme, caller, id, plant.drawing(), now=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        access.remove_membership(membership)
        assert len(repository.find(acme, {"owner": person.pk})) == 1
    assert repository.find(acme, {"owner": person.pk}) == []


def test_a_draft_is_in_no_archive_of_a_tenant(engineer: Client, acme: TenantConnection, plant: Plant, id: str) -> None:
    """As a tenant that is restored from it has people of its own, whose numbers mean others."""
    save(engineer, id, plant.drawing(width=777))
    saved = {name: list(pieces) for name, pieces in Stores().dump_documents(acme)}
    assert repository.DRAFTS not in saved and "schematics" in saved
    saved[repository.DRAFTS] = list(documents(acme).dump(repository.DRAFTS))
    Stores().load_documents(acme, saved)
    assert engineer.get(f"{BASE}/{id}").status_code == 200
    assert engineer.get(f"{BASE}/{id}/draft").json()["type"] == "/problems/no-draft"


@pytest.mark.django_db(transaction=False)
def test_of_four_windows_of_one_person_one_saves_first(acme: TenantConnection, plant: Plant, id: str) -> None:
    caller = Caller(7, "anna", Role.engineer, frozenset(), operator=False, via="session")
    operations.save(acme, caller, id, plant.drawing(), now=NOON)

    def write(width: int) -> bool:
        try:
            operations.save(acme, caller, id, plant.drawing(width=width), now=NOON, revision=1)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(500, 504))) == 1


def test_a_person_has_so_many_drafts(engineer: Client, plant: Plant, id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_DRAFTS", 1)
    assert start(engineer).status_code == 201
    for refused in (start(engineer), save(engineer, id, plant.drawing())):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-drafts")


def test_large_drafts_of_a_tenant_have_so_much_room(
    engineer: Client, colleague: Client, plant: Plant, id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = save(colleague, id, plant.drawing()).json()["size"]
    monkeypatch.setattr(repository, "SMALL", size)
    monkeypatch.setattr(repository, "MAX_BYTES", 3 * size)
    assert save(engineer, id, plant.drawing()).status_code == 201
    texts = [{"id": f"t{n}", "x": 0, "y": 0, "text": "x" * 100} for n in range(size // 100)]
    large = plant.drawing(texts=texts)  # two or three times as large
    for refused in (save(engineer, id, large, revision=1), start(engineer, drawing=large)):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/drafts-full")
    again = save(engineer, id, plant.drawing(), revision=1)
    assert again.status_code == 200
    assert colleague.delete(f"{BASE}/{id}/draft").status_code == 204
    assert save(engineer, id, large, revision=again.json()["revision"]).status_code == 200


def test_another_tenants_draft_is_unknown(
    engineer: Client, client_for: ClientFor, rival: TenantConnection, plant: Plant, rival_plant: Plant, id: str
) -> None:
    save(engineer, id, plant.drawing())
    outsider = client_for("engineer", rival)
    for path in (f"{BASE}/{id}/draft", f"{BASE}/{id}/drafts"):
        assert outsider.get(path).status_code == 404
    assert save(outsider, id, rival_plant.drawing()).status_code == 404
    assert outsider.delete(f"{BASE}/{id}/draft").status_code == 404
    assert outsider.get(f"{BASE}/drafts").json()["results"] == []


def test_words_that_reorder_text_are_refused(engineer: Client, plant: Plant, id: str) -> None:
    drawing = plant.drawing()
    drawing["placements"][0]["label"] = "P-1 \u202e1-P"
    refused = save(engineer, id, drawing)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "placements[0].label"
    drawing["placements"][0]["label"] = "P-1"
    drawing["texts"] = [{"id": "x", "x": 0, "y": 0, "text": "two\nlines"}]
    assert save(engineer, id, drawing).status_code == 201
