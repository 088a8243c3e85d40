"""What a tenant's own process could not hand over yet, in its order: a stream under the tenant's prefix."""

from __future__ import annotations

from typing import cast

from stores.redis.client import redis_client
from stores.redis.errors import translated

MAX_WAITING = 100_000
BATCH_SIZE = 100


class Outbox:
    """Raises Unavailable if Redis is down."""

    def __init__(self, url: str, prefix: str, name: str) -> None:
        self._redis = redis_client(url)
        self._key = f"{prefix}outbox:{name}"

    def put(self, letter: bytes) -> None:
        with translated("keeping what the control plane is to hear"):
            self._redis.xadd(self._key, {"letter": letter}, maxlen=MAX_WAITING)

    def oldest(self) -> list[tuple[bytes, bytes]]:
        """Id and letter of the next ones."""
        with translated("reading what the control plane is to hear"):
            found = cast(list[tuple[bytes, dict[bytes, bytes]]], self._redis.xrange(self._key, count=BATCH_SIZE))
        return [(id, fields[b"letter"]) for id, fields in found]

    def remove(self, id: bytes) -> None:
        """Fine if another process was faster."""
        with translated("dropping what the control plane has heard"):
            self._redis.xdel(self._key, id)
