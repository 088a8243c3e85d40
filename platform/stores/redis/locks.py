"""A lock in Redis, held by one thread of one process at a time, over all processes.

FerretDB's updates are not atomic, so every change of a document runs under such a lock. It ends by itself when its
holder was killed; a holder that was merely slow finds out by `check`, just before it writes.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

import redis

from kernel.errors import Unavailable
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

HOLD_S = 15.0  # longer than any one command may take
LONG_S = 0.3  # a change takes some milliseconds
WAIT_S = 20.0  # longer than a killed holder's lock lasts

TAKE = ALLOW_OOM + "return redis.call('set', KEYS[1], ARGV[1], 'nx', 'px', ARGV[2])"  # it ends by itself
RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

_held = threading.local()  # key -> (token, depth) of this thread's locks: a holder may enter again


@lru_cache(maxsize=8)
def redis_client(url: str) -> redis.Redis:
    """This process's connection pool to that Redis."""
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2, health_check_interval=30)


class Lock:
    """`with lock.held(): …`. Re-entrant within a thread."""

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
        """Waits for the lock; Unavailable after `wait_s`. `on_wait`, which may raise, is told if it takes long."""
        mine = self._mine()
        if self.key in mine:
            yield
            return
        token = self._acquire()
        mine[self.key] = token
        try:
            yield
        finally:
            del mine[self.key]
            self._release(token)

    def check(self) -> None:
        """Call just before a write: renews the lock, or raises Unavailable if it was lost meanwhile."""
        token = self._mine().get(self.key)
        with translated("renewing a lock"):
            kept = token and redis_client(self.url).eval(RENEW, 1, self.key, token, self._milliseconds())
        if not kept:
            raise Unavailable(
                "This change took too long and was given up before it wrote; try again.", slug="lock-lost"
            )

    def _acquire(self) -> str:
        token, began, pause, told = secrets.token_hex(12), time.monotonic(), 0.002, False
        with translated("taking a lock"):
            while not redis_client(self.url).eval(TAKE, 1, self.key, token, self._milliseconds()):
                waited = time.monotonic() - began
                if waited > LONG_S and not told:
                    self._on_wait()
                    told = True
                if waited > self.wait_s:
                    raise Unavailable("Others are changing the same data; try again in a moment.", slug="lock-busy")
                time.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 1.5, 0.05)
        return token

    def _release(self, token: str) -> None:
        with suppress(redis.RedisError):  # the work is done, and the lock ends by itself
            redis_client(self.url).eval(RELEASE, 1, self.key, token)

    def _mine(self) -> dict[str, str]:
        if not hasattr(_held, "tokens"):
            _held.tokens = {}
        tokens: dict[str, str] = _held.tokens
        return tokens

    def _milliseconds(self) -> int:
        return round(self.hold_s * 1000)
