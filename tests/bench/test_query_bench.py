"""The budgets of queries, end to end through the running web process, beside InfluxDB and VictoriaMetrics.

BENCH_SCALE shortens all ranges (0.02: a dry run of minutes); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator

import pytest

from tests.bench.publishing import publish
from tests.bench.query import bars, report
from tests.bench.query.data import plant
from tests.bench.query.installation import Installation, prepare
from tests.bench.query.likenesses import measure_fidelity
from tests.bench.query.peers import VictoriaMetrics, victoria_metrics
from tests.bench.query.picture import draw_picture
from tests.bench.query.rows import Measured, largest_worker_mb, measure_others, measure_ranges
from tests.bench.query.stages import profile
from tests.installation import Platform
from tests.isolation import ROOT

pytestmark = [pytest.mark.bench, pytest.mark.timeout(6 * 3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
BEGAN = time.monotonic()


def say(line: str) -> None:
    print(f"[{time.monotonic() - BEGAN:6.0f} s] {line}", flush=True)


@pytest.fixture(scope="module")
def notes() -> list[str]:
    """Messages that go into the report on loading the data."""
    return []


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, notes: list[str]) -> Iterator[Installation]:
    """An installation of its own, without other benchmarks' tenants; its disk is released."""
    platform = Platform(tmp_path_factory.mktemp("query") / "home")

    def tell(line: str) -> None:
        notes.append(line) if not line.startswith("ladder after") else None
        say(line)

    try:
        platform.start()
        installation = prepare(platform, plant(SCALE), SCALE, tell)
        yield installation
        installation.close()
    finally:
        platform.stop()
        shutil.rmtree(platform.path, ignore_errors=True)


@pytest.fixture(scope="module")
def metrics(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory, notes: list[str]
) -> Iterator[VictoriaMetrics]:
    """The compared series in VictoriaMetrics too, as many samples as InfluxDB has."""
    with victoria_metrics(tmp_path_factory.mktemp("victoria") / "data") as server:
        began = time.perf_counter()
        for series in installation.plant.compared:
            server.load(series)
        server.settle()
        samples, seconds = sum(series.count for series in installation.plant.compared), time.perf_counter() - began
        notes.append(f"VictoriaMetrics: {samples:,} samples at {samples / seconds:,.0f}/s, merged")
        say(notes[-1])
        for series in installation.plant.compared:
            stored = installation.influxql.count(installation.ids[series.site], installation.id(series))
            assert stored == server.count(series) == series.count
        yield server


def test_budgets_of_queries(
    installation: Installation, metrics: VictoriaMetrics, notes: list[str], pytestconfig: pytest.Config
) -> None:
    measured = Measured(worker_mb={"before the measurements": largest_worker_mb(installation.platform)})
    measured.ranges = measure_ranges(installation, metrics, say)
    measured.rows = measure_others(installation, say)
    measured.worker_mb["after them"] = largest_worker_mb(installation.platform)
    say("fidelity")
    likenesses = measure_fidelity(installation)
    judged = bars.judge(measured, likenesses)
    parts = {
        "machine": report.machine(installation, notes),
        "ranges": report.ranges(measured),
        "others": report.others(measured),
        "fidelity": report.fidelity(likenesses),
        "bars": report.bars(judged),
    }
    path = publish(parts, SCALE)
    say(f"written: {path.relative_to(ROOT)}")
    draw_picture(measured, path.parent / report.PICTURE)
    if pytestconfig.getoption("profile", default=False):
        publish({"profile": report.stages(profile(installation, say))}, SCALE)
    missed = [f"{bar.what}: {bar.found}, wanted {bar.wanted}" for bar in judged if not bar.reached]
    assert not missed, "\n".join(["Bars missed:", *missed])
