"""The rights of the control plane's account on a real cluster: these, and no others.

The tests of tenants show that they suffice, as the control plane has no others there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from tests.cluster.control_plane import ACCOUNT, ControlPlane, onboard
from tests.cluster.fleet import NAMESPACE as FLUX_NAMESPACE
from tests.cluster.kube import Kube

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
Rights = dict[str, str]  # by resource (with its API group): verbs, in order

WRITE = "create delete get list patch update watch"
READ = "get list watch"
# Kubernetes lets every account ask who it is and what it may.
EVERYBODYS: Rights = {
    "selfsubjectaccessreviews.authorization.k8s.io": "create",
    "selfsubjectreviews.authentication.k8s.io": "create",
    "selfsubjectrulesreviews.authorization.k8s.io": "create",
}
EVERYWHERE: Rights = {
    **EVERYBODYS,
    "namespaces": WRITE,
    "persistentvolumes": "get list patch watch",
    "storageclasses.storage.k8s.io": "get list",
    "rolebindings.rbac.authorization.k8s.io": "create delete get list patch",
    "clusterroles.rbac.authorization.k8s.io (plantrace-release)": "bind",
    "clusterroles.rbac.authorization.k8s.io (plantrace-tenant)": "bind",
}
WITH_A_TENANT: Rights = {
    **EVERYWHERE,
    **dict.fromkeys(("configmaps", "secrets", "services", "serviceaccounts", "resourcequotas", "limitranges"), WRITE),
    **dict.fromkeys(("persistentvolumeclaims", "deployments.apps", "statefulsets.apps"), WRITE),
    **dict.fromkeys(("cronjobs.batch", "jobs.batch"), WRITE),
    **dict.fromkeys(("ingresses.networking.k8s.io", "networkpolicies.networking.k8s.io"), WRITE),
    "poddisruptionbudgets.policy": WRITE,
    "servicemonitors.monitoring.coreos.com": WRITE,
    **dict.fromkeys(("events", "replicasets.apps", "controllerrevisions.apps"), READ),
    "pods": f"delete {READ}",
    "pods/log": "get",
}
WITH_FLUX: Rights = {
    **EVERYWHERE,
    "helmreleases.helm.toolkit.fluxcd.io": "get list patch watch",
    "kustomizations.kustomize.toolkit.fluxcd.io": "get list patch watch",
    **{
        f"{kind}.source.toolkit.fluxcd.io": "get list patch watch"
        for kind in ("gitrepositories", "helmcharts", "helmrepositories")
    },
    "serviceaccounts": "delete get list",
}


def rights(kube: Kube, namespace: str) -> Rights:
    """Of the account in a namespace, as the API server itself tells."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    user = f"system:serviceaccount:{ControlPlane.namespace}:{ACCOUNT}"
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{ControlPlane.namespace}", "system:authenticated")
    words = [
        "create",
        "--validate=false",
        "--filename=-",
        "--output=json",
        f"--as={user}",
        *(f"--as-group={each}" for each in groups),
    ]
    status = json.loads(kube.cluster.kubectl(*words, given=json.dumps(review)))["status"]
    assert not status["incomplete"]
    found: dict[str, set[str]] = {}
    for rule in status["resourceRules"]:
        for name in _names(rule["apiGroups"], rule["resources"], rule.get("resourceNames", [])):
            found.setdefault(name, set()).update(rule["verbs"])
    return {name: " ".join(sorted(verbs)) for name, verbs in found.items()}


def _names(groups: list[str], resources: list[str], only: list[str]) -> Iterable[str]:
    for resource in resources:
        for group in groups:
            name = f"{resource}.{group}" if group else resource
            yield from (f"{name} ({each})" for each in only) if only else [name]


@pytest.mark.parametrize("namespace", [ControlPlane.namespace, "kube-system", "default", "flux-system"])
def test_outside_tenants_namespaces_it_has_hardly_any_rights(
    kube: Kube, control_plane: ControlPlane, namespace: str
) -> None:
    assert rights(kube, namespace) == EVERYWHERE


def test_in_a_tenants_namespace_it_has_the_rights_that_the_chart_needs(kube: Kube, control_plane: ControlPlane) -> None:
    plant, _ = onboard(control_plane, "of-rights", driver="helm")
    assert rights(kube, plant.kubernetes) == WITH_A_TENANT
    control_plane.delete(plant.slug)
    control_plane.await_state(plant.slug, "")


def test_with_flux_it_may_read_and_suspend(kube: Kube, control_plane: ControlPlane) -> None:
    assert rights(kube, FLUX_NAMESPACE) == WITH_FLUX


def test_no_other_process_has_a_token(kube: Kube, control_plane: ControlPlane) -> None:
    for pod in kube.list("pods", control_plane.namespace):
        part = pod["metadata"]["labels"]["app.kubernetes.io/component"]
        projected = [each for each in pod["spec"]["volumes"] if "projected" in each or "secret" in each]
        assert bool(projected) is (part == "control"), part
        assert pod["spec"]["serviceAccountName"] == (ACCOUNT if part == "control" else "default"), part


@pytest.mark.parametrize(
    "words",
    [
        ("create", "namespace", "elsewhere"),
        ("delete", "namespace", "kube-public"),
        ("create", "rolebinding", "more", "--clusterrole=plantrace-tenant", "--user=x", "--namespace=kube-system"),
        ("create", "rolebinding", "more", "--clusterrole=admin", "--user=x", "--namespace=plantrace"),
    ],
)
def test_rights_and_cluster_policy_keep_it_to_tenants_namespaces(
    kube: Kube, control_plane: ControlPlane, words: tuple[str, ...]
) -> None:
    """The right to make namespaces names none, so that it takes both."""
    user = f"--as=system:serviceaccount:{control_plane.namespace}:{ACCOUNT}"
    with pytest.raises(Exception, match=r"(?i)forbidden|denied|whose names begin with pt-"):
        kube(*words, user, "--dry-run=server")
