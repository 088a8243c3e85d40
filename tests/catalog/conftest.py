"""People of two tenants, and a small plant to work on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from catalog import snapshot
from catalog.kinds import KINDS
from kernel.tenancy import TenantConnection
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
    answer = send(client, "POST", path, fields)
    assert answer.status_code == 201, answer.content
    document: dict[str, Any] = answer.json()
    return document


@pytest.fixture
def plant(engineer: Client) -> dict[str, dict[str, Any]]:
    """A site with a pump loop, by tag; the site itself as `site`."""
    site = created(engineer, "/api/v1/sites", name="Harbour Tower", slug="harbour", timezone="Asia/Dubai")
    made = {"site": site, "room": created(engineer, "/api/v1/areas", site="harbour", name="Plant room")}
    for tag, type_ in (("TANK", "tank"), ("V1", "valve"), ("PUMP", "pump"), ("V2", "valve")):
        made[tag] = created(engineer, "/api/v1/assets", site="harbour", area="Plant room", tag=tag, type=type_)
    made["PT-101"] = created(
        engineer,
        "/api/v1/sensors",
        site="harbour",
        asset="PUMP",
        tag="PT-101",
        name="Pressure",
        unit="bar",
        range=[0, 6],
    )
    made["FT-101"] = created(engineer, "/api/v1/sensors", site="harbour", asset="V2", tag="FT-101", unit="L/min")
    for source, target in (("TANK", "V1"), ("V1", "PUMP"), ("PUMP", "V2"), ("V2", "TANK")):
        made[f"{source}>{target}"] = created(
            engineer, "/api/v1/connections", site="harbour", source=source, target=target, medium="water"
        )
    return made
