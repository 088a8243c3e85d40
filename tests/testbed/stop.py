"""Ends exactly what a run started, and removes what it made."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from tests.testbed import cgroups, network
from tests.testbed.mounts import unmount_below
from tests.testbed.processes import end, marked
from tests.testbed.record import Record, all_records, find

# These would start again what is ended after them.
FIRST = ("kubelet", "source-controller", "helm-controller", "kustomize-controller", "kwok", "provisioner")


def stop(record: Record, keep_folder: bool = False) -> None:
    """Can be run again where it was interrupted. Nothing is asked of the cluster: it may be half dead."""
    record = find(record.path) or record  # as it is by now: others may have started programs again
    for other in all_records():
        if other.beside == record.run:
            stop(other, keep_folder)
    end([record.processes[name] for name in FIRST if name in record.processes], grace_s=3)
    if not record.beside:
        cgroups.end_members(record.namespace)
    _remove_shims_sockets(record.path)
    end([identity for name, identity in record.processes.items() if name != "etcd"], grace_s=8)
    end({*record.processes.values(), *marked(record.run)}, grace_s=8)  # etcd last, or the API server waits for it
    unmount_below(record.path)
    if not record.beside:
        cgroups.remove_cgroup(record.namespace)
        network.remove_namespace(record.namespace)
    if not keep_folder and record.path.exists():
        shutil.rmtree(record.path)
    record.forget()


def sweep() -> list[Record]:
    """End what killed owners left."""
    abandoned = [record for record in all_records() if record.is_abandoned]
    for record in abandoned:
        stop(record)
    return abandoned


def _remove_shims_sockets(folder: Path) -> None:
    """They lie outside the folder, and a shim that is killed leaves its own."""
    for file in folder.glob("containerd/state/io.containerd.runtime.v2.task/*/*/address"):
        with contextlib.suppress(OSError):
            Path(file.read_text().strip().removeprefix("unix://")).unlink()
