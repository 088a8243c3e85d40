"""Driver `gitops`, with git's server and Flux's controllers: from a request to a file to a workload and back."""

from __future__ import annotations

import base64
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from access.models import AuditEntry
from runtime.supervisor import Supervisor
from tenants import operations, reconciler
from tenants.drivers import driver_named
from tenants.models import KeptDisk, Tenant
from tests.gitops.git_server import PASSWORD, USER, GitServer, git, push_as_somebody
from tests.kubernetes import flux
from tests.kubernetes.api_server import ApiServer
from tests.kubernetes.conftest import create, settle
from tests.kubernetes.test_helm_driver import claim_of, namespaces, path_of, volume_names
from tests.waiting import wait_until

RELEASES = f"/apis/helm.toolkit.fluxcd.io/v2/namespaces/{flux.TENANTS}/helmreleases"


KINDS = {
    "gitrepositories": {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository"},
    "kustomizations": {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization"},
}


@dataclass
class Fleet:
    """The repository of tenants, as Flux sees it and as a person does."""

    bare: Path
    url: str
    work: Path

    def files(self) -> list[str]:
        listed = git("-C", str(self.bare), "ls-tree", "-r", "--name-only", "main", "tenants").split()
        return [path for path in listed if path.endswith(".yaml")]

    def text(self, slug: str) -> str:
        return git("-C", str(self.bare), "show", f"main:tenants/{slug}.yaml")

    def delete(self, slug: str) -> None:
        push_as_somebody(self.bare, self.work, f"tenants/{slug}.yaml", None)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, cluster: ApiServer, chart: Path) -> Iterator[Fleet]:
    if absent := flux.missing():
        pytest.skip(f"Flux's controllers are not built: {', '.join(absent)}")
    folder = tmp_path_factory.mktemp("fleet")
    server = GitServer(folder / "git")
    bare, work = server.make("fleet.git"), folder / "work"
    push_as_somebody(bare, work, "README.md", "Our tenants\n")
    shutil.copytree(chart, work / "charts" / "tenantstack")
    _push_chart(work)
    flux.start(cluster)
    _flux_objects(cluster, server.url("fleet.git"))
    yield Fleet(bare, server.url("fleet.git"), work)
    flux.stop(cluster)
    server.stop()


def _push_chart(work: Path) -> None:
    git("-C", str(work), "add", "charts")
    git("-C", str(work), "commit", "-q", "-m", "The chart")
    git("-C", str(work), "push", "-q", "origin", "HEAD:main")


def _flux_objects(cluster: ApiServer, url: str) -> None:
    """A source, and a Kustomization of the tenants' files that prunes what is gone."""
    encode = lambda text: base64.b64encode(text.encode()).decode()  # noqa: E731
    login = {"username": encode(USER), "password": encode(PASSWORD)}
    everything = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    source = {"url": url, "interval": "1s", "ref": {"branch": "main"}, "secretRef": {"name": "git"}}
    files = {
        "sourceRef": {"kind": "GitRepository", "name": "tenants"}, "path": "./tenants", "prune": True, "wait": False,
        "interval": "2s", "retryInterval": "1s",
    }  # fmt: skip
    here = f"namespaces/{flux.TENANTS}"
    make(cluster, f"/api/v1/{here}/secrets", "git", data=login)
    make(cluster, "/apis/rbac.authorization.k8s.io/v1/clusterroles", "plantrace-release", rules=everything)
    make(cluster, f"/apis/source.toolkit.fluxcd.io/v1/{here}/gitrepositories", "tenants", spec=source)
    make(cluster, f"/apis/kustomize.toolkit.fluxcd.io/v1/{here}/kustomizations", "tenants", spec=files)


def make(cluster: ApiServer, path: str, name: str, **content: Any) -> None:
    cluster.call("POST", path, {**KINDS.get(path.rpartition("/")[2], {}), "metadata": {"name": name}, **content})


@pytest.fixture
def gitops(cluster: ApiServer, fleet: Fleet, servers: Supervisor, settings: Any, tmp_path: Path, db: None) -> Fleet:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(cluster.kubeconfig)
    settings.TENANT_DRIVERS = ["gitops"]
    settings.KUBECONFIG = str(kubeconfig)
    settings.TENANTS_SIMULATED = True
    settings.GITOPS_REMOTE, settings.GITOPS_USERNAME, settings.GITOPS_TOKEN = fleet.url, USER, PASSWORD
    settings.GITOPS_SOURCE, settings.GITOPS_CHART = "GitRepository/tenants", "./charts/tenantstack"
    settings.GITOPS_POLL_S = 0
    return fleet


def remove(tenant: Tenant, keep_disk: bool = False) -> None:
    operations.delete(tenant.slug, tenant.slug, keep_disk)
    assert settle(tenant.slug) is None


def test_a_request_becomes_a_file_and_the_file_becomes_a_tenant(gitops: Fleet, cluster: ApiServer) -> None:
    volumes = volume_names(cluster)
    tenant = create(name="Harbour", size={"disk_gib": 3})
    text = gitops.text(tenant.slug)
    assert tenant.secrets is not None
    for user in (tenant.secrets.admin, tenant.secrets.writer, tenant.secrets.reader):
        assert user.password not in git("-C", str(gitops.bare), "log", "-p", "main"), "secrets never enter git"
    assert "kind: Secret" not in text
    release = cluster.call("GET", f"{RELEASES}/{tenant.endpoints['namespace']}")
    assert release["spec"]["targetNamespace"] == tenant.endpoints["namespace"]
    assert claim_of(cluster, tenant)["status"]["phase"] == "Bound"
    assert cluster.call("GET", path_of(tenant, "secrets", "influxdb"))["data"]

    before = git("-C", str(gitops.bare), "rev-parse", "main")
    driver_named("gitops").ensure_server(_server_of(tenant), print)
    assert git("-C", str(gitops.bare), "rev-parse", "main") == before, "run twice, it changes nothing"

    remove(tenant)
    assert gitops.files() == []
    assert volume_names(cluster) == volumes
    assert tenant.endpoints["namespace"] not in namespaces(cluster)
    accounts = cluster.call("GET", f"/api/v1/namespaces/{flux.TENANTS}/serviceaccounts")["items"]
    assert f"tenant-{tenant.id}" not in [each["metadata"]["name"] for each in accounts]


def _server_of(tenant: Tenant) -> Any:
    from tenants.steps import server_of

    return server_of(tenant)


def test_deleting_a_file_in_git_suspends_the_tenant_and_keeps_its_disk(gitops: Fleet, cluster: ApiServer) -> None:
    tenant = create()
    volume = claim_of(cluster, tenant)["spec"]["volumeName"]
    gitops.delete(tenant.slug)
    wait_until(lambda: not cluster.call("GET", path_of(tenant, "statefulsets"))["items"])  # Flux took the release away

    reconciler.suspend_withdrawn()
    suspended = settle(tenant.slug)
    assert suspended is not None
    assert suspended.state == "suspended"
    assert f"tenants/{tenant.slug}.yaml was deleted in git" in suspended.error
    assert AuditEntry.objects.filter(action="tenant.withdrawn", target=tenant.id).count() == 1
    claim = claim_of(cluster, tenant)
    assert (claim["status"]["phase"], claim["spec"]["volumeName"]) == ("Bound", volume)
    reconciler.suspend_withdrawn()
    assert gitops.files() == [], "nobody writes it again by himself"

    operations.resume(tenant.slug)
    resumed = settle(tenant.slug)
    assert resumed is not None and (resumed.state, resumed.error) == ("ready", "")
    assert gitops.files() == [f"tenants/{tenant.slug}.yaml"]
    assert claim_of(cluster, tenant)["spec"]["volumeName"] == volume, "the same disk, with all that was on it"
    remove(tenant)


def test_a_suspended_tenant_is_left_alone_by_flux(gitops: Fleet, cluster: ApiServer) -> None:
    tenant = create()
    operations.suspend(tenant.slug)
    settle(tenant.slug)
    time.sleep(4)  # Flux looks every 2 s
    assert cluster.call("GET", path_of(tenant, "statefulsets", "influxdb"))["spec"]["replicas"] == 0
    operations.resume(tenant.slug)
    resumed = settle(tenant.slug)
    assert resumed is not None and resumed.state == "ready"
    assert cluster.call("GET", path_of(tenant, "statefulsets", "influxdb"))["status"]["readyReplicas"] == 1


def test_a_kept_disk_is_adopted_through_git_too(gitops: Fleet, cluster: ApiServer) -> None:
    tenant = create(size={"disk_gib": 2})
    volume = claim_of(cluster, tenant)["spec"]["volumeName"]
    remove(tenant, keep_disk=True)
    assert KeptDisk.objects.get(pk=tenant.disk).volume == volume
    heir = create(adopt_disk=tenant.disk)
    claim = claim_of(cluster, heir)
    assert (claim["status"]["phase"], claim["spec"]["volumeName"]) == ("Bound", volume)


def test_flux_messages_are_shown_to_users(gitops: Fleet, cluster: ApiServer, settings: Any) -> None:
    settings.GITOPS_CHART = "./charts/no-such-chart"
    operations.create(operations.NewTenant(slug="no-chart"))

    def told() -> bool:
        Tenant.objects.filter(slug="no-chart").update(not_before=None)
        reconciler.reconcile()
        [step] = Tenant.objects.get(slug="no-chart").steps.filter(name="server")
        return step.state == "waiting" and "no-such-chart" in step.message

    wait_until(told)
    settings.GITOPS_CHART = "./charts/tenantstack"
    repaired = settle("no-chart")
    assert repaired is not None and repaired.state == "ready"
