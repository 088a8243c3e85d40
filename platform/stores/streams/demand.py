"""Whether people wait for answers: work in the background then leaves them room."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import redis

from stores.streams.client import redis_client

LASTS_MS = 1_000
NOTED_EVERY_S = 0.25


def _key(host: str) -> str:
    return f"plantrace:reading:{host}"


class Demand:
    """Interactive reads by the host whose databases they ask. It is a hint: where Redis is down nobody knows of any."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url, timeout_s=1.0)
        self._noted: dict[str, float] = {}

    def note(self, host: str) -> None:
        """Somebody reads now. Told to Redis a few times a second at most."""
        now = time.monotonic()
        if now - self._noted.get(host, -NOTED_EVERY_S) < NOTED_EVERY_S:
            return
        self._noted[host] = now
        with contextlib.suppress(redis.RedisError, OSError):
            self._redis.set(_key(host), 1, px=LASTS_MS)

    def is_recent(self, host: str) -> bool:
        """Whether somebody read within the last second."""
        with contextlib.suppress(redis.RedisError, OSError):
            return bool(self._redis.exists(_key(host)))
        return False
