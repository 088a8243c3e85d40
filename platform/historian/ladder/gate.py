"""Limits concurrent turns, ignoring long ones, which are probably waiting for a database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

CONCURRENCY = 2  # InfluxDB needs cores, too
LONG_S = 5.0


class Gate:
    """Admits `concurrency` turns. A turn that takes longer than `long_s` no longer counts, so that it blocks a thread
    but no other tenant.
    """

    def __init__(self, concurrency: int = CONCURRENCY, long_s: float = LONG_S) -> None:
        self._concurrency, self._long_s = concurrency, long_s
        self._began: list[float] = []
        self._changed = threading.Condition()

    @contextmanager
    def passed(self) -> Iterator[None]:
        with self._changed:
            while (wait_s := self._wait_s()) > 0:
                self._changed.wait(wait_s)
            began = time.monotonic()
            self._began.append(began)
        try:
            yield
        finally:
            with self._changed:
                self._began.remove(began)
                self._changed.notify()

    def _wait_s(self) -> float:
        """Time until the oldest counted turn stops counting; 0 if there is room."""
        now = time.monotonic()
        short = [began for began in self._began if began > now - self._long_s]
        return min(short) + self._long_s - now if len(short) >= self._concurrency else 0.0
