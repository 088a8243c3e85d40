"""What tenants leave in a cluster: everything that exists only because of a tenant."""

from __future__ import annotations

from tests.cluster.fleet import NAMESPACE as FLUX_NAMESPACE
from tests.cluster.kube import Kube

OF_THE_CLUSTER = ("namespaces", "persistentvolumes", "clusterroles", "clusterrolebindings")
OF_FLUX = ("helmreleases", "helmcharts", "serviceaccounts", "secrets")


def residue(kube: Kube) -> set[str]:
    """To be compared with what there was before."""
    found = {f"{kind}/{name}" for kind in OF_THE_CLUSTER for name in _names(kube, kind)}
    if kube.get("namespace", FLUX_NAMESPACE):
        found |= {f"{kind}/{name} of Flux" for kind in OF_FLUX for name in _names(kube, kind, FLUX_NAMESPACE)}
    return found | {f"folder {each.name}" for each in (kube.cluster.folder / "volumes").iterdir()}


def named_by(kube: Kube, tenant: str, namespace: str) -> list[str]:
    """What the control plane's stores still have under a tenant's id: keys in Redis, files (of documents) on disk."""
    command = 'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli --scan --pattern "*$0*"'
    done = kube.run_in("statefulset/plantrace-redis", namespace, "sh", "-c", command, tenant)
    assert done.returncode == 0, done.stderr
    keys = [key for key in done.stdout.split() if ":dropped:" not in key]  # a mark against late writers, for a while
    return keys + [str(path) for path in (kube.cluster.folder / "volumes").rglob(f"*{tenant}*")]


def revisions(kube: Kube, namespace: str) -> list[str]:
    """The status of each revision of a tenant's release, oldest first."""
    found = kube.list("secrets", namespace, "owner=helm")
    labels = sorted((each["metadata"]["labels"] for each in found), key=lambda each: int(each["version"]))
    return [each["status"] for each in labels]


def _names(kube: Kube, kind: str, namespace: str = "") -> list[str]:
    return [each["metadata"]["name"] for each in kube.list(kind, namespace)]
