"""Runs in the installation (`manage.py shell`): users to sign in as, and a plant with samples up to now."""

from __future__ import annotations

import json
import time

import numpy as np

from access import operations as access
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from kernel.times import DAY, MINUTE
from tenants.models import Tenant
from web.directory import directory

SITE, NUMBERS, STATES = "crowd", 60, 20
TAGS = [f"TT-{k:02}" for k in range(NUMBERS)] + [f"P-{k:02}" for k in range(STATES)]
STATE_NAMES = {"0": "Stopped", "1": "Running", "2": "Fault"}


def make(slug: str, people: int, days: float) -> None:
    """Print as JSON the people's tokens, and the ids of what they look at."""
    row = Tenant.objects.get(slug=slug)
    tenant = directory().by_slug(slug)
    assert tenant is not None, slug
    bulk_upsert(tenant, "sites", [{"slug": SITE, "name": "Crowd", "timezone": "UTC"}])
    usual = {"site": SITE, "interval_s": 60.0, "name": "Crowd"}
    kinds = [{}] * NUMBERS + [{"kind": "discrete", "states": STATE_NAMES}] * STATES
    bulk_upsert(tenant, "sensors", [usual | {"tag": tag} | kind for tag, kind in zip(TAGS, kinds, strict=True)])
    snapshot = snapshot_of(tenant)
    site = snapshot.site(SITE)
    assert site is not None
    sensors = [sensor for tag in TAGS if (sensor := snapshot.sensor(site.id, tag))]
    t = time.time_ns() // 1_000_000 // MINUTE * MINUTE - MINUTE * np.arange(int(days * DAY / MINUTE), -1, -1)
    with BulkWriter(tenant) as writer:
        for number, sensor in enumerate(sensors):
            chance = np.random.default_rng(number)
            values = 20 + np.cumsum(chance.normal(0, 0.1, len(t))) if number < NUMBERS else _states(chance, len(t))
            writer.add(site.id, sensor.id, t, np.round(values, 2))
    drawing = {
        "width": 2500,
        "height": 700,
        "tags": [
            {"id": f"v{k}", "sensor": sensor.id, "x": 20 + 120 * (k % 20), "y": 20 + 40 * (k // 20)}
            for k, sensor in enumerate(sensors)
        ],
    }
    tokens = [_token(row, number) for number in range(people)]
    ids = [sensor.id for sensor in sensors]
    summary = {"tokens": tokens, "site": site.id, "numbers": ids[:NUMBERS], "states": ids[NUMBERS:], "drawing": drawing}
    print(json.dumps(summary))


def _states(chance: np.random.Generator, count: int) -> np.ndarray:
    moves = np.cumsum(chance.random(count) < 1 / 240)
    return chance.choice([0.0, 1.0, 1.0, 2.0], int(moves[-1]) + 1)[moves]


def _token(row: Tenant, number: int) -> str:
    user = access.create_user(f"person-{number}", f"a long enough secret {number}", operator=False)
    access.ensure_membership(user, row, "engineer")
    return access.create_token(user, row, ["read", "write"], "crowd")
