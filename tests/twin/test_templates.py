"""Templates of drawings, for everybody in the tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from kernel.tenancy import TenantConnection
from tests.twin.conftest import Plant
from twin.templates.models import TEMPLATES

ClientFor = Callable[..., Client]
BASE = "/api/v1/schematic-templates"


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Iterator[Client]:
    yield client_for("engineer", acme)
    TEMPLATES.delete_where(acme, lambda _: True)


def send(client: Client, method: str, path: str, /, **body: Any) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def skid(plant: Plant, name: str = "Pump skid", **more: Any) -> dict[str, Any]:
    return {"name": name, "asset": "P-1", "drawing": plant.drawing(), **more}


def test_what_one_engineer_keeps_another_places(
    engineer: Client, client_for: ClientFor, acme: TenantConnection, plant: Plant
) -> None:
    made = send(engineer, "post", BASE, **skid(plant))
    assert made.status_code == 201, made.content
    template = made.json()
    assert (template["asset"], template["author"]) == ("P-1", "engineer.acme")
    assert [placement["id"] for placement in template["drawing"]["placements"]] == ["p", "t"]
    colleague = client_for("admin", acme)
    assert colleague.get(BASE).json() == {"results": [template], "next": None}
    assert colleague.get(f"{BASE}/{template['id']}").json() == template


def test_it_is_replaced_from_the_revision_that_was_read(engineer: Client, plant: Plant) -> None:
    id = send(engineer, "post", BASE, **skid(plant)).json()["id"]
    drawing = plant.drawing(tags=[])
    changed = send(engineer, "put", f"{BASE}/{id}", **skid(plant, drawing=drawing), revision=1)
    assert changed.status_code == 200 and changed.json()["drawing"]["tags"] == []
    stale = send(engineer, "put", f"{BASE}/{id}", **skid(plant), revision=1)
    assert stale.status_code == 409 and stale.json()["current"] == changed.json()
    assert engineer.delete(f"{BASE}/{id}").status_code == 204
    assert engineer.get(f"{BASE}/{id}").status_code == 404
    actions = AuditEntry.objects.filter(target=id).order_by("id").values_list("action", flat=True)
    assert list(actions) == [f"schematic-template.{what}" for what in ("create", "update", "delete")]


def test_what_cannot_be_drawn_has_no_name_or_is_too_large_is_refused(
    engineer: Client, client_for: ClientFor, acme: TenantConnection, plant: Plant
) -> None:
    assert send(engineer, "post", BASE, **skid(plant)).status_code == 201
    taken = send(engineer, "post", BASE, **skid(plant, "PUMP SKID"))
    assert taken.status_code == 409 and taken.json()["type"] == "/problems/name-taken"
    wrong = plant.drawing(placements=[{"id": "x", "symbol": "pumpp", "x": 0, "y": 0}], pipes=[], tags=[])
    refused = send(engineer, "post", BASE, **skid(plant, "Other", drawing=wrong))
    assert refused.status_code == 400 and refused.json()["errors"][0]["field"] == "placements[0].symbol"
    texts = [{"id": f"t{n}", "x": 0, "y": 0, "text": "x" * 4_000} for n in range(20)]
    large = send(engineer, "post", BASE, **skid(plant, "Large", drawing=plant.drawing(texts=texts)))
    assert large.status_code == 413
    assert send(client_for("viewer", acme), "post", BASE, **skid(plant, "Mine")).status_code == 403
