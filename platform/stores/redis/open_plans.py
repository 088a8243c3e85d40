"""Which plans of one tenant's documents are open: a hint, as the documents are authoritative."""

from __future__ import annotations

import time
from typing import Any

from stores.redis.client import redis_client
from stores.redis.errors import translated


class OpenPlans:
    def __init__(self, url: str, prefix: str) -> None:
        self._redis: Any = redis_client(url)
        self._key = f"{prefix}plans:open"

    def add(self, name: str) -> None:
        with translated("noting an open plan"):
            self._redis.zadd(self._key, {name: time.time()}, nx=True)

    def remove(self, name: str) -> None:
        with translated("removing an open plan"):
            self._redis.zrem(self._key, name)

    def all(self) -> list[str]:
        """The oldest first."""
        with translated("reading open plans"):
            return [name.decode() for name in self._redis.zrange(self._key, 0, -1)]
