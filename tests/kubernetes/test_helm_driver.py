"""Driver `helm` against a real Kubernetes API, from the request to the last object."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML

from kernel.errors import BadRequest
from stores.redis.users import RedisUsers
from tenants import operations, pod_credentials, queries
from tenants.drivers import driver_named
from tenants.drivers.helm import runner
from tenants.drivers.helm.driver import HelmDriver
from tenants.drivers.helm.plan import Act
from tenants.drivers.kubernetes import clusters
from tenants.drivers.kubernetes.stores import Stores
from tenants.drivers.kubernetes.values import make_values
from tenants.models import KeptDisk, PodAccount, Tenant
from tenants.steps import server_of
from tests.kubernetes.api_server import ApiServer
from tests.kubernetes.conftest import create, settle

pytestmark = pytest.mark.usefixtures("helm")
CORE = "/api/v1"


def path_of(tenant: Tenant, kind: str, name: str = "") -> str:
    root = "/apis/apps/v1" if kind == "statefulsets" else CORE
    return f"{root}/namespaces/{tenant.endpoints['namespace']}/{kind}" + (f"/{name}" if name else "")


def claim_of(cluster: ApiServer, tenant: Tenant) -> Any:
    return cluster.call("GET", path_of(tenant, "persistentvolumeclaims", tenant.endpoints["claim"]))


def volume_names(cluster: ApiServer) -> set[str]:
    return {each["metadata"]["name"] for each in cluster.call("GET", f"{CORE}/persistentvolumes")["items"]}


def namespaces(cluster: ApiServer) -> set[str]:
    return {each["metadata"]["name"] for each in cluster.call("GET", f"{CORE}/namespaces")["items"]}


def revisions(tenant: Tenant) -> list[Any]:
    access = clusters.access_to("")
    request = {"kubeconfig": access.kubeconfig, "namespace": tenant.endpoints["namespace"], "release": "tenant"}
    found: list[Any] = runner.call("status", request)
    return found


def remove(tenant: Tenant, keep_disk: bool = False) -> None:
    operations.delete(tenant.slug, tenant.slug, keep_disk)
    assert settle(tenant.slug) is None


def test_a_request_becomes_a_namespace_a_secret_a_release_and_a_disk(cluster: ApiServer) -> None:
    tenant = create(name="Harbour", size={"disk_gib": 3})
    namespace = cluster.call("GET", f"{CORE}/namespaces/{tenant.endpoints['namespace']}")
    labels = namespace["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["plantrace.io/slug"] == tenant.slug
    secret = cluster.call("GET", path_of(tenant, "secrets", "influxdb"))["data"]
    assert tenant.secrets is not None
    assert base64.b64decode(secret["reader-password"]).decode() == tenant.secrets.reader.password
    claim = claim_of(cluster, tenant)
    assert (claim["status"]["phase"], claim["status"]["capacity"]["storage"]) == ("Bound", "3Gi")
    assert tenant.endpoints["http"] == f"http://influxdb.pt-{tenant.id}.svc:8086"
    assert [each["status"] for each in revisions(tenant)] == ["deployed"]


def test_no_password_is_in_the_release_or_the_preview(cluster: ApiServer) -> None:
    tenant = create()
    assert tenant.secrets is not None
    text = msgspec.json.encode(revisions(tenant)).decode()
    access = clusters.access_to("")
    request = {"kubeconfig": access.kubeconfig, "namespace": tenant.endpoints["namespace"], "release": "tenant"}
    text += msgspec.json.encode(runner.call("manifest", request)).decode()
    text += "".join(each.text for each in driver_named("helm").preview(server_of(tenant)))
    for user in (tenant.secrets.admin, tenant.secrets.writer, tenant.secrets.reader):
        assert user.password not in text


def test_the_preview_equals_what_is_installed(cluster: ApiServer) -> None:
    tenant = create()
    access = clusters.access_to("")
    request = {"kubeconfig": access.kubeconfig, "namespace": tenant.endpoints["namespace"], "release": "tenant"}
    installed = runner.call("manifest", request)
    shown = [each.text for each in HelmDriver().preview(server_of(tenant)) if each.name.startswith("tenantstack/")]
    objects = [each for text in shown for each in YAML(typ="safe").load_all(text) if each]
    assert len(objects) > 8
    assert sorted(map(str, objects)) == sorted(str(each) for each in YAML(typ="safe").load_all(installed) if each)


def test_run_twice_it_changes_nothing(cluster: ApiServer) -> None:
    tenant = create()
    before = cluster.call("GET", path_of(tenant, "statefulsets", "influxdb"))["metadata"]["generation"]
    driver_named("helm").ensure_server(server_of(tenant), lambda message: None)
    assert len(revisions(tenant)) == 1
    assert cluster.call("GET", path_of(tenant, "statefulsets", "influxdb"))["metadata"]["generation"] == before


def test_a_suspended_tenant_has_no_pod_and_can_be_resumed(cluster: ApiServer) -> None:
    tenant = create()
    operations.suspend(tenant.slug)
    settle(tenant.slug)
    assert cluster.call("GET", path_of(tenant, "statefulsets", "influxdb"))["spec"]["replicas"] == 0
    operations.resume(tenant.slug)
    settle(tenant.slug)
    assert cluster.call("GET", path_of(tenant, "statefulsets", "influxdb"))["status"]["readyReplicas"] == 1


def test_a_disk_grows_and_never_shrinks(cluster: ApiServer) -> None:
    tenant = create(size={"disk_gib": 2})
    operations.change(tenant.slug, operations.Changes(size={"disk_gib": 4}))
    assert Tenant.objects.get(pk=tenant.pk).state == "upgrading"
    settle(tenant.slug)
    assert claim_of(cluster, tenant)["spec"]["resources"]["requests"]["storage"] == "4Gi"
    with pytest.raises(BadRequest, match="a disk only grows"):
        operations.change(tenant.slug, operations.Changes(size={"disk_gib": 3}))


def test_failures_are_explained(cluster: ApiServer, settings: Any) -> None:
    settings.TENANT_VALUES = {"images": {"influxdb": {"tag": "broken"}}}
    operations.create(operations.NewTenant(slug="broken-image"))
    tenant = _after_rounds("broken-image", 12)
    [step] = tenant.steps.filter(name="server")
    assert step.state == "waiting"
    assert "influxdb-0: ImagePullBackOff: there is no such tag" in step.message
    settings.TENANT_VALUES = {}
    settled = settle("broken-image")
    assert settled is not None and settled.state == "ready", "mended, it goes on by itself"


def _after_rounds(slug: str, count: int) -> Tenant:
    from tenants import reconciler

    for _ in range(count):
        Tenant.objects.filter(slug=slug).update(not_before=None)
        reconciler.reconcile()
        time.sleep(0.1)
    return Tenant.objects.get(slug=slug)


def token_in(secret: dict[str, str] | None) -> str:
    return base64.b64decode((secret or {})["CONTROL_TOKEN"]).decode()


def test_stores_are_open_to_a_namespace_only_while_its_pods_need_them(
    cluster: ApiServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stores are real; only the names by which a cluster would find them are not."""
    users = RedisUsers(settings.REDIS_URL)
    stores = Stores("redis://:pw@redis.example.org/0", "mongodb://one.example.org/", "http://web.example.org", "")
    monkeypatch.setattr("tenants.drivers.kubernetes.cluster_driver._stores", lambda server: stores)
    tenant = create()

    def written() -> dict[str, str] | None:
        named = {each["metadata"]["name"]: each for each in cluster.call("GET", path_of(tenant, "secrets"))["items"]}
        return named["plantrace-settings"]["data"] if "plantrace-settings" in named else None

    assert written() is None and not PodAccount.objects.filter(pk=tenant.pk).exists()
    settings.TENANT_VALUES = {"backup": {"enabled": True}}
    driver_named("helm").ensure_server(server_of(tenant), lambda message: None)
    found = written()
    known = {name: base64.b64decode(value).decode() for name, value in (found or {}).items()}
    assert set(known) == {"REDIS_URL", "MONGODB_URI", "CONTROL_URL", "CONTROL_TOKEN"}
    assert pod_credentials.tenant_of_service_token(known["CONTROL_TOKEN"]) == tenant
    assert f"tenant-{tenant.pk}" in users.names()
    driver_named("helm").ensure_server(server_of(tenant), lambda message: None)
    assert written() == found, "the same ones again"
    operations.renew_pod_credentials(tenant.slug)
    assert pod_credentials.tenant_of_service_token(known["CONTROL_TOKEN"]) is None
    assert settle(tenant.slug)
    assert pod_credentials.tenant_of_service_token(token_in(written())) == tenant
    known["CONTROL_TOKEN"] = token_in(written())
    jobs = f"/apis/batch/v1/namespaces/{tenant.endpoints['namespace']}/cronjobs"
    assert [each["metadata"]["name"] for each in cluster.call("GET", jobs)["items"]] == ["backup"]
    settings.TENANT_VALUES = {}
    driver_named("helm").ensure_server(server_of(tenant), lambda message: None)
    assert written() is None
    assert pod_credentials.tenant_of_service_token(known["CONTROL_TOKEN"]) is None
    assert f"tenant-{tenant.pk}" not in users.names()


def test_renewed_credentials_restart_the_pods_that_sign_in_with_them(
    cluster: ApiServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = Stores("redis://:pw@redis.example.org/0", "mongodb://one.example.org/", "http://web.example.org", "")
    monkeypatch.setattr("tenants.drivers.kubernetes.cluster_driver._stores", lambda server: stores)
    settings.TENANT_VALUES = {"writer": {"enabled": True}}
    tenant = create()

    def of_the_writer() -> Any:
        path = f"/apis/apps/v1/namespaces/{tenant.endpoints['namespace']}/deployments/writer"
        return cluster.call("GET", path)["spec"]["template"]

    before = of_the_writer()
    driver_named("helm").ensure_server(server_of(tenant), lambda message: None)
    assert of_the_writer() == before
    operations.renew_pod_credentials(tenant.slug)
    assert settle(tenant.slug)
    after = of_the_writer()
    assert after["metadata"]["annotations"] != before["metadata"]["annotations"]
    assert after["spec"] == before["spec"]
    remove(tenant)


def test_deleted_without_its_disk_nothing_is_left(cluster: ApiServer) -> None:
    before = volume_names(cluster)
    tenant = create()
    assert volume_names(cluster) != before
    remove(tenant)
    assert volume_names(cluster) == before
    assert tenant.endpoints["namespace"] not in namespaces(cluster)


def test_a_kept_disk_is_adopted_by_its_id_and_only_so(cluster: ApiServer) -> None:
    before = volume_names(cluster)
    tenant = create(size={"disk_gib": 5})
    volume = claim_of(cluster, tenant)["spec"]["volumeName"]
    remove(tenant, keep_disk=True)
    kept = KeptDisk.objects.get(pk=tenant.disk)
    assert kept.volume == volume
    assert tenant.endpoints["namespace"] not in namespaces(cluster)
    assert cluster.call("GET", f"{CORE}/persistentvolumes/{volume}")["status"]["phase"] == "Released"

    other = create()
    assert claim_of(cluster, other)["spec"]["volumeName"] != volume, "a new tenant starts empty"

    heir = create(adopt_disk=kept.id)
    claim = claim_of(cluster, heir)
    assert (claim["status"]["phase"], claim["spec"]["volumeName"]) == ("Bound", volume)
    assert heir.endpoints["namespace"] != tenant.endpoints["namespace"]
    assert heir.size["disk_gib"] == 5
    assert queries.kept_disks() == []
    assert heir.secrets is not None and tenant.secrets is not None
    assert heir.secrets.reader.password != tenant.secrets.reader.password

    remove(heir)
    remove(other)
    assert volume_names(cluster) == before


def test_a_dropped_disk_is_deleted_from_the_cluster(cluster: ApiServer) -> None:
    from django.utils import timezone

    from tenants import reconciler

    before = volume_names(cluster)
    tenant = create()
    remove(tenant, keep_disk=True)
    assert volume_names(cluster) != before
    operations.drop_disk(tenant.disk, tenant.disk)
    deadline = time.monotonic() + 90
    while volume_names(cluster) != before:
        assert time.monotonic() < deadline
        reconciler.drop_disks(timezone.now())
        time.sleep(0.2)


@pytest.mark.parametrize("act", [Act.install, Act.upgrade])
def test_a_release_whose_worker_was_killed_converges(cluster: ApiServer, chart: Path, act: Act, tmp_path: Path) -> None:
    """Helm's process is killed (-9) in the middle, so the release is left pending; then the reconciler takes it up."""
    tenant = create()
    if act is Act.install:
        driver_named("helm").remove_server(server_of(tenant), lambda message: None)
    volume = claim_of(cluster, tenant)["spec"]["volumeName"]
    assert _left_pending(cluster, tenant, chart, act, tmp_path / "temporary") == f"pending-{act}"
    operations.suspend(tenant.slug)
    settle(tenant.slug)
    operations.resume(tenant.slug)
    settled = settle(tenant.slug)
    assert settled is not None and settled.state == "ready", settled and settled.error
    assert revisions(tenant)[-1]["status"] == "deployed"
    states = [each["status"] for each in revisions(tenant)]
    assert states.count("deployed") == 1 and not [each for each in states if each.startswith("pending")], states
    assert claim_of(cluster, tenant)["spec"]["volumeName"] == volume, "the same disk"


def _left_pending(cluster: ApiServer, tenant: Tenant, chart: Path, act: Act, temporary: Path) -> str:
    """Kill the process as soon as the release says `pending-…`. What it says then."""
    values = {**make_values(server_of(tenant), "example.org"), "serviceMonitor": {"enabled": False}}
    body = {
        "action": act, "parent": os.getpid(), "timeout": 60, "kubeconfig": cluster.kubeconfig, "values": values,
        "namespace": tenant.endpoints["namespace"], "release": "tenant", "chart": str(chart), "max_history": 5,
    }  # fmt: skip
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen(runner._command(), stdin=subprocess.PIPE, start_new_session=True, env=environment)
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(body))
    process.stdin.close()
    selector = f"?labelSelector=owner%3Dhelm,status%3Dpending-{act}"
    deadline = time.monotonic() + 90
    while not cluster.call("GET", path_of(tenant, "secrets") + selector)["items"]:
        assert time.monotonic() < deadline and process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert list(temporary.iterdir()) == [], "no file with the cluster's keys"
    return str(revisions(tenant)[-1]["status"])


def test_a_cancelled_operation_ends_at_once(cluster: ApiServer, chart: Path) -> None:
    tenant = create()
    access = clusters.access_to("")

    class Enough(Exception):
        pass

    def look() -> None:
        raise Enough

    request = {
        "kubeconfig": access.kubeconfig, "namespace": tenant.endpoints["namespace"], "release": "tenant",
        "chart": str(chart), "values": {"tenant": {"id": tenant.id}}, "max_history": 5, "revision": 1,
    }  # fmt: skip
    started = time.monotonic()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Enough):
        patch.setattr(runner, "POLL_INTERVAL_S", 0.01)
        runner.call("upgrade", request, 60, look)
    assert time.monotonic() - started < 15


def test_a_tenant_may_have_a_cluster_of_its_own(cluster: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = ApiServer(tmp_path_factory.mktemp("second"))
    try:
        other.start()
        with pytest.raises(BadRequest, match=r"none \(leave it empty for the shared one\)"):
            operations.create(operations.NewTenant(slug="far-away", cluster="north"))
        clusters.save_cluster("north", other.kubeconfig, "http://{namespace}.north.example:8086")
        tenant = create(cluster="north")
        assert tenant.endpoints["http"] == f"http://pt-{tenant.id}.north.example:8086"
        assert tenant.endpoints["namespace"] in namespaces(other)
        assert tenant.endpoints["namespace"] not in namespaces(cluster)
        with pytest.raises(BadRequest, match=f"Tenants live in cluster north: {tenant.slug}"):
            clusters.remove_cluster("north")
        remove(tenant)
        clusters.remove_cluster("north")
        assert tenant.endpoints["namespace"] not in namespaces(other)
    finally:
        other.stop()
