"""Saved views of trends over HTTP."""

from __future__ import annotations

from typing import Any

import bson
import pytest
from django.test import Client

from access.models import User
from config.dataplane import Stores
from config.people import discard_left, discard_personal_data
from kernel.tenancy import TenantConnection
from tests.twin.conftest import HOUR, NOON
from tests.workspace.conftest import Works, send
from web.stores import documents
from workspace.dashboards.models import DASHBOARDS
from workspace.saved_views.models import VIEWS

BASE = "/api/v1/saved-views"


def save(client: Client, works: Works, name: str = "Feed water", **more: Any) -> dict[str, Any]:
    trend = {"sensors": [works.sensors["FT-1"], None], "range": "8h", "options": {"mode": "band"}}
    response = send(client, "post", BASE, **{"name": name, "site": "works", "trend": trend, **more})
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


def names(client: Client, query: str = "") -> list[str]:
    return [each["name"] for each in client.get(f"{BASE}{query}").json()["results"]]


def test_a_view_keeps_the_state_of_the_page(engineer: Client, works: Works) -> None:
    made = save(engineer, works)
    trend = {
        "sensors": [works.sensors["FT-1"], None],
        "range": "8h",
        "start": None,
        "end": None,
        "options": {"mode": "band"},
    }
    assert made["trend"] == trend and made["site"] == works.site and made["mine"] is True
    read = engineer.get(f"{BASE}/{made['id']}")
    assert read.json() == made and read["ETag"] == '"1"'
    assert "owner" not in made


def test_ones_own_are_nobody_elses(engineer: Client, colleague: Client, viewer: Client, works: Works) -> None:
    own, shared = save(engineer, works, "Own"), save(engineer, works, "Shared", shared=True)
    assert names(engineer) == ["Own", "Shared"]
    assert names(colleague) == names(viewer, "?site=works") == ["Shared"]
    for method, body in (("get", {}), ("put", {**shared, "revision": 1}), ("delete", {})):
        content = {name: body[name] for name in ("name", "site", "trend", "revision") if name in body}
        response = send(colleague, method, f"{BASE}/{own['id']}", **content)
        assert response.status_code == 404, response.content
    assert viewer.get(f"{BASE}/{shared['id']}").json()["mine"] is False
    assert send(viewer, "post", BASE, name="Mine", site="works", trend={}).status_code == 403


def test_a_shared_one_is_changed_by_any_engineer(engineer: Client, colleague: Client, works: Works) -> None:
    made = save(engineer, works, shared=True)
    content = {"name": "Pumps", "site": "works", "trend": {"start": NOON, "end": NOON + HOUR}, "shared": True}
    changed = send(colleague, "put", f"{BASE}/{made['id']}", **content, revision=1)
    assert changed.status_code == 200, changed.content
    assert (changed.json()["name"], changed.json()["author"], changed.json()["revision"]) == (
        "Pumps",
        "engineer.acme",
        2,
    )
    stale = send(engineer, "put", f"{BASE}/{made['id']}", **content, revision=1)
    assert stale.status_code == 409 and stale.json()["current"]["name"] == "Pumps"
    assert stale.json()["current"]["mine"] is True
    taken = send(colleague, "put", f"{BASE}/{made['id']}", **{**content, "shared": False}, revision=2)
    assert taken.status_code == 403
    assert engineer.delete(f"{BASE}/{made['id']}", headers={"If-Match": '"2"'}).status_code == 204


@pytest.mark.parametrize(
    ("trend", "field"),
    [
        ({"sensors": ["s2222222222"]}, "trend.sensors"),
        ({"start": NOON}, "trend.end"),
        ({"start": NOON, "end": NOON}, "trend.end"),
        ({"start": NOON, "end": NOON + 1, "range": "8h"}, "trend.range"),
        ({"range": "eight hours"}, "trend.range"),
        ({"options": {"at": "1"}}, "trend.options.at"),
        ({"options": {"<b>": "1"}}, ""),
        ({"colour": "red"}, "trend.colour"),
    ],
)
def test_a_state_that_the_page_cannot_have_is_refused(
    engineer: Client, works: Works, trend: dict[str, Any], field: str
) -> None:
    response = send(engineer, "post", BASE, name="Wrong", site="works", trend=trend)
    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]["field"] == field


def test_a_sensor_that_is_gone_may_stay(engineer: Client, acme: TenantConnection, works: Works) -> None:
    response = send(engineer, "post", "/api/v1/sensors", site="works", tag="TT-8", unit="°C")
    sensor = response.json()["id"]
    made = save(engineer, works, trend={"sensors": [sensor]})
    assert engineer.delete(f"/api/v1/sensors/{sensor}").status_code == 204
    content = {"name": "Renamed", "site": "works", "trend": {"sensors": [sensor, works.sensors["FT-1"]]}}
    assert send(engineer, "put", f"{BASE}/{made['id']}", **content, revision=1).status_code == 200


def test_one_is_the_default_of_each_person_and_of_all(engineer: Client, colleague: Client, works: Works) -> None:
    first = save(engineer, works, "First", default=True)
    save(engineer, works, "Second", default=True)
    save(colleague, works, "Theirs", default=True)
    save(engineer, works, "Everybody's", default=True, shared=True)
    found = {each["name"]: each["default"] for each in engineer.get(BASE).json()["results"]}
    assert found == {"First": False, "Second": True, "Everybody's": True}
    assert engineer.get(f"{BASE}/{first['id']}").json()["revision"] == 2
    assert {each["name"]: each["default"] for each in colleague.get(BASE).json()["results"]}["Theirs"] is True


def test_who_leaves_takes_their_own_with_them(
    engineer: Client, colleague: Client, acme: TenantConnection, works: Works
) -> None:
    save(engineer, works, "Own")
    save(engineer, works, "Shared", shared=True)
    save(colleague, works, "Theirs")
    discard_personal_data(acme.slug, User.objects.get(username="engineer.acme").pk)
    assert names(engineer) == ["Shared"] and names(colleague) == ["Shared", "Theirs"]


def test_what_somebody_who_left_kept_goes_later_if_it_was_not_deleted_then(
    engineer: Client, colleague: Client, acme: TenantConnection, works: Works
) -> None:
    save(engineer, works, "Shared", shared=True)
    save(colleague, works, "Theirs")
    gone = {"owner": 2**31, "author": "leaver", "created": NOON, "changed": NOON}
    content = {"name": "Left", "site": works.site, "trend": {}, "shared": False, "default": False}
    VIEWS.insert(acme, lambda _: {**content, **gone})
    discard_left(acme)
    assert sorted(view.name for view in VIEWS.find(acme)) == ["Shared", "Theirs"]


def test_an_archive_has_the_shared_ones_without_their_owners(
    engineer: Client, colleague: Client, acme: TenantConnection, works: Works
) -> None:
    for number in range(12):
        save(colleague, works, f"Own {number}")
    for collection in (VIEWS, DASHBOARDS):
        assert not _archived(acme, collection.name)
    save(engineer, works, "Shared", shared=True)
    send(engineer, "post", "/api/v1/dashboards", name="Board", shared=True)
    send(engineer, "post", "/api/v1/dashboards", name="Own board")
    for collection, name in ((VIEWS, "Shared"), (DASHBOARDS, "Board")):
        (kept,) = _archived(acme, collection.name)
        assert kept["name"] == name and "owner" not in kept
    pieces = {name: list(parts) for name, parts in Stores().dump_documents(acme)}
    Stores().load_documents(acme, pieces)
    (view,), (board,) = VIEWS.find(acme), DASHBOARDS.find(acme)
    assert view.owner == board.owner == 0
    assert names(engineer) == ["Shared"] and not engineer.get(BASE).json()["results"][0]["mine"]


def test_an_earlier_archive_has_ones_own_too(engineer: Client, acme: TenantConnection, works: Works) -> None:
    save(engineer, works, "Own")
    save(engineer, works, "Shared", shared=True)
    pieces = {name: list(parts) for name, parts in Stores().dump_documents(acme)}
    Stores().load_documents(acme, {**pieces, VIEWS.name: list(documents(acme).dump(VIEWS.name))})
    (view,) = VIEWS.find(acme)
    assert (view.name, view.owner) == ("Shared", 0)


def _archived(tenant: TenantConnection, collection: str) -> list[dict[str, Any]]:
    parts = dict(Stores().dump_documents(tenant)).get(collection, iter(()))
    return [document for part in parts for document in bson.decode_all(part)]


def test_a_change_is_checked_against_the_view_as_it_is_under_the_lock(
    engineer: Client, colleague: Client, acme: TenantConnection, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was shared when the request came, and its owner took it back before the change."""
    made = save(engineer, works, shared=True)
    content = {"name": "Theirs", "site": "works", "trend": {}, "shared": True}
    real = VIEWS.change

    def taken_back_first(tenant: TenantConnection, id: str, *rest: Any) -> Any:
        monkeypatch.undo()
        assert send(engineer, "put", f"{BASE}/{id}", **{**content, "shared": False}, revision=1).status_code == 200
        return real(tenant, id, *rest)

    monkeypatch.setattr(type(VIEWS), "change", lambda self, *given: taken_back_first(*given))
    assert send(colleague, "put", f"{BASE}/{made['id']}", **content, revision=2).status_code == 404
    assert engineer.get(f"{BASE}/{made['id']}").json()["name"] == "Theirs"


def test_all_views_together_have_a_bounded_size(engineer: Client, works: Works) -> None:
    made = save(engineer, works)
    bound = VIEWS.max_bytes
    object.__setattr__(VIEWS, "max_bytes", 1_000)
    try:
        trend = {"options": {"note": "x" * 900}}
        for method, address in (("post", BASE), ("put", f"{BASE}/{made['id']}")):
            more = {"revision": 1} if method == "put" else {}
            response = send(engineer, method, address, name="Long", site="works", trend=trend, **more)
            assert response.status_code == 409 and response.json()["type"] == "/problems/saved-views-full"
    finally:
        object.__setattr__(VIEWS, "max_bytes", bound)
