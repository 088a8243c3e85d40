"""Flux on the testbed: what is pushed gets deployed; locked down for many tenants, as in production."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster import gitserver
from tests.cluster.kube import Kube, Object
from tests.testbed.cluster import Cluster

pytestmark = pytest.mark.cluster
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: greeting\nversion: {version}\n",
    "chart/values.yaml": "text: hello\n",
    "chart/templates/greeting.yaml": (
        "apiVersion: v1\nkind: ConfigMap\n"
        "metadata: {{name: greeting}}\ndata: {{text: {{{{ .Values.text | quote }}}}}}\n"
    ),
    "release/release.yaml": """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: greeting, namespace: {namespace}}}
spec:
  interval: 5m
  serviceAccountName: installer
  chart:
    spec: {{chart: ./chart, interval: 5s, sourceRef: {{kind: GitRepository, name: repository}}}}
  driftDetection: {{mode: enabled}}
  values: {{text: {text}}}
""",
}


@dataclass(frozen=True)
class Repository:
    checkout: Path
    address: str

    def release(self, namespace: str, version: str, text: str) -> None:
        words = {"namespace": namespace, "version": version, "text": text}
        files = {name: content.format(**words) for name, content in CHART.items()}
        gitserver.push(self.checkout, self.address, files, f"Greeting {version}")


@pytest.fixture
def repository(tmp_path: Path, cluster: Cluster) -> Iterator[Repository]:
    """A git repository, served on the cluster's node."""
    gitserver.make_repository(tmp_path / "served", "greeting")
    with gitserver.git_server(tmp_path / "served", cluster.addresses.node) as address:
        yield Repository(tmp_path / "checkout", f"{address}/greeting")


def make_installer() -> list[Object]:
    """An account with the rights of a release in its namespace, and none elsewhere."""
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}
    rules = [{"apiGroups": ["helm.toolkit.fluxcd.io"], "resources": ["helmreleases"], "verbs": ["*"]}]
    own_role = {**role, "kind": "Role", "name": "releases"}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "installer"}},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": "releases"},
            "rules": rules,
        },
        *(
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "RoleBinding",
                "metadata": {"name": each["name"]},
                "roleRef": each,
                "subjects": [{"kind": "ServiceAccount", "name": "installer"}],
            }
            for each in (role, own_role)
        ),
    ]


def make_sources(address: str, account: str = "installer") -> list[Object]:
    return [
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"name": "repository"},
            "spec": {"url": address, "ref": {"branch": gitserver.BRANCH}, "interval": "1s", "timeout": "20s"},
        },
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": "releases"},
            "spec": {
                "sourceRef": {"kind": "GitRepository", "name": "repository"},
                "path": "./release",
                "interval": "5m",
                "retryInterval": "2s",
                "prune": True,
                **({"serviceAccountName": account} if account else {}),
            },
        },
    ]


def greeting(kube: Kube, namespace: str) -> str:
    found = kube.get("configmap", "greeting", namespace)
    return str(found["data"]["text"]) if found else ""


def test_what_is_pushed_is_released(kube: Kube, namespace: str, repository: Repository) -> None:
    repository.release(namespace, "1.0.0", "hello")
    kube.apply(*make_installer(), *make_sources(repository.address), namespace=namespace)
    kube.await_ready("helmrelease", "greeting", namespace)
    assert greeting(kube, namespace) == "hello"

    repository.release(namespace, "1.0.1", "welcome")
    kube.await_true(lambda: greeting(kube, namespace) == "welcome", "the second release")
    kube.await_ready("helmrelease", "greeting", namespace)


def test_a_restarted_controller_resumes_its_work(
    cluster: Cluster, kube: Kube, namespace: str, repository: Repository
) -> None:
    repository.release(namespace, "1.0.0", "hello")
    cluster.stop("helm-controller", grace_s=0)
    kube.apply(*make_installer(), *make_sources(repository.address), namespace=namespace)
    kube.await_ready("kustomization", "releases", namespace)
    assert greeting(kube, namespace) == ""
    cluster.restart("helm-controller")
    kube.await_ready("helmrelease", "greeting", namespace)
    assert greeting(kube, namespace) == "hello"


def test_without_a_service_account_nothing_may_be_applied(kube: Kube, namespace: str, repository: Repository) -> None:
    repository.release(namespace, "1.0.0", "hello")
    kube.apply(*make_installer(), *make_sources(repository.address, account=""), namespace=namespace)

    def refused() -> bool:
        found = kube.get("kustomization", "releases", namespace) or {}
        conditions = found.get("status", {}).get("conditions", [])
        return any("forbidden" in each["message"] for each in conditions if each["type"] == "Ready")

    kube.await_true(refused, "the refusal", 30)
    assert kube.get("helmrelease", "greeting", namespace) is None
