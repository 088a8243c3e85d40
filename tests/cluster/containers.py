"""Containers of the cluster as processes of this machine."""

from __future__ import annotations

from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def first_process(container: str) -> int:
    """That with number 1 inside, of a container as the API names it: `containerd://…`."""
    id = container.rpartition("/")[2]
    found = {int(pid) for file in CGROUPS.glob(f"*/**/{id}/cgroup.procs") for pid in file.read_text().split()}
    [process] = [pid for pid in found if _number_inside(pid) == 1]
    return process


def _number_inside(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("NSpid:")).split()[-1])
