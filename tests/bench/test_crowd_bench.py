"""Fifty users with trends, schematics and home open on one installation, about seven times as busy as real users.

BENCH_SCALE shortens history and measurement (0.1: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.bench.crowd.mix import Place, natural_rate
from tests.bench.crowd.people import Outcome, watch
from tests.bench.crowd.plant import SITE, TAGS
from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.client import Connection
from tests.bench.query.installation import settle
from tests.bench.query.report import bars, table
from tests.bench.query.rows import largest_worker_mb
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
PEOPLE, DAYS, SECONDS, WARM_S = 50, 30, 60, 10
ASKED_RATE, LEAST_RATE, P95_MS, WORKER_MB = 320, 300, 100, 200
TENANT = "crowd"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("crowd") / "home")
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(platform.path, ignore_errors=True)


def test_fifty_people_at_their_pages(platform: Platform) -> None:
    platform.ensure_tenant(TENANT)
    device = platform.ensure_person("device", TENANT)["token"]
    days = max(DAYS * SCALE, 8)
    out = platform.shell(f"from tests.bench.crowd.plant import make; make({TENANT!r}, {PEOPLE}, {days})")
    plant = json.loads(out.splitlines()[-1])
    api = Connection(platform.url, {"Authorization": f"Bearer {device}"})
    drawing = {"site": plant["site"], "name": "All", "drawing": plant["drawing"]}
    schematic = api.post("/api/v1/schematics", drawing).json()["id"]
    place = Place(plant["site"], plant["numbers"], plant["states"], schematic, lambda: time.time_ns() // 1_000_000)
    while not api.get("/api/v1/ladder").json()["complete"]:
        time.sleep(0.5)
    settle(platform.path, print)  # a plant's history is in InfluxDB's files, not in its write cache
    outcomes: dict[float, Outcome] = {}
    with measuring(api):
        for rate in (natural_rate(PEOPLE), 2 * natural_rate(PEOPLE), ASKED_RATE):
            outcomes[rate] = watch(platform.url, plant["tokens"], place, rate, max(SECONDS * SCALE, 5), WARM_S)
    size = largest_worker_mb(platform)
    judged = judge(outcomes[ASKED_RATE], size)
    publish({"crowd": report(outcomes, judged)}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


@contextmanager
def measuring(api: Connection) -> Iterator[None]:
    """The plant keeps sending samples of all sensors, once a second."""
    over, failures = threading.Event(), list[Exception]()
    lines = "\n".join(f"{SITE},sensor={tag} value=1" for tag in TAGS).encode()

    def send() -> None:
        while not over.wait(1.0):
            try:
                api.post("/write", lines, "text/plain")
            except Exception as error:
                failures.append(error)

    device = threading.Thread(target=send, daemon=True)
    device.start()
    yield
    over.set()
    device.join()
    assert not failures, f"{len(failures)} writes of the plant failed: {failures[0]}"


def judge(outcome: Outcome, worker_mb: int) -> list[Bar]:
    errors = "; ".join(f"{count} x {text}" for text, count in outcome.errors.most_common(3)) or "none"
    return [
        Bar("requests a second", f">= {LEAST_RATE}", f"{outcome.rate:.0f}", outcome.rate >= LEAST_RATE),
        at_most("p95 of all requests", outcome.percentile(95), P95_MS, "ms"),
        Bar("errors", "none", errors, not outcome.errors),
        at_most("memory of the largest web worker, afterwards", worker_mb, WORKER_MB, "MB"),
    ]


def report(outcomes: dict[float, Outcome], judged: list[Bar]) -> str:
    pace = f"{PEOPLE} people as they are ask {natural_rate(PEOPLE):.0f} times a second."
    by_rate = [
        [f"{rate:.0f}", f"{one.rate:.0f}", f"{one.percentile(50):.1f}", f"{one.percentile(95):.1f}",
         str(sum(one.errors.values()))]
        for rate, one in outcomes.items()
    ]  # fmt: skip
    rates = table(["requests a second, wanted", "reached", "median, ms", "p95, ms", "errors"], by_rate)
    return "\n\n".join([pace, rates, *(_by_kind(rate, outcomes[rate]) for rate in list(outcomes)[1:]), bars(judged)])


def _by_kind(rate: float, outcome: Outcome) -> str:
    rows = []
    for name, times in sorted(outcome.ms.items(), key=lambda item: -len(item[1])):
        one = Outcome(outcome.seconds, {name: times})
        share = 100 * len(times) / len(outcome.times)
        rows.append([name, f"{share:.1f}", f"{one.percentile(50):.1f}", f"{one.percentile(95):.1f}"])
    return table([f"request, at {rate:.0f}/s", "% of all", "median, ms", "p95, ms"], rows)
