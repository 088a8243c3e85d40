"""Fifty users with trends, schematics and home open on one installation, many times as busy as real users.

What the pages ask, and how often, is derived in `crowd/mix.py`; their streams are open meanwhile.

BENCH_SCALE shortens history and measurement (0.1: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.bench.crowd.cpu import used_s
from tests.bench.crowd.mix import STREAMS, Place, natural_rate
from tests.bench.crowd.people import Outcome, watch
from tests.bench.crowd.plant import SITE, TAGS
from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.beside import wait_for_ladder
from tests.bench.query.client import Connection
from tests.bench.query.installation import settle
from tests.bench.query.report import bars, table
from tests.bench.query.rows import largest_worker_mb
from tests.bench.stream.process import Viewers
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
PEOPLE, DAYS, SECONDS, WARM_S = 50, 30, 60, 10
ASKED_RATE, LEAST_RATE, P95_MS, WORKER_MB = 320, 300, 100, 200
TENANT = "crowd"


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
    wait_for_ladder(api)
    settle(platform.path, print)  # a plant's history is in InfluxDB's files, not in its write cache
    outcomes: dict[float, Outcome] = {}
    viewers = Viewers(platform, streams_of(plant["tokens"], place))
    with measuring(api):
        for rate in (natural_rate(PEOPLE), ASKED_RATE / 2, ASKED_RATE):
            before = used_s(platform, viewers.pid)
            outcomes[rate] = watch(platform.url, plant["tokens"], place, rate, max(SECONDS * SCALE, 5), WARM_S)
            after = used_s(platform, viewers.pid)
            outcomes[rate].cpu_s = {part: used - before.get(part, 0.0) for part, used in after.items()}
    ended = viewers.end()["ended"]
    size = largest_worker_mb(platform)
    judged = judge(outcomes[ASKED_RATE], ended, size)
    publish({"crowd": report(outcomes, judged)}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


def streams_of(tokens: list[str], place: Place) -> list[tuple[str, str]]:
    """The token and the query of each page that listens."""
    queries = [STREAMS[number % len(STREAMS)] for number in range(len(tokens))]
    return [(token, query(place)) for token, query in zip(tokens, queries, strict=True) if query]


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


def judge(outcome: Outcome, ended: int, worker_mb: int) -> list[Bar]:
    errors = "; ".join(f"{count} x {text}" for text, count in outcome.errors.most_common(3)) or "none"
    return [
        Bar("requests a second", f">= {LEAST_RATE}", f"{outcome.rate:.0f}", outcome.rate >= LEAST_RATE),
        at_most("p95 of all requests", outcome.percentile(95), P95_MS, "ms"),
        Bar("errors", "none", errors, not outcome.errors),
        Bar("streams that ended", "none", str(ended or "none"), not ended),
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
    by_kind = [_by_kind(rate, outcomes[rate]) for rate in list(outcomes)[1:]]
    return "\n\n".join([pace, rates, _by_part(outcomes), *by_kind, bars(judged)])


def _by_part(outcomes: dict[float, Outcome]) -> str:
    """The warm-up's requests are in both numbers."""
    most = outcomes[max(outcomes)].cpu_s
    parts = sorted(most, key=lambda part: -most[part])
    rows = [[f"{rate:.0f}", *(f"{1000 * one.cpu_s.get(part, 0) / one.sent:.1f}" for part in parts)]
            for rate, one in outcomes.items()]  # fmt: skip
    return table(["CPU of a request, ms, at", *parts], rows)


def _by_kind(rate: float, outcome: Outcome) -> str:
    rows = []
    for name, times in sorted(outcome.ms.items(), key=lambda item: -len(item[1])):
        one = Outcome(outcome.seconds, {name: times})
        share = 100 * len(times) / len(outcome.times)
        rows.append([name, f"{share:.1f}", f"{one.percentile(50):.1f}", f"{one.percentile(95):.1f}"])
    return table([f"request, at {rate:.0f}/s", "% of all", "median, ms", "p95, ms"], rows)
