"""A small plant with twenty minutes of history, in which a valve closes and the drawing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.installation import Platform
from tests.waiting import wait_until

START = 1_714_989_600_000  # 2024-05-06T10:00Z
SECONDS = 1200
CLOSED, OPENED, BLINK, TOLD, REDRAWN = 600, 720, 900, 1000, 1080  # seconds after the start
SENSORS: dict[str, dict[str, Any]] = {
    "FT-1": {"unit": "l/s", "range": [20, 40], "interval_s": 1},
    "V1-STS": {"kind": "discrete", "states": {"0": "Closed", "1": "Open"}, "sampling": "on_change"},
    "P1-STS": {"kind": "discrete", "states": {"0": "Stopped", "1": "Running"}, "sampling": "on_change"},
    "P1-CMD": {"kind": "discrete", "states": {"0": "Stop", "1": "Run"}, "sampling": "on_change"},
    "P1-SPD": {"unit": "%", "range": [0, 100], "sampling": "on_change"},
}


@dataclass(frozen=True)
class ClockPlant:
    slug: str
    person: str
    schematic: str
    sensors: dict[str, str]
    assets: dict[str, str]

    def at(self, seconds: float) -> int:
        return START + int(seconds * 1000)

    def address(self, seconds: float, **more: object) -> str:
        rest = "".join(f"&{name}={value}" for name, value in {"span": "1h", **more}.items())
        return f"/t/{self.slug}/plant/{self.schematic}?at={self.at(seconds)}{rest}"


def make_clock_plant(platform: Platform, slug: str = "clock") -> ClockPlant:
    person = f"engineer.{slug}"
    platform.ensure_tenant(slug)
    platform.ensure_person(person, slug, "engineer")

    def call(method: str, path: str, **body: Any) -> Any:
        response = platform.call(method, path, person, json=body)
        assert response.ok, response.text
        return response.json()

    site = call("POST", "/api/v1/sites", slug="hall", name="Hall", timezone="UTC")["id"]
    assets = {
        tag: call("POST", "/api/v1/assets", site=site, tag=tag, name=name)["id"]
        for tag, name in (("P-1", "Feed pump"), ("V-1", "Shut-off valve"))
    }
    sensors = {
        tag: call(
            "POST", "/api/v1/sensors", site=site, tag=tag, name=tag, **more,
            asset=assets["P-1" if tag.startswith("P1") else "V-1"] if tag != "FT-1" else None,
        )["id"]
        for tag, more in SENSORS.items()
    }  # fmt: skip
    response = platform.call("POST", "/write", person, data="\n".join(_lines()))
    assert response.status_code == 204, response.text
    drawing = _drawing(sensors, assets)
    made = call("POST", "/api/v1/schematics", site=site, name="Feed", drawing=drawing)
    drawing["texts"] = [{"id": "n", "x": 40, "y": 330, "text": "Second pump planned", "size": "normal"}]
    call("PUT", f"/api/v1/schematics/{made['id']}", drawing=drawing, revision=made["revision"],
         valid_from=START + REDRAWN * 1000, note="As built")  # fmt: skip
    plant = ClockPlant(slug, person, made["id"], sensors, assets)
    _wait_for_history(platform, plant)
    return plant


def flow_at(second: int) -> float:
    return 15.0 if CLOSED <= second < OPENED else 32.0 + second / 1000


def _lines() -> Iterator[str]:
    for second in range(SECONDS):
        yield f"hall,sensor=FT-1 value={flow_at(second)} {START + second * 1000}000000"
    changes = {
        "V1-STS": [(0, 1), (CLOSED, 0), (OPENED, 1), (BLINK, 0), (BLINK + 2, 1)],
        "P1-STS": [(0, 1)],
        "P1-CMD": [(0, 1), (TOLD, 0)],
        "P1-SPD": [(0, 64)],
    }
    for tag, some in changes.items():
        for second, value in some:
            yield f"hall,sensor={tag} value={value} {START + second * 1000}000000"


def _drawing(sensors: dict[str, str], assets: dict[str, str]) -> dict[str, Any]:
    def slots(**tags: str) -> dict[str, Any]:
        return {slot: {"sensor": sensors[tag]} for slot, tag in tags.items()}

    return {
        "width": 640,
        "height": 380,
        "placements": [
            {"id": "p", "symbol": "pump", "x": 120, "y": 160, "asset": assets["P-1"], "label": "P-1",
             "slots": slots(run="P1-STS", command="P1-CMD", speed="P1-SPD")},
            {"id": "v", "symbol": "valve_control", "x": 320, "y": 160, "asset": assets["V-1"], "label": "V-1",
             "slots": slots(position="V1-STS")},
        ],
        "pipes": [
            {"id": "w", "source": {"placement": "p", "port": "out"}, "target": {"placement": "v", "port": "in"},
             "medium": "water"},
        ],
        "tags": [
            {"id": "f", "sensor": sensors["FT-1"], "x": 440, "y": 120, "label": "Flow"},
            {"id": "s", "sensor": sensors["V1-STS"], "x": 320, "y": 100, "label": "Valve"},
        ],
    }  # fmt: skip


def _wait_for_history(platform: Platform, plant: ClockPlant) -> None:
    last = {"sensors": plant.sensors["FT-1"], "at": plant.at(SECONDS)}

    def newest() -> Any:
        return platform.get("/api/v1/values", plant.person, **last).json()["values"][0]["t"]

    wait_until(lambda: newest() == plant.at(SECONDS - 1), told=lambda: "the history has not arrived")
