"""How many threads of a web process may do something slow at the same time, so that the others stay free."""

from __future__ import annotations

import threading
from collections import Counter

QUEUE_TIMEOUT_S = 0.3  # quick calls take a few milliseconds, so whoever waits longer waits for slow ones


class ConcurrencyLimit:
    """A limit for each key, and one in total. Kept in memory, so a killed process leaves nothing behind."""

    def __init__(self, per_key: int, total: int) -> None:
        self._per_key, self._total = per_key, total
        self._running: Counter[str] = Counter()
        self._changed = threading.Condition()

    def enter(self, key: str, wait_s: float) -> bool:
        """True if there was room within that time; `leave` must follow."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_free(key), wait_s):
                return False
            self._running[key] += 1
            return True

    def leave(self, key: str) -> None:
        with self._changed:
            self._running[key] -= 1
            if not self._running[key]:
                del self._running[key]
            self._changed.notify_all()

    def _is_free(self, key: str) -> bool:
        return self._running[key] < self._per_key and self._running.total() < self._total
