"""A real Kubernetes API with simulated nodes for many tenants, which counts requests."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.kubernetes.api_server import ApiServer

USER = "control-plane"
TENANTS_A_NODE = 200
_SAMPLE = re.compile(r"(\w+)\{(.*)\} (\S+)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests since the API server's start: of the control plane, and in total (including Kubernetes' controllers)."""

    ours: int
    all: int
    by_kind: Counter[str] = field(default_factory=Counter)

    def since(self, before: Requests) -> Requests:
        return Requests(self.ours - before.ours, self.all - before.all, self.by_kind - before.by_kind)


def start(cluster: ApiServer, tenants: int) -> str:
    """The control plane's kubeconfig. Its requests have their own flow schema, by which they are counted."""
    cluster.start()
    for number in range(tenants // TENANTS_A_NODE):
        cluster.add_node(f"simulated-{number + 2}")
    subject = {"kind": "User", "name": USER, "apiGroup": "rbac.authorization.k8s.io"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    binding = {"kind": "ClusterRoleBinding", "metadata": {"name": USER}, "roleRef": role, "subjects": [subject]}
    cluster.call(
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        {**binding, "apiVersion": "rbac.authorization.k8s.io/v1"},
    )
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "clusterScope": True, "namespaces": ["*"]}
    rule = {
        "subjects": [{"kind": "User", "user": {"name": USER}}],
        "resourceRules": [everything],
        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    }
    spec = {"priorityLevelConfiguration": {"name": "workload-high"}, "matchingPrecedence": 100, "rules": [rule]}
    flow = {"apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema", "metadata": {"name": USER}}
    cluster.call("POST", "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas", {**flow, "spec": spec})
    return cluster.user(USER)


def requests(cluster: ApiServer) -> Requests:
    ours, total, kinds = 0, 0, Counter[str]()
    for line in cluster.call("GET", "/metrics").splitlines():
        if not line.startswith(("apiserver_request_total{", "apiserver_flowcontrol_dispatched_requests_total{")):
            continue
        found = _SAMPLE.fullmatch(line)
        assert found is not None, line
        labels, count = dict(_LABEL.findall(found[2])), int(float(found[3]))
        if found[1] == "apiserver_request_total":
            total += count
            kinds[f"{labels['verb']} {labels.get('resource') or 'other'}"] += count
        elif labels["flow_schema"] == USER:
            ours += count
    return Requests(ours, total, kinds)


def programs_mb(cluster: ApiServer) -> dict[str, int]:
    """Resident memory of each of the cluster's own programs."""
    return {Path(str(process.args[0])).name: resident_mb(process.pid) for process in cluster.processes}  # type: ignore[index]


def resident_mb(pid: int, peak: bool = False) -> int:
    """0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields["VmHWM" if peak else "VmRSS"].split()[0]) >> 10 if "VmRSS" in fields else 0


def cpu_s(pids: Iterable[int]) -> float:
    """Seconds of processor time that they have taken; of those that are gone, none."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
