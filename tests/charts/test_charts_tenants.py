"""The control plane's settings for tenants."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.charts.rendering import Manifest, containers, of_kind, pods, refusal, render, rendered

FULL = ("plantrace", "full")


def variables(template: Manifest) -> dict[str, Any]:
    """Of the main container: a value, or the key of the Secret that holds it."""
    main = template["spec"]["containers"][0]
    return {each["name"]: each.get("value") or each.get("valueFrom") for each in main["env"]}


def test_tenants_are_provisioned_by_helm_by_default() -> None:
    ours = {
        name: template
        for name, template in pods(rendered()["plantrace", "minimal"]).items()
        if ("python" in str(template) or name.endswith("-web")) and not name.endswith("-stream")  # it has no tenants
    }
    assert {"Deployment/plantrace-web", "Deployment/plantrace-control"} <= ours.keys()
    assert {variables(template)["TENANT_DRIVERS"] for template in ours.values()} == {"helm"}


def test_only_the_control_process_can_write_to_git_and_to_the_cluster() -> None:
    holders: dict[str, set[str]] = {"GITOPS_TOKEN": set(), "CONTROL_ACCOUNT": set()}
    for key in (FULL, ("plantrace", "minimal")):
        for name, template in pods(rendered()[key]).items():
            for variable, found in holders.items():
                if any(variable in str(container.get("env")) for container in containers(template)):
                    found.add(name.partition("/")[2])
    assert holders == {"GITOPS_TOKEN": {"plantrace-control"}, "CONTROL_ACCOUNT": {"plantrace-control"}}


def test_it_binds_itself_to_the_roles_of_its_own_release() -> None:
    manifests = render("plantrace", {}, name="second", namespace="elsewhere")
    environment = variables(pods(manifests)["Deployment/second-control"])
    assert environment["CONTROL_ACCOUNT"] == "elsewhere/second-control"
    assert environment["CONTROL_CLUSTER_ROLE"] in of_kind(manifests, "ClusterRole")


def test_the_gitops_driver_is_configured_for_flux_and_the_roles() -> None:
    environment = variables(pods(rendered()[FULL])["Deployment/plantrace-control"])
    assert (environment["GITOPS_NAMESPACE"], environment["GITOPS_REPOSITORY"]) == ("plantrace-tenants", "tenants")
    assert environment["GITOPS_CLUSTER_ROLE"] in of_kind(rendered()[FULL], "ClusterRole")


def test_every_tenants_chart_gets_the_control_planes_address() -> None:
    wanted = {"ingress": {"enabled": True, "className": "nginx"}}
    manifests = render("plantrace", {"tenants": {"values": wanted}}, name="second", namespace="elsewhere")
    values = yaml.safe_load(of_kind(manifests, "ConfigMap")["second-tenants"]["data"]["values.yaml"])
    assert values["networkPolicy"]["controlPlane"]["namespace"] == "elsewhere"
    assert values["ingress"] == {**wanted["ingress"], "service": {"name": "second-web", "namespace": "elsewhere"}}
    tenant = {"tenant": {"id": "t4k2m9q4xwa", "slug": "harbour", "fqdn": "a.example"}, "disk": {"id": "d7x2m9q4xwb"}}
    assert render("tenantstack", {**values, **tenant})


def test_a_tenants_own_api_has_the_settings_of_the_shared_web_process() -> None:
    settings = {
        "baseDomain": "plants.example", "publicUrl": "https://plants.example", "trustedProxies": 2,
        "csrfTrustedOrigins": ["https://portal.example", "https://*.plants.example:8443"],
        "sessionIdleSeconds": 600, "sessionMaxSeconds": 3600, "https": True, "logLevel": "WARNING",
    }  # fmt: skip
    manifests = render("plantrace", {"settings": settings})
    values = yaml.safe_load(of_kind(manifests, "ConfigMap")["plantrace-tenants"]["data"]["values.yaml"])
    tenant = {"id": "t4k2m9q4xwa", "slug": "harbour", "fqdn": "harbour.plants.example"}
    values |= {"tenant": tenant, "disk": {"id": "d7x2m9q4xwb"}, "api": {"enabled": True}, "writer": {"enabled": True}}
    own = pods(render("tenantstack", values))
    shared = variables(pods(manifests)["Deployment/plantrace-web"])
    same = (
        "PUBLIC_URL", "CSRF_TRUSTED_ORIGINS", "TRUSTED_PROXIES", "BASE_DOMAIN", "HTTPS", "SESSION_IDLE_S",
        "SESSION_MAX_S", "LOG_LEVEL",
    )  # fmt: skip
    for name in ("Deployment/api", "Deployment/writer"):
        environment = variables(own[name])
        assert {each: environment[each] for each in same} == {each: shared[each] for each in same}
        assert environment["ALLOWED_HOSTS"] == "localhost,harbour.plants.example"
    assert (shared["PUBLIC_URL"], shared["TRUSTED_PROXIES"]) == ("https://plants.example", "2")
    assert shared["CSRF_TRUSTED_ORIGINS"] == "https://portal.example,https://*.plants.example:8443"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"tenants": {"drivers": ["gitops"]}}, "control.fluxNamespace"),
        ({"tenants": {"drivers": ["gitops"]}, "control": {"fluxNamespace": "x"}}, "tenants.gitops.remote"),
        ({"tenants": {"drivers": ["local"]}}, "drivers"),
        ({"settings": {"csrfTrustedOrigins": ["portal.example"]}}, "csrfTrustedOrigins"),  # Django wants its scheme
        ({"jobs": {"retentionDays": 29}}, "retentionDays"),
    ],
)
def test_what_cannot_work_is_refused(values: dict[str, Any], says: str) -> None:
    assert says in refusal("plantrace", values)


def test_changed_tenant_values_restart_what_reads_them() -> None:
    def digests(values: dict[str, Any]) -> list[Any]:
        manifests = pods(render("plantrace", {"tenants": {"values": values}}))
        return [manifests[f"Deployment/plantrace-{part}"]["metadata"]["annotations"] for part in ("web", "control")]

    assert digests({}) == digests({})
    assert all(one != other for one, other in zip(digests({}), digests({"pdb": {"enabled": False}}), strict=True))


@pytest.mark.parametrize(("values", "wanted"), [({}, "3"), ({"concurrency": 5}, "5"), ({"atOnce": 7}, "7")])
def test_the_concurrency_is_set_by_its_current_or_deprecated_name(values: Manifest, wanted: str) -> None:
    manifests = render("plantrace", {"control": values}, name="plantrace")
    assert variables(pods(manifests)["Deployment/plantrace-control"])["TENANTS_CONCURRENCY"] == wanted
