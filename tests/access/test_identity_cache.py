"""The cache of callers in a process, and its invalidation."""

from __future__ import annotations

import threading
import time

from access.identity_cache import MAX_STALENESS_S, POLL_INTERVAL_S, TTL_S, IdentityCache, Loaded
from kernel.errors import Unavailable
from stores.redis.epochs import Position


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Feed:
    """The invalidation feed, without Redis."""

    def __init__(self) -> None:
        self.number, self.moved, self.up = 0, frozenset[str](), True

    def move(self, *subjects: str) -> None:
        self.number, self.moved = self.number + 1, frozenset(subjects)

    def since(self, seen: Position | None) -> tuple[Position, frozenset[str] | None]:
        if not self.up:
            raise Unavailable("down")
        now = Position("epoch", self.number)
        return now, None if seen is None else frozenset() if seen == now else self.moved


def counting(cache: IdentityCache, key: str = "k", subject: str = "user:1") -> list[int]:
    """Asks for the key; the list grows by every load."""
    loads = counting.loads.setdefault((id(cache), key), [])  # type: ignore[attr-defined]
    cache.get(key, lambda: (loads.append(1), Loaded("value", frozenset({subject})))[1])
    return loads


counting.loads = {}  # type: ignore[attr-defined]


def test_a_value_is_loaded_once_within_five_seconds() -> None:
    clock = Clock()
    cache = IdentityCache(Feed(), clock)
    counting(cache)
    clock.now += TTL_S - 0.1
    assert len(counting(cache)) == 1
    clock.now += 0.2
    assert len(counting(cache)) == 2


def test_an_invalidation_arrives_within_the_poll_interval_and_drops_only_its_subjects() -> None:
    clock, feed = Clock(), Feed()
    cache = IdentityCache(feed, clock)
    counting(cache)
    counting(cache, "other", "user:2")
    feed.move("user:1")
    assert len(counting(cache)) == 1
    clock.now += POLL_INTERVAL_S
    assert len(counting(cache)) == 2
    assert len(counting(cache, "other", "user:2")) == 1


def test_nothing_is_cached_while_redis_is_down_not_even_earlier_entries() -> None:
    clock, feed = Clock(), Feed()
    cache = IdentityCache(feed, clock)
    counting(cache)
    feed.up = False
    clock.now += POLL_INTERVAL_S
    assert len(counting(cache)) == 2
    assert len(counting(cache)) == 3
    feed.up = True
    clock.now += POLL_INTERVAL_S
    assert len(counting(cache)) == 4
    assert len(counting(cache)) == 4


def test_what_was_read_before_an_invalidation_is_not_cached_after_it() -> None:
    cache = IdentityCache(Feed(), Clock())

    def slow_load() -> Loaded[str]:
        cache.invalidate({"user:1"})  # somebody's role changes while we read
        return Loaded("old", frozenset({"user:1"}))

    cache.get("k", slow_load)
    assert cache.get("k", lambda: Loaded("new", frozenset({"user:1"}))) == "new"


def test_a_value_ends_when_its_credential_expires() -> None:
    clock = Clock()
    cache = IdentityCache(Feed(), clock)
    cache.get("k", lambda: Loaded("old", frozenset(), clock.now + 1))
    clock.now += 1.5
    assert cache.get("k", lambda: Loaded("new", frozenset())) == "new"


def test_strangers_do_not_fill_the_cache() -> None:
    clock = Clock()
    cache = IdentityCache(Feed(), clock)
    cache.get("k", lambda: Loaded(None, frozenset(), clock.now))
    assert cache.get("k", lambda: Loaded("new", frozenset())) == "new"


def test_no_thread_uses_stale_entries_while_another_polls() -> None:
    """A process that was idle: of two requests at once, the second must not get ahead of the poll."""
    clock, feed = Clock(), Feed()
    cache = IdentityCache(feed, clock)
    counting(cache)
    feed.move("user:1")
    clock.now += MAX_STALENESS_S + 0.1
    started, answer = threading.Event(), threading.Event()
    quick = feed.since

    def slow(seen: Position | None) -> tuple[Position, frozenset[str] | None]:
        started.set()
        answer.wait()
        return quick(seen)

    feed.since = slow  # type: ignore[method-assign]
    loads: list[list[int]] = []
    threads = [threading.Thread(target=lambda: loads.append(counting(cache))) for _ in range(2)]
    for thread in threads:
        thread.start()
    started.wait()
    time.sleep(0.05)
    before = list(loads)
    answer.set()
    for thread in threads:
        thread.join()
    assert before == [], "both wait"
    assert len(loads[0]) >= 2
