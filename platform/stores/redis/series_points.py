"""How many series a tenant had at the end of each day, and by what arrivals created new ones that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.errors import decoded, translated

TTL_S = 100 * 86_400
MAX_CREATORS = 1_000  # sources and rules that are counted in one day
KNOWN, NEW = "series:known:", "series:new:"

# KEYS hash, mark of a dropped tenant  ARGV TTL, names and numbers…
_KEEP = """
if redis.call('exists', KEYS[2]) == 1 then return end
redis.call('del', KEYS[1])
for i = 2, #ARGV, 2 do redis.call('hset', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('expire', KEYS[1], ARGV[1])
"""
# KEYS hash, mark  ARGV TTL, how many names there may be, names and numbers…
_COUNT = """
if redis.call('exists', KEYS[2]) == 1 then return end
for i = 3, #ARGV, 2 do
  if redis.call('hexists', KEYS[1], ARGV[i]) == 1 or redis.call('hlen', KEYS[1]) < tonumber(ARGV[2]) then
    redis.call('hincrby', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
redis.call('expire', KEYS[1], ARGV[1])
"""


class SeriesPoints:
    """Keys of a tenant begin with its `prefix`. Days are counted since 1970, in UTC."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._keep = self._redis.register_script(_KEEP)
        self._count = self._redis.register_script(_COUNT)

    def keep(self, prefix: str, day: int, known: Mapping[str, int]) -> None:
        """How many there are, in place of what was kept of that day."""
        self._run(self._keep, f"{prefix}{KNOWN}{day}", prefix, [TTL_S], known)

    def count(self, prefix: str, day: int, created: Mapping[str, int]) -> None:
        """How many were created, by whom or what."""
        self._run(self._count, f"{prefix}{NEW}{day}", prefix, [TTL_S, MAX_CREATORS], created)

    def known(self, prefix: str, days: Sequence[int]) -> list[dict[str, int]]:
        """Of each day, what `keep` got; empty for a day on which nobody looked."""
        return self._read(prefix + KNOWN, days)

    def created(self, prefix: str, days: Sequence[int]) -> list[dict[str, int]]:
        return self._read(prefix + NEW, days)

    def _run(self, script: Any, key: str, prefix: str, first: Sequence[int], numbers: Mapping[str, int]) -> None:
        arguments = [*first, *(word for pair in numbers.items() for word in pair)]
        with translated("counting series"):
            script(keys=[key, dropped(prefix)], args=arguments)

    def _read(self, key: str, days: Sequence[int]) -> list[dict[str, int]]:
        with decoded("reading the number of series"):
            pipe = self._redis.pipeline(transaction=False)
            for day in days:
                pipe.hgetall(f"{key}{day}")
            return [{name.decode(): int(number) for name, number in found.items()} for found in pipe.execute()]
