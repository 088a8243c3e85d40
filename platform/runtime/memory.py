"""The memory available: the machine's, or the container's limit if that is lower."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

CONTROL_GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_bytes(control_groups: Iterable[Path] = CONTROL_GROUPS) -> int:
    """The lowest of the machine's memory and the limits of our control group."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in control_groups:
        try:
            text = file.read_text().strip()
        except OSError:
            continue
        if text.isdecimal():  # `max`: no limit
            limits.append(int(text))
    return min(limits)
