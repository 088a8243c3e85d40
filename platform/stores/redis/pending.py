"""Work of all tenants that a killed worker may have left unfinished. A hint: the records are authoritative."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from stores.redis.client import redis_client
from stores.redis.errors import translated

TTL_S = 86_400
MAX_COLLECTED = 100  # of one tenant at a time


class Pending:
    """Pairs of tenant slug and id, in the order they were added. The records say whether one is still open."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._key = url, f"pt:open:{name}"
        self._own = f"open:{name}"  # below a tenant's prefix
        self._unordered = f"pt:pending:{name}"  # a set, as earlier versions stored it

    def add(self, slug: str, id: str) -> None:
        """Add an entry; an existing one keeps its position."""
        with translated("noting pending work"):
            redis_client(self._url).zadd(self._key, {f"{slug} {id}": time.time()}, nx=True)

    def add_own(self, prefix: str, id: str) -> None:
        """For a tenant's pod, which cannot reach the list of all tenants: kept until `collect`."""
        with translated("noting pending work"):
            redis_client(self._url).zadd(f"{prefix}{self._own}", {id: time.time()}, nx=True)

    def collect(self, tenants: Iterable[tuple[str, str]]) -> None:
        """Move what the pods of these tenants (slug, prefix) added into the list of all."""
        named = list(tenants)
        with translated("collecting pending work"):
            client: Any = redis_client(self._url)
            pipe = client.pipeline(transaction=False)
            for _, prefix in named:
                pipe.zrange(f"{prefix}{self._own}", 0, MAX_COLLECTED - 1)
            for (slug, prefix), found in zip(named, pipe.execute(raise_on_error=False), strict=True):
                if isinstance(found, list) and found:
                    for id in found:
                        self.add(slug, id.decode(errors="replace"))
                    client.zrem(f"{prefix}{self._own}", *found)

    def remove(self, slug: str, id: str) -> None:
        with translated("removing pending work"):
            redis_client(self._url).zrem(self._key, f"{slug} {id}")

    def all(self) -> list[tuple[str, str]]:
        with translated("reading pending work"):
            client: Any = redis_client(self._url)
            if old := client.smembers(self._unordered):
                client.zadd(self._key, dict.fromkeys(old, 0.0), nx=True)
                client.delete(self._unordered)
            entries = client.zrange(self._key, 0, -1)
        pairs = (entry.decode().partition(" ") for entry in entries)
        return [(slug, id) for slug, _, id in pairs]


class LastServed:
    """When each tenant was last served, so that those who wait longest come first."""

    def __init__(self, url: str, queue: str) -> None:
        self._url, self._prefix = url, f"pt:jobs:turn:{queue}:"

    def note(self, slug: str, now: int) -> None:
        """`now` is epoch ms."""
        with translated("noting whose job runs"):
            redis_client(self._url).set(f"{self._prefix}{slug}", now, ex=TTL_S)

    def longest_waiting(self, slugs: Sequence[str]) -> str:
        """The tenant that has waited longest; the first one if several were never served."""
        with translated("reading whose jobs ran"):
            served = redis_client(self._url).mget([f"{self._prefix}{slug}" for slug in slugs])
        return min(zip(slugs, served, strict=True), key=lambda pair: int(pair[1] or 0))[0]
