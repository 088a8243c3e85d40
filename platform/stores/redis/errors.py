"""Errors of redis-py, translated once: none leaves this package."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from kernel.errors import Unavailable

RETRY_S = 2
FULL_RETRY_S = 5


class RedisUnavailable(Unavailable):
    """Redis is down, does not answer in time, or refused a command."""

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"Redis did not answer while {doing}. Try again in a moment.",
            part="redis",
            store="redis",  # deprecated name of `part`, removed in 0.3
            retry_after=RETRY_S,
        )


class RedisMalformed(RedisUnavailable):
    """A key holds something else than we store there: a tenant's pods may write below its prefix."""

    def __init__(self, doing: str) -> None:
        super().__init__(doing)
        self.detail = (
            f"Redis holds something that is not Plantrace's, found while {doing}. Ask the platform's operator."
        )


class RedisFull(Unavailable):
    """Redis is at its `maxmemory`. Nothing was written; there will be room once the streams are drained."""

    slug = "store-full"

    def __init__(self) -> None:
        super().__init__(
            "Too much data is waiting to be stored, and no more is accepted until there is room. "
            "Send the same request again later.",
            part="redis",
            store="redis",
            retry_after=FULL_RETRY_S,
        )


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Translate redis-py's errors to RedisUnavailable or RedisFull; `doing` completes “while …”."""
    try:
        yield
    except redis.OutOfMemoryError as error:
        raise RedisFull() from error
    except (redis.RedisError, OSError) as error:
        raise (RedisMalformed if "WRONGTYPE" in str(error) else RedisUnavailable)(doing) from error


@contextmanager
def decoded(doing: str) -> Iterator[None]:
    """Translate errors of decoding what was read, too, to RedisMalformed."""
    with translated(doing):
        try:
            yield
        except (ValueError, struct.error) as error:
            raise RedisMalformed(doing) from error
