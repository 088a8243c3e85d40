"""Locks in Redis that expire by themselves when their holder was killed.

FerretDB's updates are not atomic, so every change of a document runs under one (ADR 0007). A holder that was merely
slow finds out by `check`, just before it writes.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import redis
from redis.exceptions import LockNotOwnedError
from redis.lock import Lock

from kernel.errors import Unavailable
from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

HOLD_S = 15.0  # longer than any single command may take
LONG_S = 0.3  # a change takes some milliseconds
WAIT_S = 20.0  # longer than a killed holder's lock lasts
FIRST_PAUSE_S, MAX_PAUSE_S = 0.002, 0.05

_TAKE = ALLOW_OOM + "return redis.call('set', KEYS[1], ARGV[1], 'nx', 'px', ARGV[2])"


class LockBusy(Unavailable):
    slug = "lock-busy"

    def __init__(self) -> None:
        super().__init__("Others are changing the same data; try again in a moment.")


class LockLost(Unavailable):
    """It expired, and another may hold it by now."""

    slug = "lock-lost"

    def __init__(self) -> None:
        super().__init__("This change took too long and was given up before it wrote; try again.")


class ExpiringLock(Lock):
    """redis-py's lock, which can be acquired even when Redis is full, as it expires."""

    timeout: float

    def do_acquire(self, token: str) -> bool:
        return bool(self.redis.eval(_TAKE, 1, self.name, token, round(self.timeout * 1000)))


def make_lock(url: str, key: str, hold_s: float, *, thread_local: bool = True) -> ExpiringLock:
    """A lock, not yet acquired. `thread_local=False`: other threads may renew it."""
    return ExpiringLock(redis_client(url), key, hold_s, thread_local=thread_local)


def new_token() -> str:
    return secrets.token_hex(12)


@contextmanager
def locked(url: str, key: str, hold_s: float, wait_s: float) -> Iterator[None]:
    """Hold the lock inside; not re-entrant. Raises LockBusy after `wait_s`."""
    lock = make_lock(url, key, hold_s)
    with translated("taking a lock"):
        if not lock.acquire(blocking_timeout=wait_s, token=new_token()):
            raise LockBusy()
    try:
        yield
    finally:
        with suppress(redis.RedisError):  # the work is done, and the lock expires
            lock.release()


class ReentrantLock:
    """`with lock.held(): …`. A thread that holds it may enter again."""

    _held = threading.local()  # this thread's locks by key

    def __init__(
        self,
        url: str,
        key: str,
        hold_s: float = HOLD_S,
        wait_s: float = WAIT_S,
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        self.url, self.key, self.hold_s, self.wait_s, self._on_wait = url, key, hold_s, wait_s, on_wait

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for the lock; LockBusy after `wait_s`. `on_wait`, which may raise, is called if it takes long."""
        mine = self._mine()
        if self.key in mine:
            yield
            return
        lock = self.acquire()
        mine[self.key] = lock
        try:
            yield
        finally:
            del mine[self.key]
            with suppress(redis.RedisError):  # the work is done, and the lock expires
                lock.release()

    def check(self) -> None:
        """Call just before a write: renews the lock, or raises LockLost."""
        lock = self._mine().get(self.key)
        if lock is None:
            raise LockLost()
        with translated("renewing a lock"):
            try:
                lock.reacquire()
            except LockNotOwnedError:
                raise LockLost() from None

    def acquire(self) -> ExpiringLock:
        """The lock, exclusive across threads and processes; `held` also releases it."""
        lock, token = make_lock(self.url, self.key, self.hold_s), new_token()
        began, pause, notified = time.monotonic(), FIRST_PAUSE_S, False
        with translated("taking a lock"):
            while not lock.acquire(blocking=False, token=token):
                waited = time.monotonic() - began
                if waited > LONG_S and not notified:
                    self._on_wait()
                    notified = True
                if waited > self.wait_s:
                    raise LockBusy()
                time.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 1.5, MAX_PAUSE_S)
        return lock

    def _mine(self) -> dict[str, ExpiringLock]:
        if not hasattr(self._held, "locks"):
            self._held.locks = {}
        locks: dict[str, ExpiringLock] = self._held.locks
        return locks
