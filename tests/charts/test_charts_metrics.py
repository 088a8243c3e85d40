"""Prometheus finds the web processes' figures, and nobody else reaches them for it."""

from __future__ import annotations

from tests.charts.rendering import Values, containers, of_kind, pods, render

ON: Values = {
    "serviceMonitor": {"enabled": True, "interval": "15s", "labels": {"release": "p"}, "token": {"secret": "s"}},
    "networkPolicy": {"monitoring": {"namespace": "watching", "labels": {"app": "prometheus"}}},
}
PROMETHEUS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "watching"}},
    "podSelector": {"matchLabels": {"app": "prometheus"}},
}


def test_each_web_process_is_scraped_with_an_operators_token() -> None:
    manifests = render("plantrace", ON)
    monitor = of_kind(manifests, "ServiceMonitor")["plantrace-web"]
    service = of_kind(manifests, "Service")["plantrace-web"]
    [endpoint] = monitor["spec"]["endpoints"]
    assert monitor["metadata"]["labels"]["release"] == "p"
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert endpoint["port"] in [each["name"] for each in service["spec"]["ports"]]
    assert (endpoint["path"], endpoint["interval"]) == ("/metrics", "15s")
    assert endpoint["authorization"] == {"credentials": {"name": "s", "key": "token"}}
    [web] = containers(pods(manifests)["Deployment/plantrace-web"])[-1:]
    names = [each["name"] for each in web["env"]]
    hosts = web["env"][names.index("ALLOWED_HOSTS")]["value"].split(",")
    assert names.index("POD_IP") < names.index("ALLOWED_HOSTS"), "Kubernetes replaces what was defined before"
    assert hosts[-2:] == ["$(POD_IP)", "[$(POD_IP)]"]  # IPv4, IPv6
    [rule] = of_kind(manifests, "NetworkPolicy")["plantrace-web"]["spec"]["ingress"]
    assert PROMETHEUS in rule["from"]


def test_without_it_nothing_is_opened() -> None:
    manifests = render("plantrace", {"networkPolicy": ON["networkPolicy"]})
    assert of_kind(manifests, "ServiceMonitor") == {} and "POD_IP" not in str(manifests)
    [rule] = of_kind(manifests, "NetworkPolicy")["plantrace-web"]["spec"]["ingress"]
    assert PROMETHEUS not in rule["from"]
