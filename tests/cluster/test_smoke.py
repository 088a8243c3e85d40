"""Smoke test on a real cluster: a tenant's life cycle with each driver, in the control plane of our chart."""

from __future__ import annotations

import pytest

from tests.cluster.control_plane import SMALL, ControlPlane, Plant, make_values, merge, settle_in
from tests.cluster.fleet import Fleet
from tests.cluster.kube import Kube
from tests.cluster.residue import residue

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(480)]  # the first of them installs the control plane


@pytest.mark.parametrize("driver", ["helm", "gitops"])
def test_a_tenant_is_created_upgraded_and_deleted(
    kube: Kube, control_plane: ControlPlane, fleet: Fleet, driver: str
) -> None:
    slug, before = f"smoke-{driver}", residue(kube)
    control_plane.operator.ask("POST", "/api/v1/tenants", slug=slug, driver=driver, size=SMALL)
    _merged(control_plane, fleet, slug, driver)
    plant, values = settle_in(control_plane, slug), make_values()
    plant.write(values)
    plant.await_values(values)

    control_plane.change(slug, release=control_plane.add_release(settings={"cacheMaxMemory": "256m"}))
    _merged(control_plane, fleet, slug, driver)
    control_plane.await_state(slug, "ready")
    assert _cache(kube, plant) == "256m"
    plant.await_values(values)

    control_plane.delete(slug)
    _merged(control_plane, fleet, slug, driver)
    control_plane.await_state(slug, "")
    assert residue(kube) == before


def _merged(control: ControlPlane, fleet: Fleet, slug: str, driver: str) -> None:
    if driver == "gitops":
        merge(control, fleet, slug)


def _cache(kube: Kube, plant: Plant) -> str:
    found = kube.get("configmap", "influxdb", plant.kubernetes) or {"data": {}}
    return str(found["data"]["INFLUXDB_DATA_CACHE_MAX_MEMORY_SIZE"])
