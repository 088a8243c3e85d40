"""A thousand tenants on one control plane, and twenty real ones side by side.

BENCH_SCALE creates fewer of both (0.02: twenty and three); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator

import pytest

from tests.bench.publishing import publish
from tests.bench.query.report import bars
from tests.bench.tenants import cluster as simulated
from tests.bench.tenants import report
from tests.bench.tenants.control import Control, Phase
from tests.bench.tenants.local import Beside, make_local
from tests.installation import Platform
from tests.kubernetes.api_server import ApiServer, missing

pytestmark = [pytest.mark.bench, pytest.mark.timeout(6 * 3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
WANTED = 1000
COUNT = max(3, round(WANTED * SCALE))
LOCAL = max(3, min(20, round(20 * SCALE * 10)))
BEGAN = time.monotonic()


def say(line: str) -> None:
    print(f"[{time.monotonic() - BEGAN:6.0f} s] {line}", flush=True)


@pytest.fixture
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    """An installation that provisions tenants by Helm in a cluster with simulated nodes."""
    if absent := missing():
        pytest.fail(f"the programs of a Kubernetes control plane are not built (make cluster): {', '.join(absent)}")
    folder = tmp_path_factory.mktemp("tenants")
    server = ApiServer(folder / "cluster")
    platform = Platform(folder / "home")
    try:
        kubeconfig = folder / "kubeconfig"
        kubeconfig.write_text(simulated.start(server, COUNT))
        platform.environment = {
            "TENANT_DRIVERS": "helm",
            "KUBECONFIG": str(kubeconfig),
            "TENANTS_SIMULATED": "true",
            "LOG_LEVEL": "ERROR",
        }
        platform.start()
        control = Control(platform, server, say)
        yield control
        control.api.close()
    finally:
        platform.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def beside(tmp_path_factory: pytest.TempPathFactory) -> list[Beside]:
    """Measured first, while nothing else runs here."""
    platform = Platform(tmp_path_factory.mktemp("local") / "home")
    try:
        platform.start()
        found = make_local(platform, LOCAL)
        say(f"{LOCAL} local tenants, ready in {sum(each.ready_s for each in found):.1f} s")
        return found
    finally:
        platform.stop()
        shutil.rmtree(platform.path, ignore_errors=True)


def test_what_tenants_cost(beside: list[Beside], control: Control) -> None:
    created = control.make(COUNT)
    say(_summary("created", created))
    pages = control.time_pages(COUNT)
    say(", ".join(f"{name} {figures.p95:.0f} ms" for name, figures in pages.items()))
    at_rest = control.at_rest()
    say(f"at rest: {at_rest}")
    rolled = control.roll_out(COUNT)
    say(_summary("rolled out", rolled))
    pages |= control.time_rollout_page()
    control.note_peaks()
    judged = report.judge(created, pages, beside)
    cluster_mb = simulated.programs_mb(control.cluster)
    parts = {
        "tenants": report.simulated(created, rolled, pages, control.memory, cluster_mb, at_rest, WANTED),
        "tenants-local": report.local(beside),
        "tenants-bars": bars(judged),
    }
    say(f"written: {publish(parts, SCALE)}")
    missed = [f"{bar.what}: {bar.found}, wanted {bar.wanted}" for bar in judged if not bar.reached]
    assert not missed, "\n".join(["Bars missed:", *missed])


def _summary(what: str, phase: Phase) -> str:
    minute = 60 * phase.count / phase.seconds
    return f"{phase.count} {what} in {phase.seconds:.0f} s ({minute:.1f} a minute), steps {phase.steps}"
