"""Connections to Redis."""

from __future__ import annotations

from functools import lru_cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 2.0


@lru_cache(maxsize=32)
def redis_client(url: str, timeout_s: float = TIMEOUT_S) -> redis.Redis:
    """This process's connection pool, which returns bytes. Safe to share between threads and after a fork.

    It retries once, immediately: a pooled connection may be older than Redis's last restart.
    """
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout_s,
        socket_connect_timeout=min(timeout_s, CONNECT_TIMEOUT_S),
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )
