"""People of two tenants, and a small plant to work on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from catalog import snapshot
from catalog.kinds import KINDS
from catalog.operations import bulk_upsert
from kernel.tenancy import TenantConnection
from web.respond import encode
from web.stores import documents

Call = Callable[..., Any]


@pytest.fixture
def tenant(acme: TenantConnection) -> Iterator[TenantConnection]:
    """acme with an empty catalog."""
    empty(acme)
    yield acme


@pytest.fixture
def outsiders_tenant(rival: TenantConnection) -> Iterator[TenantConnection]:
    empty(rival)
    yield rival


def empty(tenant: TenantConnection) -> None:
    database = documents(tenant)
    for name in [*KINDS, "jobs", "job_items"]:
        database.delete_many(name, {})
    snapshot.log_of(database).restart()


@pytest.fixture
def engineer(tenant: TenantConnection, client_for: Callable[..., Client]) -> Client:
    return client_for("engineer", tenant)


@pytest.fixture
def viewer(tenant: TenantConnection, client_for: Callable[..., Client]) -> Client:
    return client_for("viewer", tenant)


@pytest.fixture
def outsider(outsiders_tenant: TenantConnection, client_for: Callable[..., Client]) -> Client:
    return client_for("engineer", outsiders_tenant)


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    content = json.dumps(body) if body is not None else ""
    return client.generic(method, path, content, content_type="application/json", headers=headers)


def created(client: Client, path: str, **fields: Any) -> dict[str, Any]:
    response = send(client, "POST", path, fields)
    assert response.status_code == 201, response.content
    document: dict[str, Any] = response.json()
    return document


@pytest.fixture
def plant(tenant: TenantConnection) -> dict[str, dict[str, Any]]:
    """A site with a pump loop, as returned by the API: by tag, connections as `TANK>V1`, the site as `site`."""
    at = {"site": "harbour"}
    loop = ("TANK", "V1", "PUMP", "V2")
    types = {"TANK": "tank", "V1": "valve", "PUMP": "pump", "V2": "valve"}
    bulk_upsert(tenant, "sites", [{"name": "Harbour Tower", "slug": "harbour", "timezone": "Asia/Dubai"}])
    bulk_upsert(tenant, "areas", [{**at, "name": "Plant room"}])
    bulk_upsert(tenant, "assets", [{**at, "area": "Plant room", "tag": tag, "type": types[tag]} for tag in loop])
    pressure = {**at, "asset": "PUMP", "tag": "PT-101", "name": "Pressure", "unit": "bar", "range": [0, 6]}
    bulk_upsert(tenant, "sensors", [pressure, {**at, "asset": "V2", "tag": "FT-101", "unit": "L/min"}])
    pipes = list(zip(loop, (*loop[1:], loop[0]), strict=True))
    bulk_upsert(tenant, "connections", [{**at, "source": a, "target": b, "medium": "water"} for a, b in pipes])
    known = snapshot.snapshot_of(tenant)
    created = {model.tag: model for model in (*known.assets.values(), *known.sensors.values())}
    ends = {asset.id: asset.tag for asset in known.assets.values()}
    pipe = {f"{ends[model.source]}>{ends[model.target]}": model for model in known.connections.values()}
    (site,), (area,) = known.sites.values(), known.areas.values()
    answers: dict[str, dict[str, Any]] = json.loads(encode({"site": site, "room": area, **created, **pipe}))
    return answers
