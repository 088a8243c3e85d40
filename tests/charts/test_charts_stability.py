"""Immutable fields, and what a disk depends on, are the same for every version and all values."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.charts.rendering import (
    CHARTS,
    NAMES,
    Manifest,
    given,
    matrix,
    merged,
    of_kind,
    pod_template,
    render,
    rendered,
)

KEEP = {"helm.sh/resource-policy": "keep", "kustomize.toolkit.fluxcd.io/prune": "disabled"}


@pytest.fixture(scope="module", params=NAMES)
def versions(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any, Any]:
    """A chart's name, its manifests, and those of a later version of it, as a later revision."""
    chart = request.param
    later = tmp_path_factory.mktemp("later") / chart
    shutil.copytree(CHARTS / chart, later)
    file = later / "Chart.yaml"
    file.write_text(re.sub(r"^(version|appVersion): .*$", r"\1: 9.8.7", file.read_text(), flags=re.M))
    values = given(chart)["full"]
    return chart, render(chart, values), render(chart, values, path=later, revision=7, is_upgrade=True)


def fixed(manifest: Manifest) -> Any:
    """The fields of an object that cannot or must not change."""
    spec, metadata = manifest.get("spec", {}), manifest["metadata"]
    if manifest["kind"] == "PersistentVolumeClaim":
        return metadata["labels"], metadata["annotations"], spec
    if manifest["kind"] == "StatefulSet":
        return spec["selector"], spec["serviceName"], spec.get("volumeClaimTemplates")
    if manifest["kind"] in ("Deployment", "PodDisruptionBudget"):
        return spec["selector"]
    if manifest["kind"] == "Service":
        return spec.get("selector"), spec.get("type")
    if manifest["kind"] == "NetworkPolicy":
        return spec
    return None


def test_a_new_version_changes_no_selector_and_no_claim(versions: tuple[str, Any, Any]) -> None:
    chart, old, new = versions
    assert all(
        each["metadata"]["labels"]["helm.sh/chart"] == f"{chart}-9.8.7" for each in of_kind(new, "Service").values()
    )
    before = {(each["kind"], each["metadata"]["name"]): fixed(each) for each in old if fixed(each)}
    after = {(each["kind"], each["metadata"]["name"]): fixed(each) for each in new if fixed(each)}
    assert len(before) > 10
    assert after == before


def test_a_new_versions_pods_are_still_the_services_and_budgets(versions: tuple[str, Any, Any]) -> None:
    _, old, new = versions
    for manifests in (old, new):
        labels = [template["metadata"]["labels"] for template in map(pod_template, manifests) if template]
        for each in manifests:
            spec = each.get("spec", {})
            wanted = spec.get("selector", {}) if each["kind"] in ("Service", "PodDisruptionBudget") else {}
            wanted = wanted.get("matchLabels", wanted)
            if wanted:
                assert sum(wanted.items() <= pod.items() for pod in labels) == 1, each["metadata"]["name"]


@pytest.mark.parametrize("key", sorted(matrix()), ids=" / ".join)
def test_values_change_no_selector(key: tuple[str, str]) -> None:
    def selectors(manifests: list[Manifest]) -> dict[tuple[str, str], Any]:
        kinds = ("Deployment", "StatefulSet", "PodDisruptionBudget")
        return {(each["kind"], each["metadata"]["name"]): fixed(each) for each in manifests if each["kind"] in kinds}

    usual, found = selectors(rendered()[key[0], "full"]), selectors(rendered()[key])
    both = usual.keys() & found.keys()
    assert both
    assert {name: found[name] for name in both} == {name: usual[name] for name in both}


@pytest.mark.parametrize("key", sorted(matrix()), ids=" / ".join)
def test_every_selector_finds_its_own_pods_and_no_others(key: tuple[str, str]) -> None:
    selectors = {}
    for each in rendered()[key]:
        if each["kind"] in ("Deployment", "StatefulSet"):
            wanted = each["spec"]["selector"]["matchLabels"]
            assert wanted.items() <= each["spec"]["template"]["metadata"]["labels"].items()
            selectors[each["metadata"]["name"]] = tuple(sorted(wanted.items()))
    assert len(set(selectors.values())) == len(selectors)


def test_a_tenants_claim_is_named_by_its_disk_and_by_nothing_else() -> None:
    minimal = given("tenantstack")["minimal"]
    [claim] = of_kind(render("tenantstack", minimal), "PersistentVolumeClaim").values()
    renamed = merged(minimal, {"tenant": {"slug": "pier", "name": "Pier"}, "influxdb": {"uid": 10_099}})
    assert of_kind(render("tenantstack", renamed, name="other"), "PersistentVolumeClaim") == {
        claim["metadata"]["name"]: claim
    }
    another = merged(minimal, {"disk": {"id": "dother"}})
    assert list(of_kind(render("tenantstack", another), "PersistentVolumeClaim")) == ["influxdb-dother"]


def test_a_disk_is_kept_by_default() -> None:
    claims = {key: of_kind(manifests, "PersistentVolumeClaim").values() for key, manifests in rendered().items()}
    assert claims["tenantstack", "minimal"] and claims["tenantstack", "a disk that goes with the release"]
    for key, found in claims.items():
        wanted = dict(KEEP)
        if key == ("tenantstack", "a disk that goes with the release"):
            del wanted["helm.sh/resource-policy"]
        assert all(claim["metadata"]["annotations"] == wanted for claim in found), key


def test_only_changed_settings_restart_the_database() -> None:
    minimal = given("tenantstack")["minimal"]

    def template(values: Any) -> Manifest:
        found: Manifest = of_kind(render("tenantstack", merged(minimal, values)), "StatefulSet")["influxdb"]["spec"][
            "template"
        ]
        return found

    usual = template({})
    assert template({"influxdb": {"cacheMaxMemory": "1g"}}) != usual
    for values in (
        {"tenant": {"name": "Another Name", "fqdn": "a.example"}},
        {"api": {"enabled": True}},
        {"disk": {"size": "1Ti"}},
    ):
        assert template(values) == usual, values


def test_a_new_version_of_ours_does_not_restart_a_tenants_database(versions: tuple[str, Any, Any]) -> None:
    _, old, new = versions
    before, after = of_kind(old, "StatefulSet"), of_kind(new, "StatefulSet")
    assert before
    assert {name: each["spec"] for name, each in after.items()} == {name: each["spec"] for name, each in before.items()}


def test_a_restore_is_one_job_for_one_archive() -> None:
    minimal = given("tenantstack")["minimal"]

    def jobs(archive: str, **more: Any) -> set[str]:
        values = merged(minimal, {"restore": {"enabled": True, "archive": archive}}, more)
        return set(of_kind(render("tenantstack", values, revision=3), "Job"))

    assert jobs("a.tar.gz") == jobs("a.tar.gz", tenant={"name": "Renamed"})
    assert jobs("a.tar.gz").isdisjoint(jobs("b.tar.gz"))
    assert jobs("a.tar.gz").isdisjoint(jobs("a.tar.gz", disk={"id": "another"}))


def test_the_charts_say_which_kubernetes_they_need() -> None:
    for chart in NAMES:
        assert 'kubeVersion: ">=1.30' in Path(CHARTS / chart / "Chart.yaml").read_text()
