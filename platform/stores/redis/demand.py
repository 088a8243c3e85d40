"""Whether users are waiting for answers, so that background work can yield to them."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import redis

from stores.redis.client import redis_client

TTL_MS = 1_000
NOTE_INTERVAL_S = 0.25


def _key(host: str) -> str:
    return f"plantrace:reading:{host}"


def _own_key(prefix: str) -> str:
    return f"{prefix}reading"


class Demand:
    """Recent interactive reads, by the host of the databases. A hint only: without Redis there seem to be none.

    A tenant's pod (`own`) notes its tenant instead, which is alone on its host.
    """

    def __init__(self, url: str, own: bool = False) -> None:
        self._redis: Any = redis_client(url, timeout_s=1.0)
        self._own = own
        self._noted: dict[str, float] = {}

    def note(self, host: str, prefix: str) -> None:
        """Somebody is reading from that tenant on that host. Written to Redis a few times a second at most."""
        now = time.monotonic()
        if now - self._noted.get(host, -NOTE_INTERVAL_S) < NOTE_INTERVAL_S:
            return
        self._noted[host] = now
        with contextlib.suppress(redis.RedisError, OSError):
            self._redis.set(_own_key(prefix) if self._own else _key(host), 1, px=TTL_MS)

    def is_recent(self, host: str, prefix: str) -> bool:
        """Whether somebody read within the last second, from that tenant or from any on that host."""
        keys = [_own_key(prefix)] if self._own else [_key(host), _own_key(prefix)]
        with contextlib.suppress(redis.RedisError, OSError):
            return bool(self._redis.exists(*keys))
        return False
