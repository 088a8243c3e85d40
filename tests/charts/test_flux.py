"""The files in k8s/ are valid and locked down, and a tenant's file never deletes a disk."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml

from tests.charts.rendering import Manifest, Values, of_kind, render, rendered
from tests.charts.schemas import complaint
from tests.charts.test_charts_rights import Rights, rights
from tests.isolation import ROOT

K8S = ROOT / "k8s"
POLICY = "ValidatingAdmissionPolicy"
TENANT = {
    "id": "t4k2m9q4xwa", "slug": "harbour", "name": "Harbour Tower", "fqdn": "harbour.plants.example",
    "disk": "d7x2m9q4xwb", "size": "20Gi", "ring": "canary", "release": "0.1.0",
}  # fmt: skip
NO_KUBERNETES = {"kustomization.yaml", "github.yaml", "gitlab.yaml", "tenant.yaml"}
FILES = sorted(file for file in K8S.rglob("*.yaml") if "policy" not in file.parts and file.name not in NO_KUBERNETES)


def documents(file: Path) -> list[Manifest]:
    return [each for each in yaml.safe_load_all(file.read_text()) if each]


@pytest.fixture(scope="module")
def text() -> str:
    return Template((K8S / "tenant" / "tenant.yaml").read_text().partition("\n")[2]).substitute(TENANT)


@pytest.fixture(scope="module")
def tenant(text: str) -> dict[str, Manifest]:
    return {each["kind"]: each for each in yaml.safe_load_all(text)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_valid_for_kubernetes_and_flux(file: Path) -> None:
    found = documents(file)
    assert found
    assert [each for each in map(complaint, found) if each] == []


def test_every_file_of_flux_is_applied() -> None:
    [overlay] = documents(K8S / "flux" / "kustomization.yaml")
    files = {file.name for file in (K8S / "flux").glob("*.yaml")} - {"kustomization.yaml"}
    assert "tenants.yaml" in files
    assert set(overlay["resources"]) == files


def test_flux_is_locked_down() -> None:
    [overlay] = documents(K8S / "flux-system" / "kustomization.yaml")
    flags: dict[str, set[str]] = {}
    for patch in overlay["patches"]:
        for change in yaml.safe_load(patch["patch"]):
            if patch["target"]["kind"] == "Deployment":
                assert change["path"] == "/spec/template/spec/containers/0/args/-"
                flags.setdefault(change["value"], set()).add(patch["target"]["name"])

    def reaches(flag: str, controller: str) -> bool:
        return any(re.fullmatch(target, f"{controller}-controller") for target in flags[flag])

    for controller in ("helm", "kustomize", "image-reflector", "image-automation", "notification"):
        assert reaches("--no-cross-namespace-refs=true", controller)
    for controller in ("helm", "kustomize"):
        assert reaches("--default-service-account=default", controller)
    assert reaches("--no-remote-bases=true", "kustomize")
    assert not reaches("--no-cross-namespace-refs=true", "source"), "it has no such flag and would not start"


def test_a_tenants_file_is_valid_for_kubernetes_and_flux(tenant: dict[str, Manifest]) -> None:
    assert list(tenant) == ["Namespace", "ServiceAccount", "RoleBinding", "HelmRelease"]
    assert [each for each in map(complaint, tenant.values()) if each] == []


def test_the_chart_accepts_the_values_of_a_tenants_file(tenant: dict[str, Manifest]) -> None:
    values = tenant["HelmRelease"]["spec"]["values"]
    manifests = render("tenantstack", values, name=tenant["HelmRelease"]["spec"]["releaseName"])
    assert {each["metadata"]["namespace"] for each in manifests} == {tenant["Namespace"]["metadata"]["name"]}
    assert "influxdb-d7x2m9q4xwb" in of_kind(manifests, "PersistentVolumeClaim")


def test_deleting_a_file_removes_the_workload_but_neither_disk_nor_account(tenant: dict[str, Manifest]) -> None:
    prune = "kustomize.toolkit.fluxcd.io/prune"
    kept = {kind for kind, each in tenant.items() if each["metadata"].get("annotations", {}).get(prune) == "disabled"}
    assert kept == {"Namespace", "ServiceAccount", "RoleBinding"}
    assert tenant["HelmRelease"]["spec"]["values"]["disk"]["keep"] is True
    [applied] = documents(K8S / "flux" / "tenants.yaml")
    assert applied["spec"]["deletionPolicy"] == "Orphan"


def test_a_release_acts_in_its_tenants_namespace_only(tenant: dict[str, Manifest]) -> None:
    release, namespace = tenant["HelmRelease"], tenant["Namespace"]["metadata"]["name"]
    spec, account = release["spec"], tenant["ServiceAccount"]["metadata"]
    assert (
        spec["targetNamespace"]
        == spec["storageNamespace"]
        == tenant["RoleBinding"]["metadata"]["namespace"]
        == namespace
    )
    assert (spec["serviceAccountName"], release["metadata"]["namespace"]) == (account["name"], account["namespace"])
    [subject] = tenant["RoleBinding"]["subjects"]
    assert (subject["name"], subject["namespace"]) == (account["name"], account["namespace"])
    assert tenant["RoleBinding"]["roleRef"]["name"] in of_kind(rendered()["plantrace", "minimal"], "ClusterRole")


def test_a_release_corrects_drift_retries_and_has_timeouts(tenant: dict[str, Manifest]) -> None:
    spec = tenant["HelmRelease"]["spec"]
    assert spec["driftDetection"]["mode"] == "enabled"
    for action in ("install", "upgrade"):
        assert spec[action]["strategy"]["name"] == "RetryOnFailure"
    assert all(spec[action]["timeout"] for action in ("install", "upgrade", "rollback", "uninstall"))
    assert spec["timeout"]


def test_drift_leaves_out_a_claims_size_only(tenant: dict[str, Manifest]) -> None:
    [ignored] = tenant["HelmRelease"]["spec"]["driftDetection"]["ignore"]
    assert ignored == {"paths": ["/spec/resources/requests/storage"], "target": {"kind": "PersistentVolumeClaim"}}
    claims = of_kind(rendered()["tenantstack", "minimal"], "PersistentVolumeClaim")
    assert all(claim["spec"]["resources"]["requests"]["storage"] for claim in claims.values())


def test_no_secret_is_in_git(text: str) -> None:
    assert not re.search(r"password|token: |kind: Secret", text)
    kinds = {each["kind"] for file in FILES for each in documents(file)}
    assert "Kustomization" in kinds and "Secret" not in kinds


@pytest.mark.parametrize(
    ("ring", "taken"),
    [
        ("canary", {"1.4.0", "1.4.0-rc.1", "1.4.0-canary.2"}),
        ("early", {"1.4.0", "1.4.0-rc.1"}),
        ("all", {"1.4.0"}),
    ],
)
def test_each_ring_gets_its_own_releases(ring: str, taken: set[str], text: str) -> None:
    policies = of_kind(documents(K8S / "flux" / "images.yaml"), "ImagePolicy")
    pattern = policies[f"plantrace-{ring}"]["spec"]["filterTags"]["pattern"]
    tags = {"1.4.0", "1.4.0-rc.1", "1.4.0-canary.2", "latest", "main-3f2a", "1.4", "v1.4.0", "1.4.0-alpha.1"}
    assert {tag for tag in tags if re.match(pattern, tag)} == taken
    [named] = {marker.split(":")[1] for marker in re.findall(r'"\$imagepolicy": "([^"]+)"', text)}
    assert named in policies


def test_new_releases_are_proposed_on_a_branch_and_never_pushed_to_the_main_one() -> None:
    [automation] = of_kind(documents(K8S / "flux" / "images.yaml"), "ImageUpdateAutomation").values()
    git = automation["spec"]["git"]
    assert git["push"]["branch"] != git["checkout"]["ref"]["branch"]


def test_nothing_in_flux_refers_to_another_namespace() -> None:
    def references(part: Any) -> list[Any]:
        if isinstance(part, dict):
            found = [each for key, each in part.items() if key.endswith("Ref")]
            return found + [each for value in part.values() for each in references(value)]
        return [each for value in part for each in references(value)] if isinstance(part, list) else []

    manifests = [each for file in (K8S / "flux").glob("*.yaml") for each in documents(file)]
    ours = [each for each in manifests if ".fluxcd.io/" in each["apiVersion"]]
    named = [reference for each in ours for reference in references(each["spec"])]
    assert {each["metadata"]["namespace"] for each in ours} == {"plantrace-tenants"}
    assert named and not [each for each in named if "namespace" in each]


def test_the_account_applying_tenants_files_has_no_other_rights(tenant: dict[str, Manifest]) -> None:
    access = documents(K8S / "flux" / "access.yaml")
    [cluster], [local] = (list(of_kind(access, kind).values()) for kind in ("ClusterRole", "Role"))
    allowed: Rights = rights(cluster) | rights(local)
    wanted = {
        ("", "namespaces"), ("", "serviceaccounts"), ("rbac.authorization.k8s.io", "rolebindings"),
        ("helm.toolkit.fluxcd.io", "helmreleases"),
    }  # fmt: skip
    assert {(group, kind) for group, kind, _ in allowed} == {*wanted, ("rbac.authorization.k8s.io", "clusterroles")}
    for group, kind in wanted:
        assert {verb for each, name, verb in allowed if (each, name) == (group, kind)} >= {"get", "create", "patch"}
    assert {kind for _, kind, verb in allowed if verb == "delete"} == {"helmreleases"}
    [rule] = [rule for rule in cluster["rules"] if "bind" in rule["verbs"]]
    assert rule["resourceNames"] == [tenant["RoleBinding"]["roleRef"]["name"]]


def test_the_customers_pipeline_runs_our_own_command() -> None:
    pipelines = {file.name: file.read_text() for file in (K8S / "ci").glob("*.yaml")}
    assert pipelines.keys() == {"github.yaml", "gitlab.yaml"}
    assert all("manage.py tenants validate" in text for text in pipelines.values())
    [workflow] = documents(K8S / "ci" / "github.yaml")
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["validate"]["timeout-minutes"]


def policies(values: Values) -> list[Manifest]:
    return render("plantrace", values, K8S / "policy", name="policy")


def named(manifests: list[Manifest], policy: str) -> set[str]:
    """Whom a policy calls by name."""
    return set(re.findall(r"'(system:serviceaccount:[^']+)'", str(of_kind(manifests, POLICY)[policy]["spec"])))


KUBERNETES = "system:serviceaccount:kube-system:namespace-controller"


def test_every_policy_is_valid_for_kubernetes() -> None:
    assert [each for each in map(complaint, policies({})) if each] == []


@pytest.mark.parametrize(("release", "namespace"), [("plantrace", "plantrace"), ("second", "elsewhere")])
def test_policies_speak_of_the_account_that_the_chart_makes(release: str, namespace: str) -> None:
    manifests = render("plantrace", {}, name=release, namespace=namespace)
    [account] = of_kind(manifests, "ServiceAccount").values()
    name = f"system:serviceaccount:{account['metadata']['namespace']}:{account['metadata']['name']}"
    found = policies({"controlPlanes": [{"release": release, "namespace": namespace}]})
    [applier] = of_kind(documents(K8S / "flux" / "access.yaml"), "ServiceAccount").values()
    flux = f"system:serviceaccount:{applier['metadata']['namespace']}:{applier['metadata']['name']}"
    assert named(found, "plantrace-stays-with-tenants") == {name, flux}
    assert named(found, "plantrace-disks") == {name, KUBERNETES}


def test_policies_speak_of_every_installation_of_a_cluster() -> None:
    two = [{"release": "one", "namespace": "a"}, {"release": "two", "namespace": "b"}]
    found = policies({"controlPlanes": two, "users": ["system:serviceaccount:c:remote"], "appliers": []})
    ours = {f"system:serviceaccount:{each}" for each in ("a:one-control", "b:two-control", "c:remote")}
    assert named(found, "plantrace-stays-with-tenants") == ours
    assert named(found, "plantrace-disks") == {*ours, KUBERNETES}


def test_every_policy_is_in_force() -> None:
    found = policies({})
    known = of_kind(found, POLICY)
    bound = of_kind(found, "ValidatingAdmissionPolicyBinding").values()
    assert {each["spec"]["policyName"] for each in bound} == set(known) and len(known) == 3
    assert all(each["spec"]["validationActions"] == ["Deny"] for each in bound)
    assert all(each["spec"]["failurePolicy"] == "Fail" for each in known.values())
