"""Callers and tenants cached in each process: for 5 s, or until Redis announces that one of them changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kernel.errors import Unavailable
from stores.redis.epochs import Position

T = TypeVar("T")
TTL_S = 5.0
POLL_INTERVAL_S = 0.4
MAX_STALENESS_S = 0.8  # beyond this requests wait for a poll: a revoked token is refused everywhere within a second
MAX_ENTRIES = 20_000


class InvalidationFeed(Protocol):
    def since(self, seen: Position | None) -> tuple[Position, frozenset[str] | None]: ...


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """A value, the subjects it was made from, and (monotonic seconds) when it expires by itself."""

    value: T
    subjects: frozenset[str]
    until: float | None = None


class IdentityCache:
    """Values by key. While Redis does not answer nothing is cached: slower, but still correct."""

    def __init__(self, feed: InvalidationFeed, clock: Callable[[], float], ttl_s: float = TTL_S) -> None:
        self._feed, self._clock, self._ttl_s = feed, clock, ttl_s
        self._lock, self._polling = threading.Lock(), threading.Lock()
        self._values: dict[str, Loaded[object]] = {}
        self._position: Position | None = None
        self._polled_at = float("-inf")
        self._trusted = False
        self._generation = 0  # moves with every invalidation, so that what was read before it is not cached after it

    def get(self, key: str, load: Callable[[], Loaded[T]]) -> T:
        """The value under `key`, loaded if it is not cached."""
        self._poll_if_due()
        now = self._clock()
        generation, known = self._generation, self._values.get(key) if self._trusted else None
        if known is not None and (known.until is None or known.until > now):
            return known.value  # type: ignore[return-value]
        loaded = load()
        self._keep(key, loaded, now, generation)
        return loaded.value

    def invalidate(self, subjects: Iterable[str]) -> None:
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
        fresh = now + self._ttl_s
        until = fresh if loaded.until is None else min(fresh, loaded.until)
        if until <= now:
            return
        with self._lock:
            if self._trusted and self._generation == generation:
                if len(self._values) >= MAX_ENTRIES:
                    self._values = {}
                self._values[key] = Loaded(loaded.value, loaded.subjects, until)

    def _poll_if_due(self) -> None:
        """Poll the feed if the last poll is old; while another thread polls, continue if it is not too old."""
        age = self._clock() - self._polled_at
        if age < POLL_INTERVAL_S or not self._polling.acquire(blocking=age >= MAX_STALENESS_S):
            return
        try:
            if (started := self._clock()) - self._polled_at >= POLL_INTERVAL_S:
                self._poll()
                self._polled_at = started if self._trusted else self._clock()
        finally:
            self._polling.release()

    def _poll(self) -> None:
        try:
            position, moved = self._feed.since(self._position)
        except Unavailable:
            self._trusted = False
            self.clear()  # a change made while Redis is away is announced to nobody
            return
        if moved is None:
            self.clear()
        elif moved:
            self.invalidate(moved)
        self._position, self._trusted = position, True
