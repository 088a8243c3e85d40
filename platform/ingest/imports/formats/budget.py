"""What reading a file may cost, so that a small packed one occupies neither a request nor a worker for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from kernel.errors import BadRequest

MAX_UNPACKED = 16 << 30  # bytes
CELLS_PER_BYTE = 8  # unpacked bytes for each of a file: its lines are read, and cut into cells that repeat their tags
MAX_ROWS = 500_000_000
PREVIEW_TIMEOUT_S, MAX_PREVIEW_BYTES, MAX_PREVIEW_ROWS = 10.0, 64 << 20, 1_000_000
Clock = Callable[[], float]  # seconds, monotonic


class LookEnded(Exception):
    """A request has read as much of a file as it may. Its job reads all."""


class Budget:
    """Rows and unpacked bytes of one file, cells included. A large one may take CELLS_PER_BYTE times its own size."""

    def __init__(self, path: Path) -> None:
        self._name, self._max_bytes = path.name, max(MAX_UNPACKED, CELLS_PER_BYTE * path.stat().st_size)
        self.rows = self.bytes = 0

    def spend(self, rows: int = 0, bytes: int = 0) -> None:
        """Called before something is unpacked, or as soon as it is. BadRequest if it is too much."""
        self.rows += rows
        self.bytes += bytes
        self.check()

    def check(self) -> None:
        if self.bytes > self._max_bytes:
            raise BadRequest(
                f"{self._name} unpacks to more than {self._max_bytes >> 30} GiB; split it into several files.",
                slug="bad-file",
            )
        if self.rows > MAX_ROWS:
            raise BadRequest(
                f"{self._name} has more than {MAX_ROWS:,} rows; split it into several files.", slug="bad-file"
            )


class Look:
    """What a request may read of the files that it brings: of each a part, of all as long as time is left."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock, self._end = clock, clock() + PREVIEW_TIMEOUT_S

    def budget(self, path: Path) -> Budget:
        return _LookBudget(path, self)

    def check(self) -> None:
        """LookEnded if time is up."""
        if self._clock() > self._end:
            raise LookEnded


class _LookBudget(Budget):
    def __init__(self, path: Path, look: Look) -> None:
        super().__init__(path)
        self._look = look

    def check(self) -> None:
        super().check()
        self._look.check()
        if self.bytes > MAX_PREVIEW_BYTES or self.rows > MAX_PREVIEW_ROWS:
            raise LookEnded
