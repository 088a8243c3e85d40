"""Alarms of the loop: its rule, samples that break it, and its list."""

from __future__ import annotations

import time
from typing import Any

import redis

from stores.redis.streams import WAITING
from tests.e2e.conftest import Loop
from tests.installation import Platform
from tests.waiting import wait_until

RULE = "Flow too low"


def ensure_rule(platform: Platform, loop: Loop, name: str, *, tag: str = "FT-101", limit: float) -> None:
    known = platform.get("/api/v1/rules", loop.person).json()["results"]
    if name in [rule["name"] for rule in known]:
        return
    rule = {
        "name": name, "applies": {"sensors": [tag]}, "trigger": {"kind": "limit", "side": "low", "limit": limit},
        "consequence": "severe", "urgency": "10_to_30_min", "instruction": "Open the hand valve.", "enabled": True,
    }  # fmt: skip
    response = platform.call("POST", "/api/v1/rules", loop.person, json=rule)
    assert response.status_code == 201, response.text


def write(platform: Platform, loop: Loop, value: float, tag: str = "FT-101") -> None:
    site = platform.get("/api/v1/sites", loop.person).json()["results"][0]["slug"]
    response = platform.call("POST", "/write", loop.person, data=f"{site},sensor={tag} value={value}")
    assert response.status_code == 204, response.text


def write_alternating(platform: Platform, loop: Loop, tag: str, values: list[float]) -> None:
    """A tenth of a second apart, from now on, in one request."""
    site = platform.get("/api/v1/sites", loop.person).json()["results"][0]["slug"]
    start = int(time.time() * 1000)
    lines = [f"{site},sensor={tag} value={value} {(start + 100 * n) * 10**6}" for n, value in enumerate(values)]
    response = platform.call("POST", "/write", loop.person, data="\n".join(lines))
    assert response.status_code == 204, response.text


def listed(platform: Platform, loop: Loop, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = platform.get("/api/v1/alarms", loop.person, **query).json()["alarms"]
    return found


def until_listed(platform: Platform, loop: Loop, count: int) -> None:
    wait_until(lambda: len(listed(platform, loop)) == count, told=lambda: listed(platform, loop))


def until_evaluated(platform: Platform, loop: Loop) -> None:
    """Nothing that was sent waits any more, neither for InfluxDB nor for the alarms."""
    tenant = platform.get(f"/api/v1/tenants/{loop.slug}", "operator").json()["id"]
    with redis.Redis.from_url(platform.home.redis_url) as client:
        wait_until(lambda: not int(client.get(f"pt:{tenant}:{WAITING}") or 0), told=lambda: "samples wait")


def clear(platform: Platform, loop: Loop) -> None:
    """Nothing is active or shelved."""
    write(platform, loop, 32.0)
    until_evaluated(platform, loop)
    kept = listed(platform, loop, view="all")
    for action in ("unshelve", "in-service", "acknowledge"):
        if kept:
            keys = [alarm["key"] for alarm in kept]
            platform.call("POST", f"/api/v1/alarms/{action}", loop.person, json={"keys": keys})
    until_listed(platform, loop, 0)
