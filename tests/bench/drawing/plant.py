"""A drawing of 300 symbols, 300 pipes and 300 bound values, and half an hour of samples for them."""

from __future__ import annotations

import time
from typing import Any

from tests.installation import Platform

TENANT, SITE, ENGINEER = "drawings", "works", "draws.drawings"
COLUMNS, ROWS = 20, 15
SYMBOLS = COLUMNS * ROWS
STEP_X, STEP_Y, FIRST_ROW_Y = 150, 130, 80
SECONDS = 1_800
INTERVAL_S = 5.0  # eight hours of all of them may be played at once
HISTORY = """
import numpy as np
from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from tenants.queries import connection_by_slug
tenant = connection_by_slug({tenant!r})
snapshot = snapshot_of(tenant)
seconds = np.arange(0, {seconds}, {step}, dtype=np.int64)
with BulkWriter(tenant) as writer:
    for number, sensor in enumerate(sorted(snapshot.sensors.values(), key=lambda each: each.tag)):
        values = (seconds * 7 + number * 13) % 100 + seconds % 10 / 10
        writer.add(sensor.site, sensor.id, {start} + seconds * 1000, values)
"""
KINDS = ("pump", "valve_control", "tank_closed", "instrument", "heat_exchanger")


def make_plant(platform: Platform, interval_s: float = INTERVAL_S) -> str:
    """The id of the schematic. `interval_s`: that of its sensors."""
    platform.ensure_tenant(TENANT)
    platform.ensure_person(ENGINEER, TENANT, "engineer")
    tags = [f"T-{number:03d}" for number in range(SYMBOLS)]
    sensors = [{"site": SITE, "tag": tag, "name": tag, "unit": "bar", "interval_s": interval_s} for tag in tags]
    site = {"slug": SITE, "name": "Works", "timezone": "UTC"}
    for kind, items in (("sites", [site]), ("sensors", sensors)):
        response = platform.call("POST", f"/api/v1/{kind}/bulk", ENGINEER, json={"items": items})
        assert response.status_code == 200, response.text
    found = platform.get("/api/v1/sensors?limit=1000", ENGINEER).json()["results"]
    ids = {sensor["tag"]: sensor["id"] for sensor in found}
    body = {"site": SITE, "name": "Large", "drawing": drawing([ids[tag] for tag in tags])}
    response = platform.call("POST", "/api/v1/schematics", ENGINEER, json=body)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def drawing(sensors: list[str]) -> dict[str, Any]:
    """Rows of symbols, each joined to the next, with its value above it."""
    placements, pipes, tags = [], [], []
    ports = {"pump": ("in", "out"), "valve_control": ("in", "out"), "tank_closed": ("in_left", "out_right"),
             "instrument": ("left", "right"), "heat_exchanger": ("cold_in", "cold_out")}  # fmt: skip
    for number, sensor in enumerate(sensors):
        row, column = divmod(number, COLUMNS)
        kind = KINDS[number % len(KINDS)]
        x, y = 60 + column * STEP_X, FIRST_ROW_Y + row * STEP_Y
        size = {"width": 80, "height": 60} if kind == "tank_closed" else {}
        placements.append({"id": f"s{number}", "symbol": kind, "x": x, "y": y, "label": f"E-{number}", **size})
        tags.append({"id": f"v{number}", "sensor": sensor, "x": x, "y": y - 34, "of": f"s{number}"})
        if column:
            before = KINDS[(number - 1) % len(KINDS)]
            ends = {"source": {"placement": f"s{number - 1}", "port": ports[before][1]},
                    "target": {"placement": f"s{number}", "port": ports[kind][0]}}  # fmt: skip
            pipes.append({"id": f"p{number}", **ends, "medium": "water"})
    size = {"width": 120 + COLUMNS * STEP_X, "height": 120 + ROWS * STEP_Y}
    return {**size, "placements": placements, "pipes": pipes, "tags": tags}


def write_history(platform: Platform) -> int:
    """Every sensor at its interval until now. Returns the first time, epoch ms."""
    start = (int(time.time()) - SECONDS) * 1000
    platform.shell(HISTORY.format(tenant=TENANT, site=SITE, start=start, seconds=SECONDS, step=int(INTERVAL_S)))
    return start
