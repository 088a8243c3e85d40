"""What a process remembers of callers and tenants: for 5 s, or until Redis says that one of them changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kernel.errors import Unavailable
from stores.redis.epochs import Position

T = TypeVar("T")
FRESH_S = 5.0
ASK_EVERY_S = 0.4
OLDEST_S = 0.8  # news older than this are waited for: a revoked token is refused everywhere within a second
MOST = 20_000


class News(Protocol):
    def since(self, seen: Position | None) -> tuple[Position, frozenset[str] | None]: ...


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """A value, the subjects it was made from, and (monotonic seconds) when it ends by itself."""

    value: T
    subjects: frozenset[str]
    until: float | None = None


class Memory:
    """Values by key. While Redis does not answer nothing is remembered: slower, and still right."""

    def __init__(self, news: News, clock: Callable[[], float], fresh_s: float = FRESH_S) -> None:
        self._news, self._clock, self._fresh_s = news, clock, fresh_s
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._values: dict[str, Loaded[object]] = {}
        self._position: Position | None = None
        self._heard_at = float("-inf")
        self._trusted = False
        self._generation = 0  # moves with every forgetting, so that what was read before it is not kept after it

    def get(self, key: str, load: Callable[[], Loaded[T]]) -> T:
        """The value under `key`, loaded if it is not known."""
        self._hear()
        now = self._clock()
        generation, known = self._generation, self._values.get(key) if self._trusted else None
        if known is not None and (known.until is None or known.until > now):
            return known.value  # type: ignore[return-value]
        loaded = load()
        self._keep(key, loaded, now, generation)
        return loaded.value

    def forget(self, subjects: Iterable[str]) -> None:
        """Drop all that was made from one of the subjects."""
        moved = frozenset(subjects)
        with self._lock:
            self._generation += 1
            self._values = {k: v for k, v in self._values.items() if not (v.subjects & moved)}

    def clear(self) -> None:
        with self._lock:
            self._generation += 1
            self._values = {}

    def _keep(self, key: str, loaded: Loaded[T], now: float, generation: int) -> None:
        fresh = now + self._fresh_s
        until = fresh if loaded.until is None else min(fresh, loaded.until)
        if until <= now:
            return
        with self._lock:
            if self._trusted and self._generation == generation:
                if len(self._values) >= MOST:
                    self._values = {}
                self._values[key] = Loaded(loaded.value, loaded.subjects, until)

    def _hear(self) -> None:
        """Ask for news if the last are old; while another thread is at it, go on if they are not too old."""
        age = self._clock() - self._heard_at
        if age < ASK_EVERY_S or not self._asking.acquire(blocking=age >= OLDEST_S):
            return
        try:
            if (asked := self._clock()) - self._heard_at >= ASK_EVERY_S:
                self._ask()
                self._heard_at = asked if self._trusted else self._clock()
        finally:
            self._asking.release()

    def _ask(self) -> None:
        try:
            position, moved = self._news.since(self._position)
        except Unavailable:
            self._trusted = False
            self.clear()  # a change made while Redis is away is told to nobody
            return
        if moved is None:
            self.clear()
        elif moved:
            self.forget(moved)
        self._position, self._trusted = position, True
