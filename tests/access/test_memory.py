"""What a process remembers of callers, and when it forgets."""

from __future__ import annotations

import threading
import time

from access.memory import ASK_EVERY_S, FRESH_S, OLDEST_S, Loaded, Memory
from kernel.errors import Unavailable
from stores.redis.epochs import Position


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Wire:
    """News as they come from Redis, without Redis."""

    def __init__(self) -> None:
        self.epoch, self.moved, self.up = 0, frozenset[str](), True

    def move(self, *subjects: str) -> None:
        self.epoch, self.moved = self.epoch + 1, frozenset(subjects)

    def since(self, seen: Position | None) -> tuple[Position, frozenset[str] | None]:
        if not self.up:
            raise Unavailable("down")
        now = Position("run", self.epoch)
        return now, None if seen is None else frozenset() if seen == now else self.moved


def counting(memory: Memory, key: str = "k", subject: str = "user:1") -> list[int]:
    """Asks for the key; the list grows by every load."""
    loads = counting.loads.setdefault((id(memory), key), [])  # type: ignore[attr-defined]
    memory.get(key, lambda: (loads.append(1), Loaded("value", frozenset({subject})))[1])
    return loads


counting.loads = {}  # type: ignore[attr-defined]


def test_a_value_is_loaded_once_within_five_seconds() -> None:
    clock = Clock()
    memory = Memory(Wire(), clock)
    counting(memory)
    clock.now += FRESH_S - 0.1
    assert len(counting(memory)) == 1
    clock.now += 0.2
    assert len(counting(memory)) == 2


def test_a_move_is_heard_of_within_the_asking_interval_and_drops_only_its_subjects() -> None:
    clock, wire = Clock(), Wire()
    memory = Memory(wire, clock)
    counting(memory)
    counting(memory, "other", "user:2")
    wire.move("user:1")
    assert len(counting(memory)) == 1
    clock.now += ASK_EVERY_S
    assert len(counting(memory)) == 2
    assert len(counting(memory, "other", "user:2")) == 1


def test_nothing_is_remembered_while_redis_is_away_nor_is_anything_from_before() -> None:
    clock, wire = Clock(), Wire()
    memory = Memory(wire, clock)
    counting(memory)
    wire.up = False
    clock.now += ASK_EVERY_S
    assert len(counting(memory)) == 2
    assert len(counting(memory)) == 3
    wire.up = True
    clock.now += ASK_EVERY_S
    assert len(counting(memory)) == 4
    assert len(counting(memory)) == 4


def test_what_was_read_before_a_forgetting_is_not_kept_after_it() -> None:
    memory = Memory(Wire(), Clock())

    def slow_load() -> Loaded[str]:
        memory.forget({"user:1"})  # somebody's role changes while we read
        return Loaded("old", frozenset({"user:1"}))

    memory.get("k", slow_load)
    assert memory.get("k", lambda: Loaded("new", frozenset({"user:1"}))) == "new"


def test_a_value_ends_when_its_credential_expires() -> None:
    clock = Clock()
    memory = Memory(Wire(), clock)
    memory.get("k", lambda: Loaded("old", frozenset(), clock.now + 1))
    clock.now += 1.5
    assert memory.get("k", lambda: Loaded("new", frozenset())) == "new"


def test_strangers_do_not_fill_the_memory() -> None:
    clock = Clock()
    memory = Memory(Wire(), clock)
    memory.get("k", lambda: Loaded(None, frozenset(), clock.now))
    assert memory.get("k", lambda: Loaded("new", frozenset())) == "new"


def test_nobody_goes_on_with_old_knowledge_while_another_thread_asks_for_news() -> None:
    """A process that was idle: of two requests at once, the second must not be quicker than the news."""
    clock, wire = Clock(), Wire()
    memory = Memory(wire, clock)
    counting(memory)
    wire.move("user:1")
    clock.now += OLDEST_S + 0.1
    asked, answer = threading.Event(), threading.Event()
    quick = wire.since

    def slow(seen: Position | None) -> tuple[Position, frozenset[str] | None]:
        asked.set()
        answer.wait()
        return quick(seen)

    wire.since = slow  # type: ignore[method-assign]
    loads: list[list[int]] = []
    threads = [threading.Thread(target=lambda: loads.append(counting(memory))) for _ in range(2)]
    for thread in threads:
        thread.start()
    asked.wait()
    time.sleep(0.05)
    before = list(loads)
    answer.set()
    for thread in threads:
        thread.join()
    assert before == [], "both wait"
    assert len(loads[0]) >= 2
