"""Whether people wait for answers: work in the background then leaves them room."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import redis

from stores.redis.client import redis_client

LASTS_MS = 1_000
NOTED_EVERY_S = 0.25


def _key(host: str) -> str:
    return f"plantrace:reading:{host}"


def _own_key(prefix: str) -> str:
    return f"{prefix}reading"


class Demand:
    """Interactive reads by the host whose databases they ask. It is a hint: where Redis is down nobody knows of any.

    A tenant's pod (`own`) notes its tenant instead, of which there is one on a host then.
    """

    def __init__(self, url: str, own: bool = False) -> None:
        self._redis: Any = redis_client(url, timeout_s=1.0)
        self._own = own
        self._noted: dict[str, float] = {}

    def note(self, host: str, prefix: str) -> None:
        """Somebody reads from that tenant there now. Told to Redis a few times a second at most."""
        now = time.monotonic()
        if now - self._noted.get(host, -NOTED_EVERY_S) < NOTED_EVERY_S:
            return
        self._noted[host] = now
        with contextlib.suppress(redis.RedisError, OSError):
            self._redis.set(_own_key(prefix) if self._own else _key(host), 1, px=LASTS_MS)

    def is_recent(self, host: str, prefix: str) -> bool:
        """Whether somebody read within the last second, from that tenant or from any on that host."""
        keys = [_own_key(prefix)] if self._own else [_key(host), _own_key(prefix)]
        with contextlib.suppress(redis.RedisError, OSError):
            return bool(self._redis.exists(*keys))
        return False
