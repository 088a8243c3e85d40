"""500 viewers of 300 values each, all of which change once a second.

BENCH_SCALE shortens the measurement (0.1: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest

from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.client import Connection
from tests.bench.query.report import bars, table
from tests.bench.stream.process import Viewers
from tests.installation import Platform
from tests.processes import cpu_s, memory_mb

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
VIEWERS, PEOPLE, DRAWINGS, BINDINGS, SECONDS, WARM_S = 500, 25, 10, 300, 60, 10
CORES, P95_MS, MEMORY_MB = 1.0, 1500, 200
TENANT, SITE = "watched", "works"


@dataclass(frozen=True)
class Outcome:
    cores: float  # of the stream's process
    memory_mb: int
    latencies_ms: list[float]  # from a sample's acknowledgement to a viewer
    expected: int
    bytes_per_s: float
    ended: int

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.latencies_ms, share))


def test_five_hundred_viewers(platform: Platform) -> None:
    drawings = make_plant(platform)
    tokens = [platform.ensure_person(f"viewer-{n}", TENANT, "viewer")["token"] for n in range(PEOPLE)]
    viewers = [(tokens[n % PEOPLE], drawings[n % DRAWINGS]) for n in range(VIEWERS)]
    outcome = measure(platform, viewers, max(SECONDS * SCALE, 8))
    judged = judge(outcome)
    publish({"stream": report(outcome, judged)}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


def make_plant(platform: Platform) -> list[str]:
    """What each drawing binds, as the query of a stream."""
    platform.ensure_tenant(TENANT)
    platform.ensure_person("device", TENANT)
    tags = [f"T-{drawing}-{n}" for drawing in range(DRAWINGS) for n in range(BINDINGS)]
    items = [{"site": SITE, "tag": tag, "name": tag, "interval_s": 1.0} for tag in tags]
    site = [{"slug": SITE, "name": "Works", "timezone": "UTC"}]
    for kind, wanted in (("sites", site), *(("sensors", items[at : at + 500]) for at in range(0, len(items), 500))):
        response = platform.call("POST", f"/api/v1/{kind}/bulk", "device", json={"items": wanted})
        assert response.status_code == 200, response.text
    ids: dict[str, str] = {}
    path: str | None = "/api/v1/sensors?limit=1000"
    while path:
        page = platform.get(path, "device").json()
        ids |= {sensor["tag"]: sensor["id"] for sensor in page["results"]}
        path = page["next"] and "/api/v1/" + page["next"].split("/api/v1/")[1]
    return ["sensors=" + ",".join(ids[f"T-{drawing}-{n}"] for n in range(BINDINGS)) for drawing in range(DRAWINGS)]


def measure(platform: Platform, viewers: list[tuple[str, str]], seconds: float) -> Outcome:
    status = platform.supervisor.status("stream")
    assert status is not None
    client = Viewers(platform, viewers)
    with Plant(platform) as plant:
        time.sleep(WARM_S)
        first, before, started = plant.number + 1, cpu_s(status.pid), time.monotonic()
        time.sleep(seconds)
        last, used = plant.number - 2, (cpu_s(status.pid) - before) / (time.monotonic() - started)
        time.sleep(2)
    seen = client.end()
    acknowledged = plant.acknowledged
    latencies = [(at - acknowledged[n]) * 1000 for n, at in seen["arrivals"] if first <= n <= last]
    expected = len(viewers) * (last - first + 1)
    rate = seen["bytes"] / (seconds + WARM_S + 2)
    return Outcome(used, memory_mb(status.pid), latencies, expected, rate, seen["ended"])


class Plant:
    """Writes all values once a second: each is the number of the round."""

    def __init__(self, platform: Platform) -> None:
        token = platform.people["device"]["token"]
        self._api = Connection(platform.url, {"Authorization": f"Bearer {token}"})
        self._tags = [f"T-{drawing}-{n}" for drawing in range(DRAWINGS) for n in range(BINDINGS)]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.number = 0
        self.acknowledged: dict[int, float] = defaultdict(float)

    def __enter__(self) -> Plant:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            number = self.number + 1
            lines = "\n".join(f"{SITE},sensor={tag} value={number}" for tag in self._tags).encode()
            self._api.post("/write", lines, "text/plain")
            self.acknowledged[number] = time.monotonic()
            self.number = number
            due += 1.0
            self._over.wait(max(0.0, due - time.monotonic()))


def judge(outcome: Outcome) -> list[Bar]:
    missed = outcome.expected - len(outcome.latencies_ms)
    return [
        at_most("cores of the stream's process", outcome.cores, CORES, ""),
        at_most("from acknowledged to received, p95", outcome.percentile(95), P95_MS, "ms"),
        Bar(
            "rounds that reached a viewer late, together with the next",
            "<= 1 %",
            str(missed),
            missed <= outcome.expected / 100,
        ),
        at_most("peak memory", outcome.memory_mb, MEMORY_MB, "MB"),
        Bar("streams that ended", "none", str(outcome.ended), outcome.ended == 0),
    ]


def report(outcome: Outcome, judged: list[Bar]) -> str:
    figures = [
        [f"{outcome.cores:.2f}", *(f"{outcome.percentile(share):.0f}" for share in (50, 95, 99)),
         f"{outcome.bytes_per_s / 1e6:.1f}", str(outcome.memory_mb)]
    ]  # fmt: skip
    names = ["cores", "median, ms", "p95, ms", "p99, ms", "MB/s", "peak memory, MB"]
    return "\n\n".join([table(names, figures), bars(judged)])
