"""Bookmarks: one's own, and those shared with everybody of the tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from config.people import discard_personal_data
from kernel.tenancy import TenantConnection
from tests.twin.conftest import NOON, Plant
from twin.bookmarks import operations, repository
from web.stores import documents

ClientFor = Callable[..., Client]
BASE = "/api/v1/bookmarks"


@pytest.fixture(autouse=True)
def _no_bookmarks_left(acme: TenantConnection) -> Iterator[None]:
    yield
    for collection in (repository.SHARED, repository.PRIVATE):
        documents(acme).delete_many(collection, {})


def send(client: Client, method: str, path: str, **body: Any) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def keep(client: Client, **more: Any) -> dict[str, Any]:
    response = send(client, "post", BASE, **{"site": "works", "start": NOON, "name": "Pump stops", **more})
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


def names(client: Client, query: str = "") -> list[str]:
    return [each["name"] for each in client.get(f"{BASE}{query}").json()["results"]]


def test_ones_own_are_listed_by_time_and_nobody_else_sees_them(
    client_for: ClientFor, acme: TenantConnection, plant: Plant
) -> None:
    engineer, other = client_for("engineer", acme), client_for("admin", acme)
    keep(engineer, name="Second", start=NOON + 1)
    made = keep(engineer, name=" First ", note="Valve closed")
    assert made["name"] == "First" and made["site"] == plant.site and not made["shared"]
    assert names(engineer) == ["First", "Second"]
    assert names(other) == []
    path = f"{BASE}/{made['id']}"
    assert send(other, "put", path, start=0, name="Mine", revision=1).status_code == 404
    assert other.delete(path).status_code == 404
    assert names(engineer, "?site=works") == ["First", "Second"]
    assert engineer.get(f"{BASE}?site=nowhere").status_code == 404


def test_a_shared_one_is_seen_by_all_and_changed_by_engineers(
    client_for: ClientFor, acme: TenantConnection, rival: TenantConnection, plant: Plant
) -> None:
    engineer, viewer = client_for("engineer", acme), client_for("viewer", acme)
    made = keep(engineer, end=NOON + 60_000, shared=True)
    assert names(viewer) == ["Pump stops"]
    path = f"{BASE}/{made['id']}"
    assert send(viewer, "put", path, start=NOON, name="Other", revision=1).status_code == 403
    assert viewer.delete(path).status_code == 403
    assert send(viewer, "post", BASE, site="works", start=NOON, name="N", shared=True).status_code == 403
    outsider = client_for("engineer", rival)
    assert names(outsider) == []
    assert send(outsider, "put", path, start=NOON, name="Other", revision=1).status_code == 404
    changed = send(client_for("admin", acme), "put", path, start=NOON, name="Trip", revision=1).json()
    assert (changed["name"], changed["end"], changed["revision"], changed["shared"]) == ("Trip", None, 2, True)
    stale = send(engineer, "put", path, start=NOON, name="Late", revision=1)
    assert stale.status_code == 409 and stale.json()["current"] == changed
    assert engineer.delete(path, headers={"If-Match": '"1"'}).status_code == 409
    assert engineer.delete(path).status_code == 204
    assert names(viewer) == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"end": NOON}, 400),
        ({"name": "   "}, 400),
        ({"name": "x" * 81}, 400),
        ({"start": 2**60}, 400),
        ({"site": "nowhere"}, 404),
        ({"colour": "red"}, 400),
    ],
)
def test_invalid_ones_are_refused(
    client_for: ClientFor, acme: TenantConnection, plant: Plant, more: dict[str, Any], status: int
) -> None:
    body = {"site": "works", "start": NOON, "name": "Pump stops", **more}
    assert send(client_for("engineer", acme), "post", BASE, **body).status_code == status


def test_their_number_is_bounded(
    client_for: ClientFor, acme: TenantConnection, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MAX_PRIVATE", 1)
    engineer = client_for("engineer", acme)
    keep(engineer)
    refused = send(engineer, "post", BASE, site="works", start=NOON, name="One more")
    assert refused.status_code == 409 and refused.json()["type"] == "/problems/too-many-bookmarks"
    keep(engineer, shared=True)


def test_a_persons_own_go_when_they_leave_and_shared_ones_stay(
    client_for: ClientFor, acme: TenantConnection, plant: Plant
) -> None:
    engineer = client_for("engineer", acme)
    keep(engineer, name="Own")
    keep(engineer, name="Shared", shared=True)
    owner = documents(acme).find(repository.PRIVATE, {})[0]["owner"]
    discard_personal_data(acme.slug, owner)
    assert names(engineer) == ["Shared"]


def test_they_go_with_their_site(client_for: ClientFor, acme: TenantConnection, plant: Plant) -> None:
    admin = client_for("admin", acme)
    site = send(admin, "post", "/api/v1/sites", slug="hall", name="Hall", timezone="UTC").json()["id"]
    keep(admin, site="hall")
    keep(admin, site="hall", shared=True)
    assert admin.delete(f"/api/v1/sites/{site}?cascade=1").status_code in (200, 202, 204)
    assert documents(acme).find(repository.SHARED, {"site": site}) == []
    assert documents(acme).find(repository.PRIVATE, {"site": site}) == []
