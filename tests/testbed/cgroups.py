"""The run's own cgroup, in which the kubelet keeps all its pods, so that they can be found and stopped."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

from tests.testbed.processes import Identity, end, identify

ROOT = Path("/sys/fs/cgroup")


def ensure_cgroup(name: str) -> None:
    if (ROOT / "cgroup.controllers").exists():  # version 2: one tree, whose controllers are handed down
        (ROOT / name).mkdir(exist_ok=True)
        wanted = (ROOT / "cgroup.controllers").read_text().split()
        for folder in (ROOT, ROOT / name):
            (folder / "cgroup.subtree_control").write_text(" ".join(f"+{controller}" for controller in wanted))
        return
    for controller in _trees():
        (controller / name).mkdir(exist_ok=True)
    for file in ("cpuset.cpus", "cpuset.mems"):  # version 1: nothing may run in a cpuset that names no CPU
        shutil.copyfile(ROOT / "cpuset" / file, ROOT / "cpuset" / name / file)


def members(name: str) -> list[Identity]:
    found: set[int] = set()
    for folder in _folders(name):
        for file in folder.rglob("cgroup.procs"):
            with contextlib.suppress(OSError):
                found.update(int(pid) for pid in file.read_text().split())
    return [identity for pid in found if (identity := identify(pid))]


def end_members(name: str) -> None:
    """Also what starts meanwhile."""
    deadline = time.monotonic() + 20
    while (found := members(name)) and time.monotonic() < deadline:
        end(found, grace_s=2)


def remove_cgroup(name: str) -> None:
    for folder in _folders(name):
        for each in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
            each.rmdir()
        folder.rmdir()


def _trees() -> list[Path]:
    return [path for path in ROOT.iterdir() if path.is_dir() and not path.is_symlink()]


def _folders(name: str) -> list[Path]:
    return [folder for tree in (ROOT, *_trees()) if (folder := tree / name).is_dir()]
