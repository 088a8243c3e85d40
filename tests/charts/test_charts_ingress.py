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
    paths = rules(api={"enabled": False})
    assert [(rule["path"], rule["backend"]["service"]["name"]) for rule in paths] == [
        ("/api/v1/stream", backend(paths, "/api/v1/stream")),
        ("/", backend(paths, "/api/v1/sensors")),
    ]


def test_the_stream_is_routed_to_its_own_process_and_its_questions_are_not() -> None:
    values = given("plantrace")["full"]
    [control] = of_kind(render("plantrace", values), "Ingress").values()
    of_hosts = [rule["http"]["paths"] for rule in control["spec"]["rules"]]
    for paths in (*of_hosts, rules(api={"enabled": True}), rules(api={"enabled": False})):
        assert backend(paths, "/api/v1/stream").endswith("stream")
        assert backend(paths, "/api/v1/stream/subscription").endswith("web")
    services = of_kind(render("tenantstack", given("tenantstack")["full"]), "Service")
    names = {service["spec"].get("externalName") for service in services.values()}
    assert {name for name in names if name and "-stream." in name}
