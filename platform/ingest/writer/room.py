"""Whether there is room on the disk on which samples are queued."""

from __future__ import annotations

import shutil
from pathlib import Path

MAX_RESERVED_SHARE = 0.05  # of a small disk
REOPEN_SHARE = 1.2  # of what is reserved must be free before samples are accepted again


class DiskRoom:
    """Of the file system of `folder`, where `reserved_bytes` are kept free for what is queued already."""

    def __init__(self, folder: Path, reserved_bytes: int) -> None:
        self._folder, self._wanted, self._short = folder, reserved_bytes, False

    def __call__(self) -> bool:
        """False while less than the reserved bytes are free, and until there is somewhat more room."""
        disk = shutil.disk_usage(self._folder)
        reserved = min(self._wanted, disk.total * MAX_RESERVED_SHARE)
        self._short = disk.free < reserved * (REOPEN_SHARE if self._short else 1)
        return not self._short
