"""Tenants that are measured, and one that causes load."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.times import DAY
from tests.bench.query.beside import wait_for_ladder
from tests.bench.query.client import Connection
from tests.installation import Platform

END = 1_767_225_600_000  # 2026-01-01T00:00Z; no sample is newer
OTHERS, LOUD = ("north", "south"), "loud"
SENSORS = 10
RATE = 5_000  # rate limit of the loud tenant, samples per second


@dataclass(frozen=True)
class Neighbour:
    """One tenant: its token, its site and its sensors' ids."""

    slug: str
    token: str
    site: str
    sensors: tuple[str, ...]
    days: float

    @property
    def start(self) -> int:
        return END - int(self.days * DAY)


def prepare(platform: Platform, scale: float) -> dict[str, Neighbour]:
    """The others have a month of minutes; the loud one has years, as many samples as percentiles may sort."""
    tenants = {slug: _make(platform, slug, 30, SENSORS) for slug in OTHERS}
    tenants[LOUD] = _make(platform, LOUD, 3 * 365 * scale, 1)
    limits = {"limits": {"samples_per_s": RATE}}
    platform.call("PATCH", f"/api/v1/tenants/{LOUD}", "operator", json=limits).raise_for_status()
    for neighbour in tenants.values():
        wait_for_ladder(Connection(platform.url, {"Authorization": f"Bearer {neighbour.token}"}))
    return tenants


def _make(platform: Platform, slug: str, days: float, sensors: int) -> Neighbour:
    platform.ensure_tenant(slug)
    token = str(platform.ensure_person(slug, slug)["token"])
    site = {"slug": "works", "name": "Works", "timezone": "UTC"}
    response = platform.call("POST", "/api/v1/sites/bulk", slug, json={"items": [site]})
    response.raise_for_status()
    items = [{"site": "works", "tag": f"TT-{k}", "name": "t", "interval_s": 60} for k in range(sensors)]
    created = platform.call("POST", "/api/v1/sensors/bulk", slug, json={"items": items})
    created.raise_for_status()
    platform.shell(f"from tests.bench.neighbours.loading import load; load({slug!r}, {days!r})")
    return Neighbour(slug, token, response.json()["ids"]["works"], tuple(created.json()["ids"].values()), days)


def database_pid(platform: Platform, slug: str) -> int:
    tenant = platform.get(f"/api/v1/tenants/{slug}", "operator").json()["id"]
    status = platform.supervisor.status(f"influx-{tenant}")
    assert status is not None and status.pid
    return status.pid
