"""Work that a killed worker may have left behind, over all tenants: where to look, not what is true."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from stores.documents.errors import redis_errors
from stores.documents.locks import redis_client

TURN_TTL_S = 86_400


class Pending:
    """(tenant slug, id) in Redis, in the order in which they came. The records say whether one is really open."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._key = url, f"pt:open:{name}"
        self._unordered = f"pt:pending:{name}"  # a set, as earlier versions kept it

    def add(self, slug: str, id: str) -> None:
        """One that is there keeps its place."""
        with redis_errors():
            redis_client(self._url).zadd(self._key, {f"{slug} {id}": time.time()}, nx=True)

    def remove(self, slug: str, id: str) -> None:
        with redis_errors():
            redis_client(self._url).zrem(self._key, f"{slug} {id}")

    def all(self) -> list[tuple[str, str]]:
        with redis_errors():
            client: Any = redis_client(self._url)
            if old := client.smembers(self._unordered):
                client.zadd(self._key, dict.fromkeys(old, 0.0), nx=True)
                client.delete(self._unordered)
            entries = client.zrange(self._key, 0, -1)
        pairs = (entry.decode().partition(" ") for entry in entries)
        return [(slug, id) for slug, _, id in pairs]


class Turns:
    """When each tenant was last served, so that those who wait longest come first."""

    def __init__(self, url: str, queue: str) -> None:
        self._url, self._prefix = url, f"pt:jobs:turn:{queue}:"

    def take(self, slug: str, now: int) -> None:
        """`now` is epoch ms."""
        with redis_errors():
            redis_client(self._url).set(f"{self._prefix}{slug}", now, ex=TURN_TTL_S)

    def longest_waiting(self, slugs: Sequence[str]) -> str:
        """Of those, in their order where none was served before."""
        with redis_errors():
            served = redis_client(self._url).mget([f"{self._prefix}{slug}" for slug in slugs])
        return min(zip(slugs, served, strict=True), key=lambda pair: int(pair[1] or 0))[0]
