"""A small plant with a day of samples, for two tenants."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection
from twin import operations, repository
from twin.drafts.repository import delete_all

NOON = 1_773_489_600_000  # 2026-03-14T12:00Z, a moment well in the past
MINUTE, HOUR = 60_000, 3_600_000

DRAWING: dict[str, Any] = {
    "width": 600,
    "height": 400,
    "placements": [
        {"id": "p", "symbol": "pump", "x": 100, "y": 100, "asset": "P-1", "slots": {"run": {"sensor": "P1-STS"}}},
        {"id": "t", "symbol": "tank", "x": 300, "y": 100},
    ],
    "pipes": [
        {
            "id": "w",
            "source": {"placement": "p", "port": "out"},
            "target": {"placement": "t", "port": "in_left"},
            "medium": "water",
        }
    ],
    "tags": [{"id": "v", "sensor": "FT-1", "x": 100, "y": 60, "of": "p"}],
}


@dataclass(frozen=True)
class Plant:
    site: str
    assets: dict[str, str]
    sensors: dict[str, str]

    def drawing(self, **more: Any) -> dict[str, Any]:
        """The drawing with this plant's ids; `more` replaces members."""
        drawing = {**copy.deepcopy(DRAWING), **more}
        for placement in drawing["placements"]:
            if "asset" in placement:
                placement["asset"] = self.assets[placement["asset"]]
            for slot in placement.get("slots", {}).values():
                slot["sensor"] = self.sensors[slot["sensor"]]
        for tag in drawing["tags"]:
            tag["sensor"] = self.sensors[tag["sensor"]]
        return drawing


def make_plant(tenant: TenantConnection) -> Plant:
    bulk_upsert(tenant, "sites", [{"slug": "works", "name": "Works", "timezone": "Europe/Berlin"}])
    bulk_upsert(tenant, "assets", [{"site": "works", "tag": "P-1", "name": "Feed pump", "type": "pump"}])
    bulk_upsert(
        tenant,
        "sensors",
        [
            {"site": "works", "tag": "FT-1", "name": "Flow", "asset": "P-1", "unit": "l/s", "interval_s": 60},
            {"site": "works", "tag": "P1-STS", "name": "State", "asset": "P-1", "kind": "discrete"},
        ],
    )
    snapshot = snapshot_of(tenant)
    site = snapshot.site("works")
    assert site is not None
    return Plant(
        site.id,
        {asset.tag: asset.id for asset in snapshot.assets.values() if asset.site == site.id},
        {sensor.tag: sensor.id for sensor in snapshot.sensors.values() if sensor.site == site.id},
    )


@pytest.fixture
def plant(acme: TenantConnection) -> Iterator[Plant]:
    """Acme's plant: the flow is the minute of the day, the pump stops at noon and starts again at one."""
    created = make_plant(acme)
    times = np.arange(NOON - 3 * HOUR, NOON + 3 * HOUR, MINUTE, dtype=np.int64)
    with BulkWriter(acme) as writer:
        writer.add(created.site, created.sensors["FT-1"], times, ((times - NOON) // MINUTE).astype(np.float64))
        states = np.array([NOON - 3 * HOUR, NOON, NOON + HOUR], dtype=np.int64)
        writer.add(created.site, created.sensors["P1-STS"], states, np.array([1.0, 0.0, 1.0]))
    yield created
    for stored in repository.find(acme):
        operations.delete(acme, stored.id, NOON)
    delete_all(acme, {})


@pytest.fixture
def rival_plant(rival: TenantConnection) -> Iterator[Plant]:
    yield make_plant(rival)
    for stored in repository.find(rival):
        operations.delete(rival, stored.id, NOON)
    delete_all(rival, {})
