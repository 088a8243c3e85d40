"""A small plant of acme's with a schematic, and nothing that other tests kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from kernel.tenancy import TenantConnection
from tests.twin.conftest import NOON, Plant, make_plant
from twin import operations as schematics
from twin import repository as schematic_repository
from web import stores
from workspace.annotations.operations import delete_of
from workspace.annotations.repository import ANNOTATIONS
from workspace.dashboards.models import DASHBOARDS
from workspace.saved_views.models import VIEWS

ClientFor = Callable[..., Client]


@dataclass(frozen=True)
class Works:
    site: str
    sensors: dict[str, str]
    assets: dict[str, str]
    schematic: str


@pytest.fixture
def works(acme: TenantConnection) -> Iterator[Works]:
    plant: Plant = make_plant(acme)
    drawn = schematics.create(acme, "works", "Feed water", plant.drawing(), author="", now=NOON)
    yield Works(plant.site, plant.sensors, plant.assets, drawn.id)
    for collection in (VIEWS, DASHBOARDS):
        collection.delete_where(acme, lambda _: True)
    delete_of(acme, [each.target for each in ANNOTATIONS.find(acme)], [])
    for stored in schematic_repository.find(acme):
        schematics.delete(acme, stored.id, NOON)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def colleague(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("admin", acme)


@pytest.fixture
def viewer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("viewer", acme)


@pytest.fixture
def place(tmp_path: Any, settings: Any) -> Iterator[str]:
    """Where files are."""
    settings.EVENT_ATTACHMENTS = str(tmp_path / "attachments")
    stores.attachments.cache_clear()
    yield settings.EVENT_ATTACHMENTS
    stores.attachments.cache_clear()


def send(client: Client, method: str, path: str, /, **body: Any) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")
