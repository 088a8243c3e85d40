"""Flux's controllers, as plain processes that act as the cluster's admin."""

from __future__ import annotations

from pathlib import Path

from tests.testbed.addresses import Addresses
from tests.testbed.controlplane import kubeconfig
from tests.testbed.places import binary
from tests.testbed.record import Program

NAMESPACE = "flux-system"
# As Flux's own documentation locks down a cluster of several tenants: nothing is read across namespaces, and who names
# no service account acts as the namespace's `default`, which may nothing.
LOCKED = {
    "source": (),
    "helm": ("--no-cross-namespace-refs=true", "--default-service-account=default"),
    "kustomize": ("--no-cross-namespace-refs=true", "--no-remote-bases=true", "--default-service-account=default"),
}


def make_controllers(folder: Path, addresses: Addresses, locked: bool) -> list[Program]:
    return [_controller(folder, addresses, name, number, locked) for number, name in enumerate(LOCKED)]


def health(addresses: Addresses, number: int) -> str:
    return f"http://{addresses.loopback}:{9791 + 2 * number}/readyz"


def _controller(folder: Path, addresses: Addresses, name: str, number: int, locked: bool) -> Program:
    here = addresses.loopback
    options = [
        f"--metrics-addr={here}:{9790 + 2 * number}",
        f"--health-addr={here}:{9791 + 2 * number}",
        "--events-addr=",
    ]
    if name == "source":
        store = f"{here}:9780"
        options += [f"--storage-path={folder / 'artifacts'}", f"--storage-addr={store}", f"--storage-adv-addr={store}"]
    program = f"{name}-controller"
    environment = {"RUNTIME_NAMESPACE": NAMESPACE, "KUBECONFIG": str(kubeconfig(folder)), "HOME": str(folder)}
    return Program(program, [binary(program), *options, *(LOCKED[name] if locked else ())], environment)
