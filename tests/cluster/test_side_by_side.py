"""Twenty tenants with real InfluxDB containers side by side on one node: `make bench ONLY=tenants`.

BENCH_SCALE makes fewer (0.02: three); only a run in full rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.bench.publishing import publish
from tests.bench.query.report import table
from tests.bench.tenants.cluster import resident_mb
from tests.bench.tenants.report import spread
from tests.cluster.containers import first_process
from tests.cluster.control_plane import ControlPlane, Plant, make_values, onboard
from tests.cluster.kube import Kube

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
COUNT = max(3, min(20, round(20 * SCALE * 10)))
SIZE = {"cpu_milli": 160, "memory_mib": 256, "disk_gib": 1}  # so that all of them find room on two cores
FIRST_SAMPLE_WITHIN_S = 30


@dataclass(frozen=True)
class Beside:
    """`first_s`: from the call of the API to the first sample read back. `mb`: of its InfluxDB, with all there."""

    first_s: float
    mb: int


@pytest.fixture
def plants(control_plane: ControlPlane) -> Iterator[list[tuple[Plant, float]]]:
    """Created one after the other; all keep running."""
    created: list[tuple[Plant, float]] = []
    try:
        for number in range(COUNT):
            created.append(onboard(control_plane, f"beside-{number:02}", driver="helm", size=SIZE))
            print(f"\n{created[-1][0].slug}: {created[-1][1]:.1f} s", end="", flush=True)
        yield created
    finally:
        for plant, _ in created:
            control_plane.delete(plant.slug)
        for plant, _ in created:
            control_plane.await_state(plant.slug, "", 600)


def test_twenty_real_tenants_side_by_side(kube: Kube, plants: list[tuple[Plant, float]]) -> None:
    values = [make_values() for _ in plants]
    for (plant, _), mine in zip(plants, values, strict=True):
        mine |= plant.read()
        plant.write(mine)
    for (plant, _), mine in zip(plants, values, strict=True):
        plant.await_values(mine)
    found = [Beside(first_s, _influxd_mb(kube, plant)) for plant, first_s in plants]
    assert max(each.mb for each in found) > 0
    publish({"tenants-real": _told(found)}, SCALE)
    assert max(each.first_s for each in found) <= FIRST_SAMPLE_WITHIN_S


def _influxd_mb(kube: Kube, plant: Plant) -> int:
    pod = kube.get("pod", "influxdb-0", plant.kubernetes)
    assert pod is not None
    return resident_mb(first_process(pod["status"]["containerStatuses"][0]["containerID"]))


def _told(found: list[Beside]) -> str:
    rows = [
        [
            "from API call to first sample read back, s",
            *spread([each.first_s for each in found], ".1f"),
        ],
        ["memory of its influxd, MB", *spread([each.mb for each in found], ".0f")],
    ]
    summary = (
        f"{len(found)} tenants of driver `helm` on the testbed's real node, by the control plane that runs there too:"
        f" one after the other, all kept running, with 500 samples each; {sum(each.mb for each in found)} MB"
        " in all."
    )
    return f"{summary}\n\n{table(['', 'smallest', 'median', 'largest'], rows)}"
