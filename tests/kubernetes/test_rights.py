"""The control plane with the rights of its chart, under the cluster policy: no more are needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from runtime.supervisor import Supervisor
from tenants import operations
from tenants.drivers.helm import runner
from tenants.models import KeptDisk, Tenant
from tests.isolation import ROOT
from tests.kubernetes.api_server import ApiServer
from tests.kubernetes.conftest import create, settle
from tests.kubernetes.test_helm_driver import claim_of, namespaces, remove, volume_names

CONTROL = ROOT / "charts" / "plantrace"
POLICY = ROOT / "k8s" / "policy"
NAMESPACE, RELEASE = "elsewhere", "second"  # what the policy calls nobody by itself
ACCOUNT = f"{RELEASE}-control"
PATHS = {
    "ServiceAccount": f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "ValidatingAdmissionPolicy": "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
}


@pytest.fixture(scope="module")
def account(cluster: ApiServer, chart: Path) -> Iterator[str]:
    """The kubeconfig of the control plane's own service account, as its chart makes it."""
    cluster.call("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    rendered = runner.call("render", {
        "chart": str(CONTROL), "release": RELEASE, "namespace": NAMESPACE, "values": {}})  # fmt: skip
    control = [text for path, text in rendered.items() if "/templates/control/" in path]
    policy = runner.call("render", {
        "chart": str(POLICY), "release": "policy", "namespace": NAMESPACE,
        "values": {"controlPlanes": [{"release": RELEASE, "namespace": NAMESPACE}]}}).values()  # fmt: skip
    created: list[str] = []
    for text in [*control, *policy]:
        for each in YAML(typ="safe").load_all(text):
            if each and each["kind"] in PATHS:
                path = f"{PATHS[each['kind']]}/{each['metadata']['name']}"
                apply = "?fieldManager=test&force=true"  # other tests may have made one of that name
                cluster.call("PATCH", path + apply, json.loads(json.dumps(each)), "application/apply-patch+yaml")
                created.append(path)
    assert len(created) > 8
    token_request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": 7200},
    }
    token = cluster.call("POST", f"{PATHS['ServiceAccount']}/{ACCOUNT}/token", token_request)["status"]["token"]
    known = json.loads(cluster.kubeconfig)
    known["users"] = [{"name": "u", "user": {"token": token}}]
    yield json.dumps(known)
    for path in created:
        cluster.call("DELETE", path)


@pytest.fixture
def control(account: str, chart: Path, servers: Supervisor, settings: Any, tmp_path: Path, db: None) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(account)
    settings.TENANT_DRIVERS = ["helm"]
    settings.KUBECONFIG = str(kubeconfig)
    settings.TENANT_CHART = str(chart)
    settings.TENANTS_SIMULATED = True
    settings.CONTROL_ACCOUNT = f"{NAMESPACE}/{ACCOUNT}"
    settings.CONTROL_CLUSTER_ROLE = f"{RELEASE}-tenant"


def test_a_tenants_life_cycle_needs_no_other_rights(control: None, cluster: ApiServer, settings: Any) -> None:
    volumes = volume_names(cluster)
    tenant = create(size={"disk_gib": 2})
    operations.change(tenant.slug, operations.Changes(size={"disk_gib": 3}))
    assert _settled(tenant).state == "ready"
    operations.suspend(tenant.slug)
    assert _settled(tenant).state == "suspended"
    operations.resume(tenant.slug)
    assert _settled(tenant).state == "ready"
    volume = claim_of(cluster, tenant)["spec"]["volumeName"]
    remove(tenant, keep_disk=True)
    assert KeptDisk.objects.get(pk=tenant.disk).volume == volume

    heir = create(adopt_disk=tenant.disk)
    assert claim_of(cluster, heir)["spec"]["volumeName"] == volume
    remove(heir)
    assert volume_names(cluster) == volumes
    assert heir.endpoints["namespace"] not in namespaces(cluster)


def test_a_pod_that_blocks_an_upgrade_may_be_deleted(control: None, cluster: ApiServer, settings: Any) -> None:
    settings.TENANT_VALUES = {"images": {"influxdb": {"tag": "broken"}}}
    operations.create(operations.NewTenant(slug="held-up"))
    from tests.kubernetes.test_helm_driver import _after_rounds

    assert "ImagePullBackOff" in _after_rounds("held-up", 15).steps.get(name="server").message
    settings.TENANT_VALUES = {}
    settled = settle("held-up")
    assert settled is not None and settled.state == "ready"
    remove(settled)


def test_nothing_beyond_tenants_namespaces_can_be_touched(control: None, cluster: ApiServer, settings: Any) -> None:
    from tenants.drivers.base import DriverError
    from tenants.drivers.kubernetes import clusters

    api = clusters.access_to("").api
    for call in (
        lambda: api.delete("Namespace", "kube-public"),
        lambda: api.get("Secret", "anything", "kube-system"),
        lambda: api.list("Pod"),
        lambda: api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}}),
    ):
        with pytest.raises(DriverError, match=r"forbidden|denied|Forbidden"):
            call()
    assert "kube-public" in namespaces(cluster)


def _settled(tenant: Tenant) -> Tenant:
    found = settle(tenant.slug)
    assert found is not None
    return found
