"""How one tenant's load affects others: quiet and loaded runs alternate, and medians of p95 are compared.

BENCH_SCALE shortens the runs and the years (0.1: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np
import pytest

from kernel.times import DAY
from tests.bench.neighbours import loads
from tests.bench.neighbours.installation import END, LOUD, OTHERS, Neighbour, database_pid, prepare
from tests.bench.publishing import publish
from tests.bench.query.client import Connection
from tests.bench.query.installation import settle
from tests.installation import Platform
from tests.stopping import stopped

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
RUNS, RUN_S, WARM_UP_S = 5, max(20 * SCALE, 4), 3.0
INTERVAL_S = 0.025  # between the beginnings of the others' requests
TITLES = {
    "stopped": f"its database is suspended while {loads.READERS} people read from it",
    "writing": f"it sends {loads.TIMES_THE_LIMIT} times its rate limit",
    "percentiles": "it computes percentiles over three years in a loop",
}


@dataclass
class Outcome:
    """p95 in ms of each run, and the loud tenant's responses by status."""

    quiet: list[float] = field(default_factory=list)
    loaded: list[float] = field(default_factory=list)
    worst: float = 0.0
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def medians(self) -> tuple[float, float]:
        return float(np.median(self.quiet)), float(np.median(self.loaded))

    @property
    def bar(self) -> float:
        quiet = self.medians[0]
        return max(1.2 * quiet, quiet + 5)


@pytest.fixture(scope="module")
def tenants(platform: Platform) -> dict[str, Neighbour]:
    prepared = prepare(platform, SCALE)
    settle(platform.path, print)
    return prepared


def request_others(platform: Platform, tenants: dict[str, Neighbour], seconds: float) -> list[float]:
    """A day's trend, present values and a page of raw samples in turn; ms of each."""
    connections = {
        slug: Connection(platform.url, {"Authorization": f"Bearer {tenants[slug].token}"}) for slug in OTHERS
    }
    requests = cycle([(slug, kind) for kind in ("trend", "values", "raw") for slug in OTHERS])
    times: list[float] = []
    end = due = time.perf_counter()
    end += seconds
    for number, (slug, kind) in enumerate(requests):
        due += INTERVAL_S
        time.sleep(max(0.0, due - time.perf_counter()))
        if (began := time.perf_counter()) > end:
            break
        _request(connections[slug], tenants[slug], kind, number)
        times.append((time.perf_counter() - began) * 1000)
    for connection in connections.values():
        connection.close()
    return times


def _request(connection: Connection, tenant: Neighbour, kind: str, number: int) -> None:
    sensor, start = tenant.sensors[number % len(tenant.sensors)], END - (1 + number % 7) * DAY
    path = f"/api/v1/sensors/{sensor}/samples"
    if kind == "values":
        connection.get("/api/v1/values", site=tenant.site)
    elif kind == "raw":
        connection.get(path, method="raw", limit=200, start=start, end=start + DAY)
    else:
        connection.get(path, start=start, end=start + DAY)


@pytest.mark.parametrize("kind", TITLES)
def test_neighbours(platform: Platform, tenants: dict[str, Neighbour], kind: str) -> None:
    outcome = Outcome()
    pid = database_pid(platform, LOUD)
    for _ in range(RUNS):
        request_others(platform, tenants, WARM_UP_S)
        outcome.quiet.append(float(np.percentile(request_others(platform, tenants, RUN_S), 95)))
        with ExitStack() as stack:
            if kind == "stopped":
                stack.enter_context(stopped(pid))
            answers = stack.enter_context(loads.running(kind, platform.url, tenants[LOUD]))
            times = request_others(platform, tenants, WARM_UP_S + RUN_S)  # from its first moment on
        outcome.loaded.append(float(np.percentile(times, 95)))
        outcome.worst = max(outcome.worst, *times)
        for status, count in answers.items():
            outcome.answers[status] = outcome.answers.get(status, 0) + count
    quiet, loaded = outcome.medians
    spread = f"{min(outcome.loaded):.1f} to {max(outcome.loaded):.1f}"
    responses = ", ".join(f"{count:,} of {status}" for status, count in sorted(outcome.answers.items()))
    summary = (
        f"A tenant, while {TITLES[kind]}: the others' p95 is {loaded:.1f} ms ({spread} in {RUNS} runs, the worst"
        f" request {outcome.worst:.0f} ms), alone {quiet:.1f} ms; bar {outcome.bar:.1f} ms."
        f" Its own responses: {responses}."
    )
    publish({f"neighbours-{kind}": summary}, SCALE)
    assert outcome.answers, "nothing was answered, so nothing was tried"
    assert loaded <= outcome.bar, summary
