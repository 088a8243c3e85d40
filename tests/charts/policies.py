"""Evaluates NetworkPolicies as objects: what they allow, not whether a network enforces it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from tests.charts.rendering import Manifest, pod_template

NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Pod:
    """A peer in the cluster."""

    namespace: str
    labels: dict[str, str]
    namespace_labels: dict[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()

    @property
    def world(self) -> dict[str, str]:
        return {NAMESPACE_NAME: self.namespace, **self.namespace_labels}


@dataclass(frozen=True)
class Network:
    """The policies of all namespaces."""

    policies: list[Manifest]

    def allows(self, source: Pod, target: Pod, port: int, protocol: str = "TCP") -> bool:
        """Both sides must agree."""
        out = self._rules(source, "Egress", "to")
        into = self._rules(target, "Ingress", "from")
        return _any(out, source, target, port, protocol) and _any(into, target, source, port, protocol)

    def reaches(self, source: Pod, address: str, port: int) -> bool:
        """Whether it may reach an address outside the cluster."""
        return any(
            _port(rule, port, "TCP")
            and any(_block(peer, address) for peer in peers or [{"ipBlock": {"cidr": "0.0.0.0/0"}}])
            for _, rule, peers in self._rules(source, "Egress", "to")
        )

    def isolated(self, pod: Pod) -> bool:
        """Whether policies select it for both directions, so that everything not allowed is denied."""
        kinds = {kind for each in self._of(pod) for kind in each["spec"]["policyTypes"]}
        return kinds == {"Ingress", "Egress"}

    def _of(self, pod: Pod) -> Iterator[Manifest]:
        for each in self.policies:
            if each["metadata"]["namespace"] == pod.namespace and _selects(each["spec"]["podSelector"], pod.labels):
                yield each

    def _rules(self, pod: Pod, kind: str, peers: str) -> Iterator[tuple[Manifest, Manifest, list[Manifest]]]:
        for policy in self._of(pod):
            for rule in policy["spec"].get(kind.lower(), []) if kind in policy["spec"]["policyTypes"] else []:
                yield policy, rule, rule.get(peers, [])


def _any(
    rules: Iterator[tuple[Manifest, Manifest, list[Manifest]]], own: Pod, other: Pod, port: int, protocol: str
) -> bool:
    return any(
        _port(rule, port, protocol) and (not peers or any(_peer(peer, own, other) for peer in peers))
        for _, rule, peers in rules
    )


def _port(rule: Manifest, port: int, protocol: str) -> bool:
    ports = rule.get("ports")
    return not ports or any((each["protocol"], each["port"]) == (protocol, port) for each in ports)


def _peer(peer: Manifest, own: Pod, other: Pod) -> bool:
    if "ipBlock" in peer:
        return False  # pods are told by what they are, never by where
    if "namespaceSelector" in peer:
        return _selects(peer["namespaceSelector"], other.world) and _selects(peer.get("podSelector", {}), other.labels)
    return own.namespace == other.namespace and _selects(peer["podSelector"], other.labels)


def _block(peer: Manifest, address: str) -> bool:
    if "ipBlock" not in peer:
        return False
    block = peer["ipBlock"]
    excepted = any(ip_address(address) in ip_network(each) for each in block.get("except", []))
    return ip_address(address) in ip_network(block["cidr"]) and not excepted


def _selects(selector: Manifest, labels: dict[str, str]) -> bool:
    assert selector.keys() <= {"matchLabels", "matchExpressions"}
    for rule in selector.get("matchExpressions", []):
        assert rule["operator"] == "Exists"
        if rule["key"] not in labels:
            return False
    return bool(selector.get("matchLabels", {}).items() <= labels.items())


def pods_of(manifests: list[Manifest], namespace_labels: dict[str, str]) -> dict[str, Pod]:
    """The pods of a release by their component."""
    found = {}
    for manifest in manifests:
        if template := pod_template(manifest):
            labels = template["metadata"]["labels"]
            ports = tuple(
                port["containerPort"] for each in template["spec"]["containers"] for port in each.get("ports", [])
            )
            pod = Pod(manifest["metadata"]["namespace"], labels, namespace_labels, ports)
            found[labels["app.kubernetes.io/component"]] = pod
    return found
