"""Tenants of driver `local` side by side: real InfluxDBs, from the request to the first sample."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from tests.bench.query.client import Connection
from tests.bench.tenants.cluster import resident_mb
from tests.bench.tenants.inside import SENSOR, SITE
from tests.installation import Platform

WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Beside:
    """One of them. `ready_s`: from the request; `sample_s`: from sending a sample to reading it back."""

    ready_s: float
    sample_s: float
    influxd_mb: int


def make_local(platform: Platform, count: int) -> list[Beside]:
    """One after the other; all keep running."""
    operator = Connection(platform.url, {"Authorization": f"Bearer {platform.ensure_person('operator')['token']}"})
    slugs = [f"local-{number:02}" for number in range(count)]
    ready = [_seconds_to_ready(operator, slug) for slug in slugs]
    code = f"from tests.bench.tenants.inside import grant_access; grant_access({slugs!r})"
    tokens = json.loads(platform.shell(code).splitlines()[-1])
    samples = [_seconds_to_sample(platform, tokens[slug]) for slug in slugs]
    memory = [_influxd_mb(platform, operator, slug) for slug in slugs]
    operator.close()
    return [Beside(*each) for each in zip(ready, samples, memory, strict=True)]


def _seconds_to_ready(operator: Connection, slug: str) -> float:
    began = time.monotonic()
    operator.post("/api/v1/tenants", {"slug": slug, "driver": "local"})
    while (found := operator.get(f"/api/v1/tenants/{slug}").json())["state"] != "ready":
        assert found["state"] != "failed" and time.monotonic() - began < WITHIN_S, found["status"]
        time.sleep(0.02)
    return time.monotonic() - began


def _seconds_to_sample(platform: Platform, token: str) -> float:
    tenant = Connection(platform.url, {"Authorization": f"Bearer {token}"})
    now = int(time.time())
    began = time.monotonic()
    tenant.post("/write?precision=s", f"{SITE},sensor={SENSOR} value=6.7 {now}".encode(), "text/plain")
    [sensor] = tenant.get("/api/v1/sensors").json()["results"]
    path = f"/api/v1/sensors/{sensor['id']}/samples"
    while tenant.get(path, start=(now - 3600) * 1000, end=(now + 60) * 1000).json()["v"] != [6.7]:
        assert time.monotonic() - began < WITHIN_S, "the sample does not come back"
        time.sleep(0.01)
    tenant.close()
    return time.monotonic() - began


def _influxd_mb(platform: Platform, operator: Connection, slug: str) -> int:
    status = platform.supervisor.status(f"influx-{operator.get(f'/api/v1/tenants/{slug}').json()['id']}")
    assert status is not None and status.pid
    return resident_mb(status.pid)
