"""The network namespace that a cluster lives in: a bridge, its addresses, and no way out."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.testbed.addresses import Addresses

BRIDGE = "ptnode0"


def inside(namespace: str, mounts_of: int | None = None) -> list[str]:
    """The words before a command that put it into the namespace; with `mounts_of`, among that process's mounts too.

    Not `ip netns exec`: that mounts a fresh /sys, in which the kubelet finds no cgroups.
    """
    mounts = [f"--mount=/proc/{mounts_of}/ns/mnt"] if mounts_of else []
    return ["nsenter", f"--net=/run/netns/{namespace}", *mounts]


def ensure_namespace(namespace: str) -> None:
    if Path("/run/netns", namespace).exists():
        return
    _run("ip", "netns", "add", namespace)
    commands = [
        "ip link set lo up",
        f"ip link add {BRIDGE} type bridge",
        f"ip link set {BRIDGE} up",
        "sysctl -qw net.ipv4.ip_forward=1",
    ]
    for command in commands:
        _run(*inside(namespace), *command.split())


def ensure_addresses(namespace: str, addresses: Addresses) -> None:
    """The node's address, and a route to services, without which a packet to one is refused before it is translated."""
    _run(*inside(namespace), "ip", "address", "replace", f"{addresses.node}/24", "dev", BRIDGE)
    _run(*inside(namespace), "ip", "route", "replace", addresses.services, "dev", BRIDGE)


def remove_namespace(namespace: str) -> None:
    if Path("/run/netns", namespace).exists():
        _run("ip", "netns", "delete", namespace)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
