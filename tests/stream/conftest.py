from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from tests.installation import Platform
from tests.stream.events import Listener

SITE = "works"


@dataclass
class Plant:
    """A tenant with one site, its sensors by tag, and a person's headers."""

    platform: Platform
    tenant: str
    engineer: str
    sensors: dict[str, str]
    site: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.platform.home.port('stream')}/api/v1/stream"

    def headers(self, person: str = "") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.platform.people[person or self.engineer]['token']}"}

    def write(self, **values: float) -> None:
        self.write_at(time.time_ns(), **values)

    def write_at(self, t_ns: int, **values: float) -> None:
        lines = "\n".join(f"{SITE},sensor={tag} value={value} {t_ns}" for tag, value in values.items())
        response = self.platform.call("POST", "/write", self.engineer, data=lines)
        assert response.status_code == 204, response.text

    def values(self) -> dict[str, dict[str, Any]]:
        found = self.platform.get("/api/v1/values", self.engineer, sensors=",".join(self.sensors.values())).json()
        return {value["sensor"]: value for value in found["values"]}


def make_plant(platform: Platform, tenant: str, tags: list[dict[str, Any]]) -> Plant:
    platform.ensure_tenant(tenant)
    engineer = f"engineer-{tenant}"
    platform.ensure_person(engineer, tenant)
    for kind, items in (
        ("sites", [{"slug": SITE, "name": "Works", "timezone": "UTC"}]),
        ("sensors", [{"site": SITE, "name": tag["tag"], **tag} for tag in tags]),
    ):
        response = platform.call("POST", f"/api/v1/{kind}/bulk", engineer, json={"items": items})
        assert response.status_code == 200, response.text
    found = platform.get("/api/v1/sensors", engineer, limit=1000).json()["results"]
    site = platform.get("/api/v1/sites", engineer).json()["results"][0]["id"]
    return Plant(platform, tenant, engineer, {sensor["tag"]: sensor["id"] for sensor in found}, site)


@pytest.fixture(scope="module")
def plant(platform: Platform) -> Plant:
    tags = [{"tag": f"TT-{n}", "unit": "bar", "interval_s": 60.0} for n in range(3)]  # none becomes stale meanwhile
    return make_plant(platform, "streaming", [*tags, {"tag": "FT", "interval_s": 1.0}])


@pytest.fixture(scope="module")
def rival(platform: Platform) -> Plant:
    return make_plant(platform, "streaming-rival", [{"tag": "TT-0"}])


Listen = Callable[..., Listener]


@pytest.fixture
def listen(plant: Plant) -> Iterator[Listen]:
    """`listen(sensors=…)`: an open stream of the plant's engineer, closed after the test."""
    opened: list[Listener] = []

    def start(headers: dict[str, str] | None = None, **params: str) -> Listener:
        listener = Listener(plant.url, plant.headers() if headers is None else headers, **params)
        opened.append(listener)
        return listener

    yield start
    for listener in opened:
        with suppress(Exception):
            listener.close()


def id_of(plant: Plant) -> str:
    code = f"from tenants.models import Tenant; print('id=' + Tenant.objects.get(slug={plant.tenant!r}).id)"
    return plant.platform.shell(code).split("id=")[-1].strip()
