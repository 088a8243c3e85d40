"""One tenant's file in git. Pure.

The HelmRelease is in the namespace of the chart's source, since Flux's lock-down forbids references into other
namespaces; it acts as a service account of the tenant's, which has a role in the tenant's namespace only. What must
outlive a deleted file says so: namespace and claim (the disk), and the account by which Flux uninstalls the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenants.drivers.base import Server
from tenants.drivers.kubernetes import names
from tenants.drivers.kubernetes.manifests import KEEP_IN_GIT, Object, labels, make_namespace
from tenants.drivers.kubernetes.values import Values, digest_of
from tenants.drivers.kubernetes.yaml import dump

WANTED, RING = "plantrace.io/wanted", "plantrace.io/ring"
OPENS_WITHIN = "15m"  # a database with years of data takes long to open
RETRY = {"timeout": OPENS_WITHIN, "strategy": {"name": "RetryOnFailure", "retryInterval": "30s"}}
# A claim larger than in the file is left alone: claims cannot shrink.
DRIFT = {
    "mode": "enabled",
    "ignore": [{"paths": ["/spec/resources/requests/storage"], "target": {"kind": "PersistentVolumeClaim"}}],
}
HEADER = "# Written by Plantrace's control plane, which says so when somebody deletes it, and suspends the tenant.\n"


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of the repository and of its cluster."""

    folder: str = "tenants"
    namespace: str = "plantrace-tenants"  # of the HelmReleases and of the chart's source
    source: str = "HelmRepository/plantrace"
    chart: str = "tenantstack"
    cluster_role: str = "plantrace-release"  # what a tenant's service account may do in the tenant's namespace
    repository: str = "tenants"  # Flux's GitRepository of the tenants' files, in the same namespace


def path_of(slug: str, layout: Layout, cluster: str = "") -> str:
    """The path of the tenant's file; each cluster has a folder of its own, as each has its own Flux."""
    return "/".join(part for part in (layout.folder, cluster, f"{slug}.yaml") if part)


def account_of(tenant: str) -> str:
    return f"tenant-{tenant}"


def make_file(server: Server, values: Values, layout: Layout) -> str:
    release = make_release(server, values, layout)
    return HEADER + dump(make_namespace(server), *make_account(server, layout), release)


def make_account(server: Server, layout: Layout) -> list[Object]:
    namespace = server.endpoints["namespace"]
    account = {"name": account_of(server.tenant), "namespace": layout.namespace}
    kept = {"labels": labels(server), "annotations": KEEP_IN_GIT}
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {**account, **kept},
            "automountServiceAccountToken": False,
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "release", "namespace": namespace, **kept},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": layout.cluster_role},
            "subjects": [{"kind": "ServiceAccount", **account}],
        },
    ]


def make_release(server: Server, values: Values, layout: Layout) -> Object:
    namespace, version = server.endpoints["namespace"], server.software.chart_version
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {
            "name": namespace,
            "namespace": layout.namespace,
            "labels": {**labels(server), **({RING: server.ring} if server.ring else {})},
            "annotations": {WANTED: digest_of(values, layout.chart, version)},
        },
        "spec": {
            "interval": "10m",
            "timeout": OPENS_WITHIN,
            "releaseName": names.RELEASE,
            "targetNamespace": namespace,
            "storageNamespace": namespace,
            "serviceAccountName": account_of(server.tenant),
            "chart": {"spec": _chart(layout, version)},
            "install": {"createNamespace": False, **RETRY},
            "upgrade": RETRY,
            "rollback": {"timeout": OPENS_WITHIN},
            "uninstall": {"timeout": "10m", "deletionPropagation": "foreground"},
            "driftDetection": DRIFT,
            "maxHistory": 5,
            "values": values,
        },
    }


def _chart(layout: Layout, version: str) -> dict[str, Any]:
    """A Helm repository has versions; a git repository or a bucket has exactly one."""
    kind, _, name = layout.source.partition("/")
    spec: dict[str, Any] = {"chart": layout.chart, "interval": "10m", "sourceRef": {"kind": kind, "name": name}}
    if kind == "HelmRepository" and version:
        spec["version"] = version
    return spec
