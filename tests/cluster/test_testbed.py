"""The testbed is a real cluster: containers run, disks are folders, services have addresses and names."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cluster.kube import Kube, Object, make_claim, make_container, make_pod, make_service
from tests.testbed.cluster import Cluster

pytestmark = pytest.mark.cluster
INFLUXDB = "docker.io/library/influxdb:1.8.10"
REDIS = "docker.io/library/redis:7.2-bookworm"


def make_influxdb() -> Object:
    folders = {f"INFLUXDB_{name}_DIR": f"/disk/{name.lower()}" for name in ("META", "DATA", "DATA_WAL")}
    environment = [{"name": name, "value": value} for name, value in folders.items()]
    probe = {"httpGet": {"path": "/ping", "port": 8086}, "periodSeconds": 1}
    mounts = [{"name": "disk", "mountPath": "/disk"}, {"name": "tmp", "mountPath": "/tmp"}]
    more = {"env": environment, "readinessProbe": probe, "volumeMounts": mounts}
    volumes = [{"name": "disk", "persistentVolumeClaim": {"claimName": "disk"}}, {"name": "tmp", "emptyDir": {}}]
    return make_pod("influxdb", 10002, [make_container("influxdb", INFLUXDB, ["influxd"], **more)], volumes)


@pytest.fixture
def influxdb(kube: Kube, namespace: str) -> str:
    """Address of a real InfluxDB in a pod, on a disk of its own, by its service."""
    kube.apply(make_claim("disk"), make_service("influxdb", 8086), make_influxdb(), namespace=namespace)
    address = f"http://influxdb.{namespace}:8086"
    await_influxdb(kube, namespace)
    requests.post(f"{address}/query", params={"q": "CREATE DATABASE plant"}, timeout=10).raise_for_status()
    return address


def await_influxdb(kube: Kube, namespace: str) -> None:
    """A pod is ready a moment before its service leads to it."""
    kube.await_ready("pod", "influxdb", namespace)

    def answers() -> bool:
        try:
            return requests.get(f"http://influxdb.{namespace}:8086/ping", timeout=2).status_code == 204
        except requests.ConnectionError:
            return False

    kube.await_true(answers, "InfluxDB behind its service", 10)


def write(address: str, value: float) -> None:
    response = requests.post(f"{address}/write", params={"db": "plant"}, data=f"flow value={value} 1000", timeout=10)
    assert response.status_code == 204, response.text


def read(address: str) -> float:
    response = requests.get(f"{address}/query", params={"db": "plant", "q": "SELECT value FROM flow"}, timeout=10)
    value: float = response.json()["results"][0]["series"][0]["values"][0][1]
    return value


def volume_of(kube: Kube, claim: str, namespace: str) -> str:
    found = kube.get("pvc", claim, namespace)
    assert found is not None and found["status"]["phase"] == "Bound"
    return str(found["spec"]["volumeName"])


def test_every_program_runs_and_the_node_is_ready(cluster: Cluster, kube: Kube) -> None:
    assert [name for name in cluster.record.programs if not cluster.is_running(name)] == []
    kube.await_ready("node", "node-0", "")


def test_nothing_beyond_this_machine_can_be_reached(cluster: Cluster) -> None:
    for address in ("192.0.2.1", "8.8.8.8"):
        with pytest.raises(OSError, match="unreachable"):
            socket.create_connection((address, 443), timeout=2)


def test_samples_outlive_their_pod(kube: Kube, namespace: str, influxdb: str) -> None:
    write(influxdb, 12.5)
    kube.delete("pod", "influxdb", namespace)
    kube.apply(make_influxdb(), namespace=namespace)
    await_influxdb(kube, namespace)
    assert read(influxdb) == 12.5


def test_samples_outlive_a_power_failure_of_the_node(
    cluster: Cluster, kube: Kube, namespace: str, influxdb: str
) -> None:
    write(influxdb, 7.25)
    cluster.stop_node()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{influxdb}/ping", timeout=2)
    cluster.start_node()

    def restarted() -> bool:
        pod = kube.get("pod", "influxdb", namespace)
        states = pod["status"].get("containerStatuses", []) if pod else []
        return any(state["restartCount"] > 0 and state["ready"] for state in states)

    kube.await_true(restarted, "the pod after the restart of its node")
    await_influxdb(kube, namespace)
    assert read(influxdb) == 7.25


def test_a_claims_folder_is_deleted_with_it(cluster: Cluster, kube: Kube, namespace: str, influxdb: str) -> None:
    volume = volume_of(kube, "disk", namespace)
    folder = cluster.folder / "volumes" / volume
    assert (folder / "data").is_dir()
    kube.delete("pod", "influxdb", namespace)
    kube.delete("pvc", "disk", namespace)
    kube.await_true(lambda: kube.get("pv", volume) is None, "the end of the volume")
    assert not folder.exists()


@pytest.fixture
def kept(cluster: Cluster, kube: Kube) -> Iterator[list[str]]:
    """Names of volumes that the test keeps; they and their folders are removed after it."""
    names: list[str] = []
    yield names
    for name in names:
        kube("patch", "pv", name, "--patch", '{"spec": {"persistentVolumeReclaimPolicy": "Delete"}}')
        kube.await_true(lambda name=name: kube.get("pv", name) is None, f"the end of {name}")


def test_a_kept_disk_can_be_bound_to_another_claim(
    cluster: Cluster, kube: Kube, namespace: str, influxdb: str, kept: list[str]
) -> None:
    write(influxdb, 3.5)
    volume = volume_of(kube, "disk", namespace)
    kube("patch", "pv", volume, "--patch", '{"spec": {"persistentVolumeReclaimPolicy": "Retain"}}')
    kube.delete("pod", "influxdb", namespace)
    kube.delete("pvc", "disk", namespace)
    kube.await_true(lambda: (kube.get("pv", volume) or {})["status"]["phase"] == "Released", "the volume's release")
    assert (cluster.folder / "volumes" / volume / "data").is_dir()

    kept.append(volume)
    kube("patch", "pv", volume, "--type=json", "--patch", '[{"op": "remove", "path": "/spec/claimRef"}]')
    claim = make_claim("disk")
    claim["spec"]["volumeName"] = volume
    kube.apply(claim, make_influxdb(), namespace=namespace)
    await_influxdb(kube, namespace)
    assert read(influxdb) == 3.5
    kube.delete("pod", "influxdb", namespace)
    kube.delete("pvc", "disk", namespace)


def test_a_claim_grows_while_it_is_used(kube: Kube, namespace: str, influxdb: str) -> None:
    kube.apply(make_claim("disk", "3Gi"), namespace=namespace)

    def size() -> str:
        return str((kube.get("pvc", "disk", namespace) or {})["status"]["capacity"]["storage"])

    kube.await_true(lambda: size() == "3Gi", "the larger disk")
    volume = kube.get("pv", volume_of(kube, "disk", namespace))
    assert volume is not None and volume["spec"]["capacity"]["storage"] == "3Gi"
    write(influxdb, 1)


def test_a_pod_finds_services_by_name(kube: Kube, namespace: str, influxdb: str) -> None:
    mounts = [{"name": "data", "mountPath": "/data"}]
    command = ["redis-server", "--dir", "/data", "--protected-mode", "no"]
    redis = make_container("redis", REDIS, command, volumeMounts=mounts)
    pod = make_pod("redis", 10005, [redis], [{"name": "data", "emptyDir": {}}])
    kube.apply(make_service("redis", 6379), pod, namespace=namespace)
    kube.await_ready("pod", "redis", namespace)
    service = kube.get("service", "influxdb", namespace)
    assert service is not None
    for name in ("influxdb", f"influxdb.{namespace}", f"influxdb.{namespace}.svc.cluster.local"):
        assert service["spec"]["clusterIP"] in kube.run_in("redis", namespace, "getent", "hosts", name).stdout
    # Through the service, back to itself.
    assert "PONG" in kube.run_in("redis", namespace, "redis-cli", "-h", "redis", "ping").stdout
    assert kube.run_in("redis", namespace, "getent", "hosts", "nowhere.example").returncode == 2


def test_a_pod_with_too_many_rights_is_rejected(kube: Kube, namespace: str) -> None:
    pod = make_influxdb()
    pod["spec"]["hostNetwork"] = True
    with pytest.raises(Exception, match="violates PodSecurity"):
        kube.apply(pod, namespace=namespace)


def test_a_volume_is_a_folder_on_the_clusters_own_disk(
    cluster: Cluster, kube: Kube, namespace: str, influxdb: str
) -> None:
    volume = kube.get("pv", volume_of(kube, "disk", namespace))
    assert volume is not None
    folder = Path(volume["spec"]["local"]["path"])
    assert folder.parent == cluster.folder / "volumes"
    assert (folder / "data").stat().st_uid == 10002
