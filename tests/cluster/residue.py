"""What tenants leave in a cluster: everything that only a tenant brings along."""

from __future__ import annotations

from pathlib import Path

from tests.cluster.fleet import NAMESPACE as FLUX_NAMESPACE
from tests.cluster.kube import Kube

OF_THE_CLUSTER = ("namespaces", "persistentvolumes", "clusterroles", "clusterrolebindings")
OF_FLUX = ("helmreleases", "helmcharts", "serviceaccounts", "secrets")


def residue(kube: Kube) -> set[str]:
    """To be compared with what there was before."""
    found = {f"{kind}/{name}" for kind in OF_THE_CLUSTER for name in _names(kube, kind)}
    if kube.get("namespace", FLUX_NAMESPACE):
        found |= {f"{kind}/{name} of Flux" for kind in OF_FLUX for name in _names(kube, kind, FLUX_NAMESPACE)}
    folders = Path(kube.cluster.folder / "volumes").iterdir()
    return found | {f"folder {each.name}" for each in folders}


def revisions(kube: Kube, namespace: str) -> list[str]:
    """What became of each revision of a tenant's release, oldest first."""
    found = kube.list("secrets", namespace, "owner=helm")
    labels = sorted((each["metadata"]["labels"] for each in found), key=lambda each: int(each["version"]))
    return [each["status"] for each in labels]


def _names(kube: Kube, kind: str, namespace: str = "") -> list[str]:
    return [each["metadata"]["name"] for each in kube.list(kind, namespace)]
