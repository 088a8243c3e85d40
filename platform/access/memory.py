"""What a process remembers of callers and tenants: for 5 s, or until Redis says that one of them changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kernel.errors import Unavailable
from stores.epochs import Position

T = TypeVar("T")
FRESH_S = 5.0
ASK_EVERY_S = 0.4  # a revoked token is refused everywhere within a second
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

    def __init__(self, news: News, clock: Callable[[], float]) -> None:
        self._news, self._clock = news, clock
        self._lock = threading.Lock()
        self._values: dict[str, Loaded[object]] = {}
        self._position: Position | None = None
        self._asked_at = float("-inf")
        self._trusted = False
        self._generation = 0  # moves with every forgetting, so that what was read before it is not kept after it

    def get(self, key: str, load: Callable[[], Loaded[T]]) -> T:
        """The value under `key`, loaded if it is not known."""
        now = self._clock()
        self._ask(now)
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
        until = min(now + FRESH_S, now + FRESH_S if loaded.until is None else loaded.until)
        if until <= now:
            return
        with self._lock:
            if self._trusted and self._generation == generation:
                if len(self._values) >= MOST:
                    self._values = {}
                self._values[key] = Loaded(loaded.value, loaded.subjects, until)

    def _ask(self, now: float) -> None:
        if now - self._asked_at < ASK_EVERY_S:
            return
        self._asked_at = now  # before the answer: other threads go on with what is known meanwhile
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
