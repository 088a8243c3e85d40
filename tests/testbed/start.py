"""Starts a cluster, from nothing to a ready node in well under a minute."""

from __future__ import annotations

import datetime
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.testbed import cgroups, controlplane, flux, network, node, provisioner, simulated
from tests.testbed.addresses import MAX_CLUSTERS
from tests.testbed.cluster import Cluster
from tests.testbed.places import PROJECT, SHARE, TestbedError
from tests.testbed.processes import Identity
from tests.testbed.record import Program, Record, all_records
from tests.testbed.stop import stop


@dataclass(frozen=True, slots=True)
class Wanted:
    folder: Path
    archives: tuple[Path, ...] = ()  # images to have on the node
    simulated: int = 0  # nodes that only seem to run their pods
    flux: str = "locked"  # or "open", or "none"
    beside: Path | None = None  # a control plane without a real node, in the network of the cluster in that folder
    owner: Identity | None = None


def start(wanted: Wanted, now: datetime.datetime) -> Cluster:
    """Whole or not at all: what was made of a cluster that did not come up is ended."""
    _refuse(wanted)
    record = _new_record(wanted)
    record.save()
    try:
        return _start(record, wanted, now)
    except BaseException:
        _show_logs(record)
        stop(record)
        raise


def _refuse(wanted: Wanted) -> None:
    if os.geteuid() != 0:
        raise TestbedError("The testbed needs root: it makes network namespaces, mounts and cgroups.")
    if subprocess.run([PROJECT / "tests" / "testbed" / "build.sh", "check"]).returncode:
        raise TestbedError("The testbed's programs are not all built; `scripts/setup.sh cluster` builds them.")
    if wanted.folder.exists() and any(wanted.folder.iterdir()):
        raise TestbedError(f"{wanted.folder} is not empty; name a folder that is, or that is not there.")


def _new_record(wanted: Wanted) -> Record:
    run = secrets.token_hex(3)
    folder = str(wanted.folder.resolve())
    if wanted.beside is None:
        return Record(run, folder, namespace=f"pt-{run}", owner=wanted.owner)
    first = Cluster.at(wanted.beside).record
    taken = {record.index for record in all_records() if record.namespace == first.namespace}
    index = next((index for index in range(1, MAX_CLUSTERS) if index not in taken), None)
    if index is None:
        raise TestbedError(f"There are {MAX_CLUSTERS} clusters beside each other already.")
    return Record(run, folder, first.namespace, index, wanted.owner or first.owner, beside=first.run)


def _start(record: Record, wanted: Wanted, now: datetime.datetime) -> Cluster:
    cluster = Cluster(record)
    folder, addresses = cluster.folder, cluster.addresses
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    network.ensure_namespace(record.namespace)
    network.ensure_addresses(record.namespace, addresses)
    controlplane.write_credentials(folder, addresses, now)
    node.write_files(folder, addresses, record.namespace)

    cluster.start(controlplane.make_etcd(folder, addresses))
    cluster.start(controlplane.make_apiserver(folder, addresses))
    if not record.beside:
        cluster.start(node.make_containerd(folder))
        cluster.await_true("containerd", lambda: _succeeds(node.ctr(folder, "version")))
        cluster.load(wanted.archives)
    cluster.await_true("the API server", lambda: _answers(cluster, "get", "--raw", "/readyz"))
    cluster.start(controlplane.make_controller_manager(folder, addresses))
    cluster.start(controlplane.make_scheduler(folder, addresses))
    if not record.beside:
        _start_node(cluster)
    _start_volumes(cluster)
    if wanted.simulated:
        cluster.start(simulated.make_kwok(folder, addresses))
        cluster.apply(simulated.make_nodes(wanted.simulated))
    _start_flux(cluster, wanted.flux)
    if not record.beside:
        ready = ("wait", "--for=condition=Ready", f"node/{controlplane.NODE}", "--timeout=1s")
        cluster.await_true("the node", lambda: _answers(cluster, *ready))
    return cluster


def _start_node(cluster: Cluster) -> None:
    cgroups.ensure_cgroup(cluster.record.namespace)
    cluster.start(node.make_kubelet(cluster.folder, cluster.addresses))
    cluster.start(node.make_proxy(cluster.folder))
    cluster.start(node.make_dns(cluster.folder))


def _start_volumes(cluster: Cluster) -> None:
    cluster.apply([provisioner.make_class()])
    words = ["-m", "tests.testbed.provisioner", str(cluster.kubeconfig), str(cluster.folder / "volumes")]
    cluster.start(Program("provisioner", [sys.executable, *words]))


def _start_flux(cluster: Cluster, mode: str) -> None:
    """The definitions are there in any case, so that manifests can be checked."""
    cluster.kubectl("apply", "--server-side", f"--filename={SHARE / 'crds'}")
    cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
    if mode == "none":
        return
    (cluster.folder / "artifacts").mkdir()
    cluster.kubectl("create", "namespace", flux.NAMESPACE)
    for program in flux.make_controllers(cluster.folder, cluster.addresses, mode == "locked"):
        cluster.start(program)
    for number in range(len(flux.LOCKED)):
        address = flux.health(cluster.addresses, number)
        ask = [*network.inside(cluster.record.namespace), "curl", "-sf", "-m", "1", address]
        cluster.await_true(f"Flux at {address}", lambda ask=ask: _succeeds(ask))  # type: ignore[misc]


def _answers(cluster: Cluster, *words: str) -> bool:
    try:
        cluster.kubectl(*words)
    except TestbedError:
        return False
    return True


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def _show_logs(record: Record) -> None:
    """The folder goes, so its last words must be said now."""
    for file in sorted((record.path / "log").glob("*.log")):
        lines = file.read_text(errors="replace").splitlines()[-2:]
        print(f"{file.name}:", *(line[:300] for line in lines), sep="\n  ", file=sys.stderr)
