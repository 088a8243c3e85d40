"""A tenant's ingress sends to its own API pods what they serve, and to the control plane all the rest."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.access.routes import Route, walk
from tests.charts.rendering import given, of_kind, render


def rules(**changes: Any) -> list[dict[str, Any]]:
    values = {**given("tenantstack")["full"], **changes}
    [ingress] = of_kind(render("tenantstack", values), "Ingress").values()
    paths: list[dict[str, Any]] = ingress["spec"]["rules"][0]["http"]["paths"]
    return paths


def backend(paths: list[dict[str, Any]], path: str) -> str:
    """As Kubernetes says: an exact match first, then the longest prefix of whole elements."""
    for rule in paths:
        if rule["pathType"] == "Exact" and rule["path"] == path:
            return str(rule["backend"]["service"]["name"])
    fitting = [
        rule for rule in paths if rule["pathType"] == "Prefix" and f"{path}/".startswith(f"{rule['path'].rstrip('/')}/")
    ]
    return str(max(fitting, key=lambda rule: len(rule["path"]))["backend"]["service"]["name"])


def addresses(urls: str) -> list[Route]:
    return [
        route for route in walk(import_module(urls).urlpatterns, "/") if not route.is_page and "*" not in route.path
    ]


def test_only_the_data_plane_is_routed_to_the_tenants_pods() -> None:
    served = {route.path for route in addresses("config.pod.urls")} - {"/healthz", "/readyz"}
    assert len(served) > 30
    paths = rules(api={"enabled": True})
    everything = {route.path for route in addresses("config.urls")} | {"/", "/t/harbour/home", "/static/x.js"}
    wrong = [
        path for path in sorted(everything | served) if backend(paths, path).endswith("api") is not (path in served)
    ]
    assert wrong == []


def test_without_its_own_pods_everything_is_routed_to_the_control_plane() -> None:
    assert [(rule["path"], rule["backend"]["service"]["name"]) for rule in rules(api={"enabled": False})] == [
        ("/", backend(rules(api={"enabled": False}), "/api/v1/sensors"))
    ]
