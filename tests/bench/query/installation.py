"""The measured tenant: created, filled and left to settle."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.query.client import Connection, Refused
from tests.bench.query.data import PLAYED, Plant, Series
from tests.bench.query.peers import InfluxQL
from tests.installation import Platform

TENANT, PERSON = "measured", "measuring"
SITES = ("history", "vibration", "fleet")
QUIET_S, SETTLED_WITHIN_S = 20, 600
LADDER_WITHIN_S = 2 * 3600
Say = Callable[[str], None]


@dataclass
class Installation:
    """`api` and `influx` are one kept-alive connection each."""

    platform: Platform
    plant: Plant
    scale: float
    api: Connection
    ids: dict[str, str] = field(default_factory=dict)  # of sites by slug and sensors by tag
    influx: Connection | None = None
    influx_version: str = ""
    schematic: str = ""

    def close(self) -> None:
        for connection in (self.api, self.influx):
            if connection is not None:
                connection.close()

    def id(self, series: Series) -> str:
        return self.ids[series.tag]

    @property
    def influxql(self) -> InfluxQL:
        assert self.influx is not None
        return InfluxQL(self.influx)


def prepare(platform: Platform, plant: Plant, scale: float, say: Say) -> Installation:
    """A tenant with the plant's catalog and samples, its ladder complete, its database settled."""
    platform.ensure_tenant(TENANT)
    token = platform.ensure_person(PERSON, TENANT)["token"]
    api = Connection(platform.url, {"Authorization": f"Bearer {token}"})
    installation = Installation(platform, plant, scale, api)
    _ensure_catalog(installation)
    installation.schematic = _ensure_schematic(installation)
    _load(installation, say)
    _wait_for_ladder(installation, say)
    settle(platform.path, say)
    return installation


def _ensure_catalog(installation: Installation) -> None:
    sites = [{"slug": slug, "name": slug.capitalize(), "timezone": "UTC"} for slug in SITES]
    installation.ids |= installation.api.post("/api/v1/sites/bulk", {"items": sites}).json()["ids"]
    for slug in SITES:
        sensors = [_described(series) for series in installation.plant.sensors if series.site == slug]
        installation.ids |= installation.api.post("/api/v1/sensors/bulk", {"items": sensors}).json()["ids"]


def _described(series: Series) -> dict[str, Any]:
    usual = {"site": series.site, "tag": series.tag, "name": series.shape, "interval_s": series.interval / 1000}
    states = {"kind": "discrete", "states": {"0": "Stopped", "1": "Running", "2": "Fault"}}
    return usual | (states if series.shape == "states" else {})


def _load(installation: Installation, say: Say) -> None:
    code = f"from tests.bench.query.loading import load; load({TENANT!r}, {installation.scale!r})"
    loaded = json.loads(installation.platform.shell(code).splitlines()[-1])
    for name, (samples, seconds) in loaded["loaded"].items():
        say(f"loaded {name}: {samples:,} samples at {samples / seconds:,.0f}/s")
    access = loaded["influx"]
    pair = base64.b64encode(f"{access['username']}:{access['password']}".encode()).decode()
    installation.influx, installation.influx_version = (
        Connection(access["url"], {"Authorization": f"Basic {pair}"}),
        loaded["version"],
    )


def _wait_for_ladder(installation: Installation, say: Say) -> None:
    """Wait until every rung of every sensor is built."""
    began = reported = time.monotonic()
    while True:
        try:
            state = installation.api.get("/api/v1/ladder").json()
        except Refused as error:
            if not str(error).startswith("404"):
                raise
            return say("no ladder here: the samples themselves are measured")
        seconds = time.monotonic() - began
        if state["complete"]:
            return say(f"the ladder was complete after {seconds:.0f} s")
        assert seconds < LADDER_WITHIN_S, f"the ladder is not complete after {seconds:.0f} s: {state}"
        if time.monotonic() - reported > 15:
            reported = time.monotonic()
            say(f"ladder after {seconds:.0f} s: {state['behind']} of {state['sensors']} sensors are behind")
        time.sleep(0.5)


def settle(home: Path, say: Say) -> None:
    """Wait until InfluxDB has written its cache to files and compacted them, as every query copies from a hot cache."""
    began = changed = time.monotonic()
    before: object = None
    while (now := time.monotonic()) - began < SETTLED_WITHIN_S:
        files = {str(path): path.stat().st_size for path in (home / "disks").glob("*/data/plant/**/*.tsm*")}
        waiting = sum(path.stat().st_size for path in (home / "disks").glob("*/wal/plant/**/*.wal"))
        if (files, waiting) != before:
            before, changed = (files, waiting), now
        if not waiting and now - changed > QUIET_S:
            return say(
                f"InfluxDB settled after {now - began:.0f} s: {len(files)} files, {sum(files.values()) >> 20} MB"
            )
        time.sleep(1)
    say(f"InfluxDB did not settle within {SETTLED_WITHIN_S} s; it is measured as it is")


def _ensure_schematic(installation: Installation) -> str:
    """A drawing that shows PLAYED of the fleet's values, states among them."""
    tags = [
        {"id": f"v{k}", "sensor": installation.id(series), "x": 20 + 120 * (k % 20), "y": 20 + 40 * (k // 20)}
        for k, series in enumerate(installation.plant.fleet[:PLAYED])
    ]
    drawing = {"width": 2500, "height": 700, "tags": tags}
    response = installation.api.post("/api/v1/schematics", {"site": "fleet", "name": "All", "drawing": drawing})
    return str(response.json()["id"])
