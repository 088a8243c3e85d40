"""Driver `gitops` in the control plane installed by its chart: a branch, its merge, Flux, a tenant."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.cluster.control_plane import ControlPlane, Plant, make_values, merge, propose, settle_in
from tests.cluster.fleet import NAMESPACE as FLUX_NAMESPACE
from tests.cluster.fleet import Fleet
from tests.cluster.kube import Kube
from tests.cluster.residue import residue, revisions
from tests.testbed.cluster import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]  # the first of them installs the control plane
FIRST_SAMPLE_WITHIN_S = 40
CONTROLLER = "helm-controller"


@pytest.fixture(scope="module")
def before(kube: Kube, control_plane: ControlPlane) -> set[str]:
    return residue(kube)


@pytest.fixture(scope="module")
def merged(control_plane: ControlPlane, fleet: Fleet, before: set[str]) -> tuple[Plant, float]:
    """A tenant, and the seconds from the merge to its first sample read back."""
    propose(control_plane, "orchard")
    started = merge(control_plane, fleet, "orchard")
    plant = settle_in(control_plane, "orchard")
    first = make_values(1)
    plant.write(first)
    plant.await_values(first)
    return plant, time.monotonic() - started


@pytest.fixture(scope="module")
def orchard(merged: tuple[Plant, float]) -> Plant:
    return merged[0]


@pytest.fixture(scope="module")
def values(orchard: Plant) -> dict[int, float]:
    """All that is in its database."""
    written = {**orchard.read(), **make_values()}
    orchard.write(written)
    orchard.await_values(written)
    return written


@pytest.fixture
def controller(cluster: Cluster) -> Iterator[str]:
    """It is restarted afterwards, however the test ends."""
    yield CONTROLLER
    cluster.start(cluster.record.programs[CONTROLLER])


def kill_in_the_middle(cluster: Cluster, kube: Kube, namespace: str, status: str) -> None:
    """The controller is killed during Helm's operation, and restarted."""
    selector = f"owner=helm,status={status}"
    kube.await_true(lambda: kube.list("secrets", namespace, selector), f"a release that is {status}", 90)
    cluster.stop(CONTROLLER, grace_s=0)
    assert kube.list("secrets", namespace, selector), "it came to its end before the controller was killed"
    cluster.start(cluster.record.programs[CONTROLLER])


def test_time_from_the_merge_to_the_first_sample(merged: tuple[Plant, float]) -> None:
    print(f"\ngitops: from the merge to the first sample read back: {merged[1]:.1f} s")
    assert merged[1] <= FIRST_SAMPLE_WITHIN_S


def test_an_immediate_reconciliation_by_flux_is_requested(
    kube: Kube, fleet: Fleet, merged: tuple[Plant, float]
) -> None:
    source = kube.get("gitrepository", "tenants", FLUX_NAMESPACE)
    assert source is not None
    assert source["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"] == fleet.head()


def test_no_secret_is_ever_in_git(kube: Kube, fleet: Fleet, orchard: Plant) -> None:
    words = ("get", "secret", "influxdb", "--output=go-template={{range .data}}{{. | base64decode}} {{.}} {{end}}")
    history, secrets = fleet.history(), kube("--namespace", orchard.kubernetes, *words).split()
    assert f"tenants/{orchard.slug}.yaml" in history
    assert len(secrets) == 14
    names = {"admin", "writer", "reader"}  # of users, which are no secrets
    assert [each for each in secrets if each in history and each not in names] == []


def test_drift_is_corrected(kube: Kube, orchard: Plant, values: dict[int, float]) -> None:
    patch = '{"spec": {"maxUnavailable": 0}}'
    kube(
        "--namespace",
        orchard.kubernetes,
        "patch",
        "poddisruptionbudget",
        "influxdb",
        "--type=merge",
        f"--patch={patch}",
    )
    kube.delete("networkpolicy", "influxdb", orchard.kubernetes)
    ask = (f"reconcile.fluxcd.io/requestedAt={time.time()}", "--overwrite")  # rather than at its interval
    kube("--namespace", FLUX_NAMESPACE, "annotate", "helmrelease", orchard.kubernetes, *ask)

    def corrected() -> bool:
        budget = kube.get("poddisruptionbudget", "influxdb", orchard.kubernetes)
        policy = kube.get("networkpolicy", "influxdb", orchard.kubernetes)
        return policy is not None and budget is not None and budget["spec"]["maxUnavailable"] == 1

    kube.await_true(corrected, "the correction")
    orchard.await_values(values)


def test_a_controller_that_dies_in_an_upgrade_finishes_it(
    cluster: Cluster, kube: Kube, control_plane: ControlPlane, fleet: Fleet, orchard: Plant, values: dict[int, float],
    controller: str,
) -> None:  # fmt: skip
    name = control_plane.add_release(settings={"cacheMaxMemory": "384m"})
    control_plane.change(orchard.slug, release=name)
    merge(control_plane, fleet, orchard.slug)
    kill_in_the_middle(cluster, kube, orchard.kubernetes, "pending-upgrade")
    control_plane.await_state(orchard.slug, "ready", 240)
    assert revisions(kube, orchard.kubernetes)[-1] == "deployed"
    assert revisions(kube, orchard.kubernetes).count("deployed") == 1
    settings = kube.get("configmap", "influxdb", orchard.kubernetes)
    assert settings is not None and settings["data"]["INFLUXDB_DATA_CACHE_MAX_MEMORY_SIZE"] == "384m"
    orchard.await_values(values)


def test_a_half_installed_release_is_recovered(
    cluster: Cluster, kube: Kube, control_plane: ControlPlane, fleet: Fleet, controller: str
) -> None:
    propose(control_plane, "half-made")
    merge(control_plane, fleet, "half-made")
    namespace = f"pt-{control_plane.operator.ask('GET', '/api/v1/tenants/half-made')['id']}"
    kill_in_the_middle(cluster, kube, namespace, "pending-install")
    plant = settle_in(control_plane, "half-made")
    first = make_values(1)
    plant.write(first)
    plant.await_values(first)
    assert revisions(kube, plant.kubernetes).count("deployed") == 1
    control_plane.delete(plant.slug)
    merge(control_plane, fleet, plant.slug)
    control_plane.await_state(plant.slug, "")


def test_a_file_deleted_in_git_suspends_and_loses_no_sample(
    kube: Kube, control_plane: ControlPlane, fleet: Fleet, orchard: Plant, values: dict[int, float]
) -> None:
    disk = f"influxdb-{orchard.disk}"
    volume = (kube.get("pvc", disk, orchard.kubernetes) or {})["spec"]["volumeName"]
    fleet.delete(orchard.slug)
    control_plane.await_state(orchard.slug, "suspended")
    status = control_plane.operator.ask("GET", f"/api/v1/tenants/{orchard.slug}")["status"]
    assert f"tenants/{orchard.slug}.yaml was deleted in git" in status
    kube.await_true(lambda: not kube.list("pods", orchard.kubernetes), "the end of what ran", 120)
    gone = "the end of Flux's release"
    kube.await_true(lambda: kube.get("helmrelease", orchard.kubernetes, FLUX_NAMESPACE) is None, gone, 120)
    claim = kube.get("pvc", disk, orchard.kubernetes)
    assert claim is not None and (claim["status"]["phase"], claim["spec"]["volumeName"]) == ("Bound", volume)

    control_plane.change(orchard.slug, suspended=False)
    merge(control_plane, fleet, orchard.slug)
    control_plane.await_state(orchard.slug, "ready")
    orchard.await_values(values)


def test_a_deleted_tenant_leaves_nothing(
    kube: Kube, control_plane: ControlPlane, fleet: Fleet, orchard: Plant, before: set[str]
) -> None:
    control_plane.delete(orchard.slug)
    merge(control_plane, fleet, orchard.slug)
    control_plane.await_state(orchard.slug, "")
    assert residue(kube) == before
    assert fleet.branches() == set()
