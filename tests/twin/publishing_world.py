"""A line of assets and its drawing, for tests of publishing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from catalog import operations as catalog
from catalog.kinds import SITES
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from tests.twin.conftest import NOON
from tests.twin.drawings import drawn
from twin import operations as schematics
from twin import repository
from twin.drafts.repository import delete_all

ClientFor = Callable[..., Client]
BASE = "/api/v1/schematics"
LINE = {"t": "tank", "v": "valve_hand", "p": "pump", "u": "tank"}
PIPES = ("t.out_right > v.in: water", "v.out > p.in: water", "p.out > u.in_left: water")


@pytest.fixture
def line(acme: TenantConnection) -> Iterator[str]:
    """The id of a site with a tank T, a pump P, a tank U and a spare pump Q, without connections."""
    bulk_upsert(acme, "sites", [{"slug": "line", "name": "Line", "timezone": "UTC"}])
    bulk_upsert(acme, "assets", [{"site": "line", "tag": tag} for tag in ("T", "P", "U", "Q")])
    site = snapshot_of(acme).site("line")
    assert site is not None
    yield site.id
    for stored in repository.find(acme):
        schematics.delete(acme, stored.id, NOON)
    delete_all(acme, {})
    if site.id in snapshot_of(acme).sites:
        catalog.delete(acme, SITES, site.id, cascade=True)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection, line: str) -> Client:
    return client_for("engineer", acme)


def of_site(tenant: TenantConnection) -> str:
    site = snapshot_of(tenant).site("line")
    assert site is not None
    return site.id


def of(tenant: TenantConnection, **assets: str) -> dict[str, str]:
    """Ids of assets by placement."""
    site = snapshot_of(tenant).site("line")
    assert site is not None
    found = {placement: snapshot_of(tenant).named("assets", site.id, tag) for placement, tag in assets.items()}
    return {placement: asset.id for placement, asset in found.items() if asset is not None}


def plant(tenant: TenantConnection, *pipes: str, **assets: str) -> dict[str, Any]:
    """A drawing of the line; `assets` by placement, by default its own."""
    assets = assets or {"t": "T", "p": "P", "u": "U"}
    drawing = drawn(LINE, *(pipes or PIPES))
    for placement in drawing["placements"]:
        if placement["id"] in assets:
            tag = assets[placement["id"]]
            placement |= {"asset": of(tenant, x=tag)["x"]} if of(tenant, x=tag) else {"new_asset": {"tag": tag}}
    return drawing


def started(client: Client, drawing: Any, name: str = "Line") -> str:
    body = {"site": "line", "name": name, "drawing": drawing}
    return str(client.post(f"{BASE}/drafts", body, content_type="application/json").json()["schematic"])


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"{BASE}/{path}", body, content_type="application/json")


def save(client: Client, id: str, **body: Any) -> Any:
    return client.put(f"{BASE}/{id}/draft", body, content_type="application/json")


def published(client: Client, id: str, **body: Any) -> Any:
    response = post(client, f"{id}/publish", **body)
    assert response.status_code == 200, response.content
    return response.json()


def valid(client: Client, at: Any = None) -> set[str]:
    query = "" if at is None else f"&at={at}"
    results = client.get(f"/api/v1/connections?site=line{query}").json()["results"]
    tags = {asset["id"]: asset["tag"] for asset in client.get("/api/v1/assets?site=line").json()["results"]}
    return {f"{tags[each['source']]}>{tags[each['target']]}" for each in results}


def named(connections: list[Any]) -> set[str]:
    return {f"{each['source']['tag']}>{each['target']['tag']}" for each in connections}
