"""What became of messages about alarms, of all tenants together: counters that only grow, for /metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.numbers import parse_count

COUNTS = "plantrace:alarms:outgoing"


class OutgoingCounts:
    """A counter is a few words, such as `delivery sent webhook`. One that is killed may miss what it just did."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)

    def add(self, counts: Mapping[str, int]) -> None:
        added = {name: number for name, number in counts.items() if number}
        if not added:
            return
        with translated("counting messages about alarms"):
            pipe = self._redis.pipeline(transaction=False)
            for name, number in added.items():
                pipe.hincrby(COUNTS, name, number)
            pipe.execute()

    def all(self) -> dict[str, int]:
        with translated("reading counts of messages about alarms"):
            found = self._redis.hgetall(COUNTS)
        return {name.decode(): parse_count(number) for name, number in found.items()}
