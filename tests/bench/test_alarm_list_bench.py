"""The list of 5,000 active alarms, end to end: Redis, causes, JSON, HTTP.

Between requests an alarm is raised, so that no process answers from what it remembers. BENCH_SCALE makes fewer.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from typing import Any

import pytest

from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
ALARMS, ASSETS, PIPES = (max(20, round(number * SCALE)) for number in (5_000, 1_000, 1_500))
REQUESTS, BUDGET_MS = 30, 300
WHO = "engineer"


def alerts(first: int, count: int, site: str) -> list[dict[str, Any]]:
    now = time.time()
    return [
        {
            "status": "firing",
            "fingerprint": f"f{place}",
            "startsAt": str(int((now - random.uniform(0, 7_200)) * 1000)),
            "labels": {
                "alertname": f"Supply water too warm {place % 50}",
                "severity": random.choice(["critical", "error", "warning", "info"]),
                "site": site,
                "asset": f"A-{random.randrange(ASSETS)}",
                "instance": f"TT-{place}",
            },
            "annotations": {"summary": "17.9 °C over 14.5 °C"},
        }
        for place in range(first, first + count)
    ]


def make_plant(platform: Platform) -> str:
    site = "works"
    platform.ensure_sensor(WHO, site)
    platform.call("POST", "/api/v1/assets/bulk", WHO, json={
        "items": [{"site": site, "tag": f"A-{place}"} for place in range(ASSETS)],
    }).raise_for_status()  # fmt: skip
    ends = {(random.randrange(ASSETS), random.randrange(ASSETS)) for _ in range(PIPES)}
    links = [
        {"site": site, "source": f"A-{source}", "target": f"A-{target}", "medium": "water"}
        for source, target in ends
        if source != target
    ]
    platform.call("POST", "/api/v1/connections/bulk", WHO, json={"items": links}).raise_for_status()
    return site


def send(platform: Platform, these: list[dict[str, Any]]) -> None:
    platform.call("POST", "/api/v1/alertmanager", WHO, json={"alerts": these}).raise_for_status()


def test_the_list_of_active_alarms_opens_within_its_budget(platform: Platform) -> None:
    random.seed(16)
    platform.ensure_tenant("acme")
    platform.ensure_person(WHO, "acme")
    site = make_plant(platform)
    started = time.perf_counter()
    for first in range(0, ALARMS, 1_000):
        send(platform, alerts(first, min(1_000, ALARMS - first), site))
    raised_s = time.perf_counter() - started
    took: dict[str, list[float]] = {"all": [], "page": []}
    for place in range(REQUESTS):
        for turn, (name, limit) in enumerate((("all", 5_000), ("page", 100))):
            [ended] = alerts(2 * place + turn, 1, site)
            send(platform, [{**ended, "status": "resolved", "endsAt": str(int(time.time() * 1000))}])
            began = time.perf_counter()
            answer = platform.get("/api/v1/alarms", WHO, limit=limit)
            took[name].append(1000 * (time.perf_counter() - began))
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["alarms"]) == min(limit, ALARMS)
    figures = {name: (statistics.median(times), sorted(times)[int(0.95 * len(times))]) for name, times in took.items()}
    size = len(answer.content)
    print(f"\n{ALARMS:,} alarms raised in {raised_s:.1f} s; a page of 100: {size / 1000:.0f} kB")
    for name, (median, p95) in figures.items():
        print(f"{name}: median {median:.0f} ms, p95 {p95:.0f} ms")
    assert figures["all"][1] <= BUDGET_MS and figures["page"][1] <= BUDGET_MS
