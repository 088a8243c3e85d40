"""Mounts below a folder of ours, which must be gone before it can be removed."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from tests.testbed.places import TestbedError

TIMEOUT_S = 10


def mounts_below(folder: Path) -> list[str]:
    """The deepest first."""
    lines = Path("/proc/mounts").read_text().splitlines()
    points = [line.split()[1].encode().decode("unicode_escape") for line in lines]
    return [point for point in reversed(points) if point.startswith(f"{folder}/")]


def unmount_below(folder: Path) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while left := mounts_below(folder):
        for point in left:
            subprocess.run(["umount", point], capture_output=True)
        if left == mounts_below(folder):
            if time.monotonic() > deadline:
                raise TestbedError(f"{left[0]} cannot be unmounted; nothing below {folder} was removed.")
            time.sleep(0.2)
