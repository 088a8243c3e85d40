"""What requests do that may be slow is done by some of a web process's threads at once, so that others are free."""

from __future__ import annotations

import threading
from collections import Counter

QUEUE_S = 0.3  # what is quick takes a few milliseconds: who waits for a place so long waits for slow ones


class Places:
    """So many for each tenant, so many for all together. They lie in the process's memory: a kill leaves none."""

    def __init__(self, of_each: int, together: int) -> None:
        self._of_each, self._together = of_each, together
        self._going: Counter[str] = Counter()
        self._changed = threading.Condition()

    def enter(self, key: str, wait_s: float) -> bool:
        """Whether there was a place within that time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_free(key), wait_s):
                return False
            self._going[key] += 1
            return True

    def leave(self, key: str) -> None:
        with self._changed:
            self._going[key] -= 1
            if not self._going[key]:
                del self._going[key]
            self._changed.notify_all()

    def _is_free(self, key: str) -> bool:
        return self._going[key] < self._of_each and self._going.total() < self._together
