"""Messages that a tenant's own process could not deliver yet, in order: a stream below the tenant's prefix."""

from __future__ import annotations

from typing import cast

from stores.redis.client import redis_client
from stores.redis.errors import translated

MAX_MESSAGES = 100_000
FIELD = "letter"  # named so since 0.1
BATCH_SIZE = 100


class Outbox:
    """Delivery is at least once: `remove` a message when it has arrived."""

    def __init__(self, url: str, prefix: str, name: str) -> None:
        self._redis = redis_client(url)
        self._key = f"{prefix}outbox:{name}"

    def put(self, message: bytes) -> None:
        with translated("queueing a message"):
            self._redis.xadd(self._key, {FIELD: message}, maxlen=MAX_MESSAGES)

    def oldest(self) -> list[tuple[bytes, bytes]]:
        """Ids and contents of the next messages."""
        with translated("reading queued messages"):
            found = cast(list[tuple[bytes, dict[bytes, bytes]]], self._redis.xrange(self._key, count=BATCH_SIZE))
        return [(id, fields[FIELD.encode()]) for id, fields in found]

    def remove(self, id: bytes) -> None:
        """Remove a message. Idempotent."""
        with translated("removing a queued message"):
            self._redis.xdel(self._key, id)
