"""Stores that do not answer: once one process has found out, all of them know within half a second."""

from __future__ import annotations

from stores.redis.client import redis_client
from stores.redis.errors import translated

TIMEOUT_S = 0.5


class Breakers:
    """Circuit breakers: keys that expire."""

    def __init__(self, url: str) -> None:
        self._redis = redis_client(url, TIMEOUT_S)

    def open(self, key: str, seconds: float) -> None:
        with translated("noting that a store does not answer"):
            self._redis.set(key, 1, px=round(seconds * 1000))

    def close(self, key: str) -> None:
        with translated("noting that a store answers"):
            self._redis.delete(key)

    def is_open(self, key: str) -> bool:
        with translated("asking whether a store answers"):
            return bool(self._redis.exists(key))
