"""Queries alone, an import alone, and both: how they affect each other. Rounds alternate; their medians count."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from os import environ
from typing import Any

import numpy as np

from kernel.times import DAY
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.client import Connection
from tests.bench.query.report import bars, table
from tests.bench.query.rows import named
from tests.installation import Platform
from tests.isolation import ROOT
from tests.waiting import wait_until

TENANT, SITE, POINTS = "beside", "beside", 1000
MAX_RATIO, P95_MS, MIN_SHARE = 5.0, 100.0, 0.5
LADDER_WITHIN_S = 1800
SensorQuery = tuple[str, int]  # sensor: settled or just written; width of the range


@dataclass
class Round:
    quiet: dict[SensorQuery, list[float]]
    loaded: dict[SensorQuery, list[float]]
    quiet_rate: float  # samples a second
    loaded_rate: float


@dataclass
class Importer:
    """Writes history as the demo and imports do, in a process of its own, one sensor after the other."""

    platform: Platform
    days: float
    sensors: Iterator[int]
    written: int = 0  # the sensor that was written as a whole last

    def start(self, seconds: float, sensors: int) -> subprocess.Popen[str]:
        """Writes for a time, up to the end of a sensor. The process prints when it starts, and its rate at the end."""
        numbers = [next(self.sensors) for _ in range(sensors)]
        self.written = numbers[0]
        given = f"{TENANT!r}, {SITE!r}, {numbers}, {self.days}, {seconds}"
        code = f"from tests.bench.query.writing import write; write({given})"
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", code],
            env={**environ, "PLANTRACE_HOME": str(self.platform.path)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        while (line := process.stdout.readline()) and line.strip() != "started":
            pass
        return process

    def rate_of(self, process: subprocess.Popen[str]) -> float:
        out, _ = process.communicate()
        assert process.returncode == 0
        return float(json.loads(out.splitlines()[-1]))


def ask_until(
    api: Connection, sensors: dict[str, str], widths: list[int], end: int, over: float
) -> dict[SensorQuery, list[float]]:
    """Every sensor's every range in turn."""
    times: dict[SensorQuery, list[float]] = defaultdict(list)
    for (what, id), width in cycle([(sensor, width) for sensor in sensors.items() for width in widths]):
        began = time.perf_counter()
        if began > over and len(times) == len(sensors) * len(widths):
            return times
        shift = int(began * 1000) % DAY
        path = f"/api/v1/sensors/{id}/samples"
        api.get(path, start=end - width - shift, end=end - shift, points=POINTS, method="auto")
        times[what, width].append((time.perf_counter() - began) * 1000)
    raise AssertionError("there is nothing to ask")


def wait_for_ladder(api: Connection) -> None:
    def read() -> Any:
        return api.get("/api/v1/ladder").json()

    wait_until(lambda: read()["complete"], LADDER_WITHIN_S, poll_s=0.3, told=read)


def judge(rounds: list[Round]) -> list[Bar]:
    share = float(np.median([one.loaded_rate / one.quiet_rate for one in rounds]))
    found = [Bar("import beside queries, in its quiet speed", f">= {MIN_SHARE}", f"{share:.2f}", share >= MIN_SHARE)]
    for query in rounds[0].loaded:
        name = f"{named(query[1])} of a sensor {query[0]}"
        ratio = median(rounds, query, "loaded", 50) / median(rounds, query, "quiet", 50)
        found.append(at_most(f"{name}, beside an import: p50, in the quiet one", ratio, MAX_RATIO, ""))
        found.append(at_most(f"{name}, beside an import: p95", median(rounds, query, "loaded", 95), P95_MS, "ms"))
    return found


def median(rounds: list[Round], query: SensorQuery, which: str, share: float) -> float:
    """Of the rounds' percentiles."""
    return float(np.median([np.percentile(getattr(one, which)[query], share) for one in rounds]))


def report(rounds: list[Round], judged: list[Bar]) -> str:
    rows = []
    for query in rounds[0].loaded:
        figures = [
            f"{median(rounds, query, *of):.1f}" for of in (("quiet", 50), ("quiet", 95), ("loaded", 50), ("loaded", 95))
        ]
        rows.append([f"{named(query[1])}, {query[0]}", *figures])
    names = ["range", "quiet p50, ms", "p95", "beside an import p50", "p95"]
    quiet, loaded = (float(np.median([getattr(one, name) for one in rounds])) for name in ("quiet_rate", "loaded_rate"))
    rate = f"The import: {quiet:,.0f} samples/s alone, {loaded:,.0f} beside queries."
    return "\n\n".join([rate, table(names, rows), bars(judged)])
