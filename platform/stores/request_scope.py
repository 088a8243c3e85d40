"""What a request holds while it waits for stores: a permit of its tenant's share, released when it ends."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar

MAX_WAITING_OF_TENANT, MAX_WAITING = 2, 4  # threads of a web process, which has 6, that may wait for slow answers


class Permits:
    """How many requests may wait, for each tenant and in total. Kept in memory, so a killed process leaves none."""

    def __init__(self, per_key: int, total: int) -> None:
        self._per_key, self._total = per_key, total
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, key: str) -> bool:
        with self._lock:
            if self._taken[key] >= self._per_key or self._taken.total() >= self._total:
                return False
            self._taken[key] += 1
            return True

    def release(self, key: str) -> None:
        with self._lock:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


class RequestScope:
    """One request, whose reads may run in several threads."""

    def __init__(self, permits: Permits) -> None:
        self._permits, self._held = permits, set[str]()
        self._lock = threading.Lock()
        self._at_end: list[Callable[[], None]] = []
        self.ended = False

    def at_end(self, act: Callable[[], None]) -> None:
        """Called once the request's last byte is sent."""
        self._at_end.append(act)

    def hold(self, key: str) -> bool:
        """Whether the request may wait on behalf of `key`. It holds one permit for it, however often it calls this."""
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
                self._permits.release(self._held.pop())
        while self._at_end:
            self._at_end.pop()()


PERMITS = Permits(MAX_WAITING_OF_TENANT, MAX_WAITING)
_scope: ContextVar[RequestScope | None] = ContextVar("scope", default=None)


def begin_request(permits: Permits = PERMITS) -> RequestScope:
    """From now on this thread reads on behalf of a request."""
    scope = RequestScope(permits)
    _scope.set(scope)
    return scope


def current_request() -> RequestScope | None:
    """The request that this thread works for; None in a worker, which can wait."""
    scope = _scope.get()
    return None if scope is None or scope.ended else scope
