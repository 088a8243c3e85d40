"""Processes of this machine as the kernel knows them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """What it has used so far."""
    return sum(map(int, _stat(pid)[11:13])) * TICK_S


def memory_mb(pid: int, name: str = "VmHWM") -> int:
    """`VmHWM`: at most so far; `VmRSS`: now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) // 1024


def parent_of(pid: int) -> int:
    return int(_stat(pid)[1])


def children_of(parent: int) -> Iterator[int]:
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if parent_of(int(each.name)) == parent:
                yield int(each.name)
        except (OSError, ValueError):
            continue


def _stat(pid: int) -> list[str]:
    """From the process's state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
