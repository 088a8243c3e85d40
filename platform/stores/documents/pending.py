"""Work that a killed worker may have left behind, over all tenants: where to look, not what is true."""

from __future__ import annotations

from stores.documents.errors import redis_errors
from stores.documents.locks import redis_client


class Pending:
    """A set of (tenant slug, id) in Redis. The documents say whether such a one is really open."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._key = url, f"pt:pending:{name}"

    def add(self, slug: str, id: str) -> None:
        with redis_errors():
            redis_client(self._url).sadd(self._key, f"{slug} {id}")

    def remove(self, slug: str, id: str) -> None:
        with redis_errors():
            redis_client(self._url).srem(self._key, f"{slug} {id}")

    def all(self) -> list[tuple[str, str]]:
        with redis_errors():
            entries = redis_client(self._url).smembers(self._key)
        pairs = ((entry.decode() if isinstance(entry, bytes) else entry).partition(" ") for entry in sorted(entries))
        return [(slug, id) for slug, _, id in pairs]
