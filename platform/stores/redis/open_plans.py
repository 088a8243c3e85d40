"""Which plans of one kind are open in a tenant's documents: a hint, as the documents are authoritative."""

from __future__ import annotations

import time
from typing import Any

from stores.redis.client import redis_client
from stores.redis.errors import translated


class OpenPlans:
    def __init__(self, url: str, prefix: str, kind: str) -> None:
        self._redis: Any = redis_client(url)
        self._key = f"{prefix}{kind}:open"

    def add(self, name: str) -> None:
        with translated("noting an open plan"):
            self._redis.zadd(self._key, {name: time.time()}, nx=True)

    def remove(self, name: str) -> None:
        with translated("removing an open plan"):
            self._redis.zrem(self._key, name)

    def all(self, age_s: float = 0.0) -> list[str]:
        """Those that have been open for so long, the oldest first."""
        with translated("reading open plans"):
            noted = self._redis.zrange(self._key, 0, -1, withscores=True)
        until = time.time() - age_s
        return [name.decode() for name, since in noted if not age_s or since <= until]
