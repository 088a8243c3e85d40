"""Driver `helm` in the control plane installed by its chart: real tenants, from the API call to the last folder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from tests.charts.policies import Network, Pod
from tests.cluster.control_plane import SMALL, ControlPlane, Plant, make_values, onboard, settle_in
from tests.cluster.kube import Kube, Object
from tests.cluster.residue import named_by, residue
from tests.testbed.cluster import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]  # the first of them installs the control plane
FIRST_SAMPLE_WITHIN_S = 30


@pytest.fixture(scope="module")
def harbour(control_plane: ControlPlane) -> tuple[Plant, float]:
    return onboard(control_plane, "harbour", driver="helm", name="Harbour Tower")


@pytest.fixture(scope="module")
def quarry(control_plane: ControlPlane, harbour: tuple[Plant, float]) -> Plant:
    """Somebody else."""
    return onboard(control_plane, "quarry", driver="helm")[0]


@pytest.fixture(scope="module")
def kept_values(harbour: tuple[Plant, float]) -> dict[int, float]:
    """What is in harbour's database from now on."""
    values = {**harbour[0].read(), **make_values()}
    harbour[0].write(values)
    harbour[0].await_values(values)
    return values


def test_from_the_call_of_the_api_to_the_first_sample(
    harbour: tuple[Plant, float], control_plane: ControlPlane
) -> None:
    steps = control_plane.operator.ask("GET", "/api/v1/tenants/harbour")["steps"]
    took = ", ".join(f"{step['name']} {step['seconds']:.1f}" for step in steps)
    print(f"\nhelm: from the API call to the first sample read back: {harbour[1]:.1f} s (steps, in s: {took})")
    assert harbour[1] <= FIRST_SAMPLE_WITHIN_S


def test_neither_tenants_token_reaches_the_other(harbour: tuple[Plant, float], quarry: Plant) -> None:
    for own, other in ((harbour[0], quarry), (quarry, harbour[0])):
        assert own.device.call("GET", own.samples + "?start=0&end=1000").status_code == 200
        for path in (
            f"{other.samples}?start=0&end=1000",
            f"/api/v1/sites/{other.site}",
            f"{own.samples}?tenant={other.slug}",
        ):
            assert own.device.call("GET", path).status_code == 404, path
        line = f"{other.site},sensor={other.sensor} value=1"
        assert own.device.call("POST", f"/write?tenant={other.slug}", data=line).status_code == 404
        assert own.device.call("POST", "/write", data=line).status_code == 400, "its own tenant has no such site"
        assert list(other.read()) != []


def test_each_tenants_database_answers_the_control_plane_only(
    kube: Kube, control_plane: ControlPlane, harbour: tuple[Plant, float], quarry: Plant
) -> None:
    """By the policies as objects: nothing on the testbed enforces them."""
    network = Network(kube.list("networkpolicies"))
    pods = {name: _pod(kube, control_plane.namespace, name) for name in ("web", "control", "writer", "redis")}
    ours, theirs = (_pod(kube, each.kubernetes, "influxdb") for each in (harbour[0], quarry))
    for name in ("web", "control", "writer"):
        assert network.allows(pods[name], ours, 8086), name
    assert [name for name in pods if network.allows(pods[name], ours, 8088)] == ["control"], "the backup port"
    assert not network.allows(pods["redis"], ours, 8086)
    assert not any(network.allows(*pair, 8086) for pair in ((ours, theirs), (theirs, ours)))
    assert not network.allows(ours, pods["web"], 8000) and not network.reaches(ours, "169.254.169.254", 80)


def test_samples_outlive_their_pod(kube: Kube, harbour: tuple[Plant, float], kept_values: dict[int, float]) -> None:
    plant = harbour[0]
    pod = _influxdb(kube, plant)
    kube("--namespace", plant.kubernetes, "delete", "pod", "influxdb-0", "--grace-period=0", "--force")
    _await_new(kube, plant, lambda: _influxdb(kube, plant)["metadata"]["uid"] != pod["metadata"]["uid"])
    plant.await_values(kept_values)


def test_samples_outlive_a_power_failure_of_the_node(
    cluster: Cluster,
    kube: Kube,
    control_plane: ControlPlane,
    harbour: tuple[Plant, float],
    kept_values: dict[int, float],
) -> None:
    """The control plane's own stores fail with it, and what was accepted a moment before."""
    plant = harbour[0]
    last = {max(kept_values) + 1000: 99.5}
    plant.write(last)
    kept_values.update(last)
    cluster.stop_node()
    with pytest.raises(requests.RequestException):
        requests.get(f"{control_plane.url}/healthz", timeout=2)
    cluster.start_node()
    _await_new(kube, plant, lambda: _influxdb(kube, plant)["status"]["containerStatuses"][0]["restartCount"] > 0)
    control_plane.await_answer()
    plant.await_values(kept_values, 120)


def test_samples_outlive_an_upgrade_and_its_roll_back(
    cluster: Cluster,
    kube: Kube,
    control_plane: ControlPlane,
    harbour: tuple[Plant, float],
    kept_values: dict[int, float],
) -> None:
    """A roll-out to another image with other settings; then this tenant goes back to what it was."""
    plant, operator = harbour[0], control_plane.operator
    cluster.tag("docker.io/library/influxdb:1.8.10", "docker.io/library/influxdb:1.8.10-next")
    image = {"influxdb": "docker.io/library/influxdb:1.8.10-next"}
    name = control_plane.add_release(images=image, settings={"cacheMaxMemory": "256m"})
    rollout = operator.ask("POST", "/api/v1/rollouts", release=name, gate={"soak_s": 1})["id"]
    path = f"/api/v1/rollouts/{rollout}"

    def states() -> dict[str, str]:
        return {each["tenant"]: each["state"] for each in (operator.look(f"{path}/members") or {}).get("results", [])}

    kube.await_true(lambda: states().get(plant.slug) == "done", f"the roll-out, which says {states()}", 240)
    assert _influxdb(kube, plant)["spec"]["containers"][0]["image"] == image["influxdb"]
    plant.await_values(kept_values)
    kube.await_true(lambda: operator.look(path).get("state") == "done", "the end of the roll-out", 240)

    operator.ask("POST", f"{path}/rollback", tenant=plant.slug)
    kube.await_true(lambda: states().get(plant.slug) == "returned", f"the way back, which says {states()}", 240)
    control_plane.await_state(plant.slug, "ready")
    assert _influxdb(kube, plant)["spec"]["containers"][0]["image"] != image["influxdb"]
    plant.await_values(kept_values)


def test_a_kept_disk_is_adopted_only_by_the_tenant_that_names_it(
    kube: Kube, control_plane: ControlPlane, harbour: tuple[Plant, float], kept_values: dict[int, float]
) -> None:
    plant = harbour[0]
    passwords = _passwords(kube, plant)
    control_plane.delete(plant.slug, keep_disk=True)
    control_plane.await_state(plant.slug, "")
    assert plant.device.call("GET", plant.samples).status_code == 401, "its tokens are dead"
    disks = control_plane.operator.ask("GET", "/api/v1/disks")["results"]
    assert [each["id"] for each in disks if each["slug"] == plant.slug] == [plant.disk]
    assert kube.get("namespace", plant.kubernetes) is None

    stranger, _ = onboard(control_plane, plant.slug, driver="helm")
    assert len(stranger.read()) == 1, "a name that is used again starts empty"
    control_plane.delete(stranger.slug)
    control_plane.await_state(stranger.slug, "")

    wanted = {"driver": "helm", "adopt_disk": plant.disk, "size": SMALL}
    control_plane.operator.ask("POST", "/api/v1/tenants", slug="harbour-again", **wanted)
    heir = settle_in(control_plane, "harbour-again", plant)
    heir.await_values(kept_values)
    for user, old in passwords.items():
        assert _signs_in(heir, user, old) is False, user
    new = _passwords(kube, heir)
    assert all(_signs_in(heir, user, password) for user, password in new.items())
    control_plane.delete(heir.slug)
    control_plane.await_state(heir.slug, "")


def test_a_deleted_tenant_leaves_nothing(kube: Kube, control_plane: ControlPlane) -> None:
    before = residue(kube)
    plant, _ = onboard(control_plane, "short-lived", driver="helm")
    assert residue(kube) > before
    assert named_by(kube, plant.id, control_plane.namespace) != []
    control_plane.delete(plant.slug)
    control_plane.await_state(plant.slug, "")
    assert residue(kube) == before
    assert named_by(kube, plant.id, control_plane.namespace) == []


def _influxdb(kube: Kube, plant: Plant) -> Object:
    return kube.get("pod", "influxdb-0", plant.kubernetes) or {"metadata": {"uid": ""}, "status": {}}


def _await_new(kube: Kube, plant: Plant, is_new: Callable[[], bool]) -> None:
    """Its pod was recreated or restarted, and answers."""

    def ready() -> bool:
        return all(
            each["ready"] for each in _influxdb(kube, plant)["status"].get("containerStatuses", [{"ready": False}])
        )

    kube.await_true(lambda: is_new() and ready(), f"the new InfluxDB of {plant.slug}", 120)


def _passwords(kube: Kube, plant: Plant) -> dict[str, str]:
    """Of the three users of its database, by their names."""
    words = (
        "get",
        "secret",
        "influxdb",
        "--output=go-template={{range $k, $v := .data}}{{$k}} {{$v | base64decode}}\n{{end}}",
    )
    lines = kube("--namespace", plant.kubernetes, *words).split("\n")
    found = dict(line.split(" ", 1) for line in lines if line)
    return {found[f"{role}-username"]: found[f"{role}-password"] for role in ("admin", "writer", "reader")}


def _signs_in(plant: Plant, user: str, password: str) -> bool:
    address = f"http://influxdb.{plant.kubernetes}:8086/query"
    response = requests.get(address, params={"q": "SHOW DATABASES"}, auth=(user, password), timeout=10)
    assert response.status_code in (200, 401), response.text
    return response.status_code == 200


def _pod(kube: Kube, namespace: str, component: str) -> Pod:
    [found] = kube.list("pods", namespace, f"app.kubernetes.io/component={component}")
    there = kube.get("namespace", namespace)
    assert there is not None
    return Pod(namespace, found["metadata"]["labels"], there["metadata"]["labels"])
