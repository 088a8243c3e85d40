"""The one real node: containerd, kubelet, kube-proxy and cluster DNS, with their configuration files."""

from __future__ import annotations

import json
from pathlib import Path

from tests.testbed.addresses import Addresses
from tests.testbed.controlplane import NODE, kubeconfig
from tests.testbed.places import binary
from tests.testbed.record import Program

PAUSE = "localhost/pause:1"
CONTAINERD = """\
version = 2
root = "{folder}/containerd/root"
state = "{folder}/containerd/state"
[grpc]
  address = "{folder}/containerd/sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true # where we may not lower a score (no CAP_SYS_RESOURCE)
  netns_mounts_under_state_dir = true # so that they are known as ours
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
"""
COREDNS = """\
.:53 {{
  bind {node}
  errors
  kubernetes cluster.local in-addr.arpa {{
    kubeconfig {kubeconfig}
  }}
}}
"""


def socket(folder: Path) -> Path:
    return folder / "containerd" / "sock"


def ctr(folder: Path, *words: str) -> list[str]:
    """A command of containerd's client, on the kubelet's containers and images."""
    return ["ctr", "--address", str(socket(folder)), "--namespace", "k8s.io", *words]


def write_files(folder: Path, addresses: Addresses, cgroup: str) -> None:
    (folder / "cni").mkdir()
    (folder / "containerd.toml").write_text(CONTAINERD.format(folder=folder, pause=PAUSE))
    (folder / "Corefile").write_text(COREDNS.format(node=addresses.node, kubeconfig=kubeconfig(folder)))
    (folder / "resolv.conf").write_text(
        f"nameserver {addresses.node}\nsearch svc.cluster.local cluster.local\noptions ndots:5\n"
    )
    _write(folder / "cni" / "10-testbed.conflist", _pod_network(folder, addresses))
    _write(folder / "kubelet.json", _kubelet(folder, addresses, cgroup))
    _write(folder / "proxy.json", _proxy(folder, addresses))


def make_containerd(folder: Path) -> Program:
    return Program("containerd", ["containerd", "--config", str(folder / "containerd.toml"), "--log-level", "warn"])


def make_kubelet(folder: Path, addresses: Addresses) -> Program:
    options = {
        "config": folder / "kubelet.json",
        "kubeconfig": kubeconfig(folder, "kubelet"),
        "hostname-override": NODE,
        "node-ip": addresses.node,
        "root-dir": folder / "kubelet",
        "cert-dir": folder / "kubelet" / "pki",
    }
    return Program("kubelet", [binary("kubelet"), *(f"--{option}={value}" for option, value in options.items())])


def make_proxy(folder: Path) -> Program:
    return Program("proxy", [binary("kube-proxy"), f"--config={folder / 'proxy.json'}"])


def make_dns(folder: Path) -> Program:
    return Program("dns", [binary("coredns"), "-conf", str(folder / "Corefile")])


def _pod_network(folder: Path, addresses: Addresses) -> object:
    addressing = {
        "type": "host-local",
        "dataDir": str(folder / "cni-addresses"),
        "ranges": [[{"subnet": addresses.pods}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "ptpods0", "isGateway": True, "hairpinMode": True, "ipam": addressing}
    return {"cniVersion": "0.4.0", "name": "testbed", "plugins": [bridge]}


def _kubelet(folder: Path, addresses: Addresses, cgroup: str) -> object:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": addresses.node,
        "healthzBindAddress": addresses.loopback,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(folder / "pki" / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "containerRuntimeEndpoint": f"unix://{socket(folder)}",
        "clusterDomain": "cluster.local",
        "clusterDNS": [addresses.node],
        "resolvConf": "",
        "enforceNodeAllocatable": [],
        "evictionHard": {"nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "100Mi"},
        "imageGCHighThresholdPercent": 100,  # what is collected could not be pulled again
        "podLogsDir": str(folder / "podlogs"),
    }


def _proxy(folder: Path, addresses: Addresses) -> object:
    untouched = {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"}
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(kubeconfig(folder, "proxy"))},
        "clusterCIDR": addresses.pods,
        "mode": "nftables",
        "hostnameOverride": NODE,
        "conntrack": untouched,  # they belong to the machine
    }


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1))
