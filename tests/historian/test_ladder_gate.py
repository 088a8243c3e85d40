"""Turns of the ladder: a few concurrently, not counting those that wait for their databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from historian.ladder.gate import Gate


def run(gate: Gate, works: list[Callable[[], None]]) -> list[threading.Thread]:
    def pass_through(work: Callable[[], None]) -> None:
        with gate.passed():
            work()

    threads = [threading.Thread(target=pass_through, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    return threads


def test_concurrency_is_limited() -> None:
    at_work, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.02)
        with lock:
            at_work -= 1

    for thread in run(Gate(2, long_s=60), [work] * 8):
        thread.join()
    assert most == 2


def test_long_turns_do_not_block_others() -> None:
    gate, end, others = Gate(2, long_s=0.2), threading.Event(), threading.Semaphore(0)
    waiting = run(gate, [lambda: end.wait(30) and None] * 3)  # one more than may pass at once
    quick = run(gate, [others.release] * 3)
    assert all(others.acquire(timeout=60) for _ in quick), "they went past"
    assert all(thread.is_alive() for thread in waiting)
    end.set()
    for thread in waiting + quick:
        thread.join()
