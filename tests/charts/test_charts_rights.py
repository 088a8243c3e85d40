"""The control plane's rights in Kubernetes: enough for a tenant's life cycle, and no more."""

from __future__ import annotations

from itertools import product

import pytest

from tests.charts.rendering import Manifest, of_kind, render, rendered

Rights = set[tuple[str, str, str]]  # API group, resource, verb
PLURALS = {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"}
WRITE = ("get", "list", "watch", "create", "update", "patch", "delete")
FULL, SMALL = ("plantrace", "full"), ("plantrace", "minimal")


def rights(role: Manifest) -> Rights:
    found: Rights = set()
    for rule in role["rules"]:
        found |= set(product(rule["apiGroups"], rule["resources"], rule["verbs"]))
    return found


def roles(key: tuple[str, str]) -> dict[str, Rights]:
    return {name: rights(role) for name, role in of_kind(rendered()[key], "ClusterRole").items()}


def resource(manifest: Manifest) -> tuple[str, str]:
    kind = manifest["kind"]
    group = manifest["apiVersion"].rpartition("/")[0]
    return group, PLURALS.get(kind, kind.lower() + "s")


def test_no_role_uses_wildcards() -> None:
    for key in (FULL, SMALL):
        for kind in ("ClusterRole", "Role"):
            for role in of_kind(rendered()[key], kind).values():
                for rule in role["rules"]:
                    assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]
                    assert {"escalate", "impersonate", "deletecollection"}.isdisjoint(rule["verbs"])


def test_in_the_whole_cluster_it_sees_namespaces_and_disks_and_no_secret() -> None:
    assert roles(SMALL)["plantrace-control"] == {
        *product([""], ["namespaces"], WRITE),
        *product([""], ["persistentvolumes"], ["get", "list", "watch", "patch"]),
        *product(["storage.k8s.io"], ["storageclasses"], ["get", "list"]),
        *product(["rbac.authorization.k8s.io"], ["rolebindings"], ["get", "list", "create", "patch", "delete"]),
        ("rbac.authorization.k8s.io", "clusterroles", "bind"),
    }
    [binding] = of_kind(rendered()[SMALL], "ClusterRoleBinding").values()
    assert binding["roleRef"]["name"] == "plantrace-control"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "plantrace-control", "namespace": "plantrace"}]


def test_it_can_bind_only_the_two_roles_of_a_tenants_namespace() -> None:
    [control] = [role for name, role in of_kind(rendered()[SMALL], "ClusterRole").items() if name.endswith("control")]
    [rule] = [rule for rule in control["rules"] if "bind" in rule["verbs"]]
    assert rule["resourceNames"] == ["plantrace-tenant", "plantrace-release"]


@pytest.mark.parametrize("role", ["plantrace-tenant", "plantrace-release"])
def test_in_a_tenants_namespace_it_can_do_all_that_the_chart_needs(role: str) -> None:
    allowed = roles(SMALL)[role]
    for name, manifests in rendered().items():
        for manifest in manifests if name[0] == "tenantstack" else []:
            for verb in WRITE:
                if verb == "delete" and manifest["kind"] == "PersistentVolumeClaim":
                    continue
                assert (*resource(manifest), verb) in allowed, f"{role}: {verb} {manifest['kind']}"
    assert set(product([""], ["secrets"], WRITE)) <= allowed, "Helm's own record of a release"


def test_in_a_tenants_namespace_it_can_do_nothing_that_the_chart_does_not_need() -> None:
    kinds = {resource(each) for name, all_ in rendered().items() if name[0] == "tenantstack" for each in all_}
    looked_at = {
        ("", "pods"),
        ("", "events"),
        ("", "pods/log"),
        ("apps", "replicasets"),
        ("apps", "controllerrevisions"),
    }
    for group, kind, verb in roles(SMALL)["plantrace-tenant"]:
        if (group, kind, verb) == ("", "pods", "delete"):
            continue  # of an older revision, one that never became ready: it would block the upgrade forever
        if (group, kind) in looked_at:
            assert verb in ("get", "list", "watch")
        else:
            assert (group, kind) in {*kinds, ("", "secrets")}, f"{verb} {kind}"


def test_only_the_control_plane_may_delete_a_claim() -> None:
    delete = ("", "persistentvolumeclaims", "delete")
    assert delete in roles(SMALL)["plantrace-tenant"]
    assert delete not in roles(SMALL)["plantrace-release"]
    assert roles(SMALL)["plantrace-release"] < roles(SMALL)["plantrace-tenant"]


def test_cluster_wide_access_only_if_requested() -> None:
    def bound(key: tuple[str, str]) -> set[str]:
        return {each["roleRef"]["name"] for each in of_kind(rendered()[key], "ClusterRoleBinding").values()}

    assert bound(SMALL) == {"plantrace-control"}
    assert bound(FULL) == {"plantrace-control", "plantrace-tenant"}


def test_it_reads_and_suspends_flux_objects_but_creates_none() -> None:
    [role] = of_kind(rendered()[FULL], "Role").values()
    assert role["metadata"]["namespace"] == "plantrace-tenants"
    flux = {each for each in rights(role) if each[0]}
    assert {verb for _, _, verb in flux} == {"get", "list", "watch", "patch"}
    assert {group.partition(".")[0] for group, _, _ in flux} == {"helm", "kustomize", "source"}
    assert rights(role) - flux == {("", "serviceaccounts", verb) for verb in ("get", "list", "delete")}


def test_two_releases_have_roles_of_their_own() -> None:
    other = render("plantrace", {}, name="second", namespace="second")
    assert set(of_kind(other, "ClusterRole")).isdisjoint(of_kind(rendered()[SMALL], "ClusterRole"))
