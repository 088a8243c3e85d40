"""Ends exactly what a run started, and removes what it made."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from pathlib import Path

from k8s.testbed import cgroups, network
from k8s.testbed.places import TestbedError
from k8s.testbed.processes import end, marked
from k8s.testbed.record import Record, all_records

# These would start again what is ended after them.
FIRST = ("kubelet", "source-controller", "helm-controller", "kustomize-controller", "kwok", "provisioner")


def stop(record: Record, keep_folder: bool = False) -> None:
    """Can be run again where it was interrupted. Nothing is asked of the cluster: it may be half dead."""
    for other in all_records():
        if other.beside == record.run:
            stop(other, keep_folder)
    end([record.processes[name] for name in FIRST if name in record.processes], grace_s=3)
    if not record.beside:
        cgroups.end_members(record.namespace)
    _remove_shims_sockets(record.path)
    end([identity for name, identity in record.processes.items() if name != "etcd"], grace_s=8)
    end({*record.processes.values(), *marked(record.run)}, grace_s=8)  # etcd last, or the API server waits for it
    _unmount_below(record.path)
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


def mounts_below(folder: Path) -> list[str]:
    """The deepest first."""
    points = [
        line.split()[1].encode().decode("unicode_escape") for line in Path("/proc/mounts").read_text().splitlines()
    ]
    return [point for point in reversed(points) if point.startswith(f"{folder}/")]


def _unmount_below(folder: Path) -> None:
    deadline = time.monotonic() + 10
    while left := mounts_below(folder):
        for point in left:
            subprocess.run(["umount", point], capture_output=True)
        if left == mounts_below(folder):
            if time.monotonic() > deadline:
                raise TestbedError(f"{left[0]} cannot be unmounted; nothing below {folder} was removed.")
            time.sleep(0.2)


def _remove_shims_sockets(folder: Path) -> None:
    """They lie outside the folder, and a shim that is killed leaves its own."""
    for file in folder.glob("containerd/state/io.containerd.runtime.v2.task/*/*/address"):
        with contextlib.suppress(OSError):
            Path(file.read_text().strip().removeprefix("unix://")).unlink()
