"""Small disks in memory, for tests that fill them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def mounted_disk(folder: Path, mib: int) -> Iterator[Path | None]:
    """A file system of its own, in memory; None where mounting one is not permitted."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=700", "plantrace-test", str(folder)]
    if subprocess.run(command, capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """To the last byte, with the file that is returned."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return path
