"""Nodes that KWOK only simulates, for numbers: their pods are said to run. Only pods that ask for them land there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.testbed.addresses import Addresses
from tests.testbed.controlplane import kubeconfig
from tests.testbed.places import SHARE, binary
from tests.testbed.record import Program

ANNOTATION = "kwok.x-k8s.io/node"  # KWOK manages nodes with it, or it would take over the real node's pods as well
TAINT = "simulated"


def make_kwok(folder: Path, addresses: Addresses) -> Program:
    options = {
        "kubeconfig": kubeconfig(folder),
        "manage-nodes-with-annotation-selector": f"{ANNOTATION}=fake",
        "cidr": addresses.simulated,
        "node-ip": addresses.node,
        "node-lease-duration-seconds": 40,
        "server-address": f"{addresses.loopback}:10247",
        "config": SHARE / "stages.yaml",
    }
    return Program("kwok", [binary("kwok"), *(f"--{option}={value}" for option, value in options.items())])


def make_nodes(count: int) -> list[dict[str, Any]]:
    return [_node(f"simulated-{number}") for number in range(count)]


def _node(name: str) -> dict[str, Any]:
    capacity = {"cpu": "512", "memory": "2Ti", "pods": "10000"}
    labels = {"type": TAINT, "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": {ANNOTATION: "fake"}},
        "spec": {"taints": [{"key": TAINT, "effect": "NoSchedule"}]},
        "status": {"allocatable": capacity, "capacity": capacity},
    }
