"""Connections to Redis, and its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from kernel.errors import Unavailable

TIMEOUT_S = 5.0
FULL_RETRY_S = 5


def redis_client(url: str, timeout_s: float = TIMEOUT_S) -> redis.Redis:
    """A pooled client that answers bytes. One retry at once: a pooled connection may be from before Redis's restart."""
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout_s,
        socket_connect_timeout=min(timeout_s, 2.0),
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )


def full() -> Unavailable:
    """Redis is at its `maxmemory`: nothing was written, and there is room again once the streams are drained."""
    return Unavailable(
        "Too much waits to be stored, and nothing more is taken until there is room. Send the same again later.",
        slug="store-full",
        store="redis",
        retry_after=FULL_RETRY_S,
    )


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Whatever Redis raises inside becomes Unavailable, saying what we were at."""
    try:
        yield
    except redis.OutOfMemoryError as error:
        raise full() from error
    except (redis.RedisError, OSError) as error:
        raise Unavailable(f"Redis did not answer while {doing}: {error}", store="redis", retry_after=2) from error
