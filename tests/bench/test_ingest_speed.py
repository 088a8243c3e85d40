"""Budgets of the data path: how long an acknowledgement takes, and how many points a second become readable.

BENCH_SCALE shortens the measurement (0.1: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import time

import numpy as np
import pytest

from tests.bench.ingest.senders import (
    POINTS,
    SITE,
    BatchDevice,
    Batches,
    FsyncProbe,
    SteadyDevice,
    database_target,
    make_tenants,
    platform_target,
    send_all,
)
from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.report import bars, table
from tests.conftest import Platform
from tests.processes import memory_mb
from tests.waiting import wait_until

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
TENANTS, DEVICES = 20, 4
SECONDS, DIRECT_S, STEADY_S = 120 * SCALE, 30 * SCALE, 30 * SCALE
RATE, IN_A_REQUEST = 200, 12
WARM_UP = 1 / 6  # of the requests: every process reads every tenant's catalog for the first time
POINTS_PER_S, DIRECT_SHARE, ACKNOWLEDGED_MS, FSYNCS, WRITER_MB = 58_000, 0.3, 15, 3, 300
STORED_WITHIN_S = 900
T = 1_760_000_000_000


@pytest.fixture(scope="module")
def tenants(platform: Platform) -> list[str]:
    return make_tenants(platform, TENANTS)


def test_acknowledgements_at_200_requests_a_second(platform: Platform, tenants: list[str]) -> None:
    rows, judged = [], []
    for what, path in (("events", "/api/v1/events"), ("points", "/write?precision=ms")):
        make, count = _events if what == "events" else _points, int(RATE * STEADY_S / DEVICES)
        devices = [
            SteadyDevice(
                [platform_target(platform, tenant, path) for tenant in tenants[k::DEVICES]],
                [make(k, number) for number in range(count)],
                DEVICES / RATE,
            )
            for k in range(DEVICES)
        ]
        with FsyncProbe(platform.path) as probe:
            took = send_all(devices)
        await_stored(platform)
        warm = int(len(devices[0].seconds) * WARM_UP)
        first = np.array([value for device in devices for value in device.seconds[:warm]]) * 1000
        given = np.array([value for device in devices for value in device.seconds[warm:]]) * 1000
        fsync = float(np.percentile(probe.seconds, 99)) * 1000
        p50, p99 = (float(value) for value in np.percentile(given, [50, 99]))
        rate, refused = (len(first) + len(given)) / took, sum(device.refused for device in devices)
        cold = float(np.percentile(first, 99))
        figures = (rate, p50, p99, given.max(), cold, float(np.median(probe.seconds)) * 1000, fsync)
        rows.append([f"{IN_A_REQUEST} {what}", *(f"{figure:.1f}" for figure in figures)])
        limit = max(ACKNOWLEDGED_MS, FSYNCS * fsync)
        judged.append(at_most(f"acknowledgement of {IN_A_REQUEST} {what}, p99", p99, round(limit, 1), "ms"))
        judged.append(Bar(f"requests with {what} that were refused", "none", str(refused), not refused))
    names = [
        "a request of",
        "per s",
        "p50, ms",
        "p99, ms",
        "worst, ms",
        "p99 of the first sixth, ms",
        "fsync of 4 KB, p50, ms",
        "p99, ms",
    ]
    publish({"ingest-ack": "\n\n".join([table(names, rows), bars(judged)])}, SCALE)
    assert all(bar.reached for bar in judged)


def _events(device: int, number: int) -> bytes:
    events = [
        {"ts": T + number * 100 + k, "type": "step", "device": f"gw-{device}", "n": number, "value": k / 7}
        for k in range(IN_A_REQUEST)
    ]
    return json.dumps(events).encode()


def _points(device: int, number: int) -> bytes:
    return "\n".join(
        f"{SITE},sensor=TT-{device * IN_A_REQUEST + k} value={k / 7:.4f} {T + number * 1000}"
        for k in range(IN_A_REQUEST)
    ).encode()


def test_points_a_second_end_to_end(platform: Platform, tenants: list[str]) -> None:
    batches = Batches()
    direct = _rate_of_direct_writes(platform, tenants, batches)
    before = stored(platform, tenants)
    until = time.perf_counter() + SECONDS
    devices = [
        BatchDevice([platform_target(platform, tenant) for tenant in tenants[k::DEVICES]], batches, 0, until)
        for k in range(DEVICES)
    ]
    took = send_all(devices)
    waiting = backlog(platform)
    waited = await_stored(platform)
    points, refused = POINTS * sum(len(device.seconds) for device in devices), sum(each.refused for each in devices)
    assert stored(platform, tenants) - before == points, "every acknowledged point can be read, and nothing else"
    writer = platform.supervisor.status("writer")
    assert writer is not None
    peak, rate = memory_mb(writer.pid), points / (took + waited)
    judged = [
        Bar("points a second, from the first sent to the last readable", f">= {POINTS_PER_S:,}", f"{rate:,.0f}",
            rate >= POINTS_PER_S),
        Bar("share of writing straight into InfluxDB", f">= {DIRECT_SHARE}", f"{rate / direct:.2f}",
            rate >= DIRECT_SHARE * direct),
        at_most("peak memory of the writer", peak, WRITER_MB, "MB"),
    ]  # fmt: skip
    summary = (
        f"{points:,} points in batches of {POINTS:,} from {DEVICES} devices, of {TENANTS} tenants in turn, for"
        f" {took:.0f} s: acknowledged at {points / took:,.0f}/s, readable at {rate:,.0f}/s. When the last was"
        f" acknowledged, {waiting:,} were waiting; they were readable {waited:.1f} s later. {refused} batches were"
        f" refused for the moment. The same batches over as many connections straight into the tenants' InfluxDBs:"
        f" {direct:,.0f}/s."
    )
    publish({"ingest-speed": f"{summary}\n\n{bars(judged)}"}, SCALE)
    assert all(bar.reached for bar in judged)


def _rate_of_direct_writes(platform: Platform, tenants: list[str], batches: Batches) -> float:
    targets = [database_target(platform, tenant) for tenant in tenants]
    until = time.perf_counter() + DIRECT_S
    devices = [BatchDevice(targets[k::DEVICES], batches, 0, until) for k in range(DEVICES)]
    took = send_all(devices)
    return POINTS * sum(len(device.seconds) for device in devices) / took


def backlog(platform: Platform) -> int:
    """Points that wait, of all tenants."""
    code = (
        "from web.directory import directory; from web.stores import streams; "
        "print(sum(streams().backlogs([tenant.prefix for tenant in directory().all()])))"
    )
    return int(platform.shell(code))


def await_stored(platform: Platform) -> float:
    """Until everything that was acknowledged is readable; how many seconds it took."""
    began = time.perf_counter()
    wait_until(lambda: not backlog(platform), STORED_WITHIN_S, told=lambda: f"{backlog(platform)} points wait")
    return time.perf_counter() - began


def stored(platform: Platform, tenants: list[str]) -> int:
    """Points of the catalog's sensors that InfluxDB has."""
    code = f"""
from catalog.snapshot import snapshot_of
from web.directory import directory
from web.stores import reader
count = 0
for slug in {tenants!r}:
    tenant = directory().by_slug(slug)
    sites = snapshot_of(tenant).sites
    for series in reader(tenant).read([f'SELECT count("value") FROM "raw"."{{site}}"' for site in sites])[0]:
        count += sum(row[1] for row in series.values)
print(count)
"""
    return int(platform.shell(code))
