"""What one request holds while it waits for stores: a permit of its tenant's share, given back when it ends."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar

MAX_SLOW_OF_TENANT, MAX_SLOW = 2, 4  # threads of a web process that may wait for slow answers; it has 6


class Permits:
    """How many may wait, for each tenant and all together. They lie in the process's memory: a kill leaves none."""

    def __init__(self, of_each: int, together: int) -> None:
        self._of_each, self._together = of_each, together
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, key: str) -> bool:
        with self._lock:
            if self._taken[key] >= self._of_each or self._taken.total() >= self._together:
                return False
            self._taken[key] += 1
            return True

    def give_back(self, key: str) -> None:
        with self._lock:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


class Visit:
    """One request, in however many threads it reads."""

    def __init__(self, permits: Permits) -> None:
        self._permits, self._held = permits, set[str]()
        self._lock = threading.Lock()
        self._at_end: list[Callable[[], None]] = []
        self.ended = False

    def at_end(self, act: Callable[[], None]) -> None:
        """Done when the request's last byte was taken."""
        self._at_end.append(act)

    def hold(self, key: str) -> bool:
        """Whether the request may wait on behalf of `key`; it holds one permit, however often it asks."""
        with self._lock:
            if key in self._held:
                return True
            if self.ended or not self._permits.take(key):
                return False
            self._held.add(key)
            return True

    def end(self) -> None:
        with self._lock:
            self.ended = True
            while self._held:
                self._permits.give_back(self._held.pop())
        while self._at_end:
            self._at_end.pop()()


PERMITS = Permits(MAX_SLOW_OF_TENANT, MAX_SLOW)
_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


def begin_visit(permits: Permits = PERMITS) -> Visit:
    """From now on what this thread reads is read for a request."""
    visit = Visit(permits)
    _visit.set(visit)
    return visit


def current_visit() -> Visit | None:
    """The request that this thread works for; None in workers, which have time."""
    visit = _visit.get()
    return None if visit is None or visit.ended else visit
