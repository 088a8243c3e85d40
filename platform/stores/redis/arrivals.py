"""What mapping keeps in Redis of each tenant: its latest arrivals, its writers' numbers, how many series it created."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.errors import translated

MAX_ARRIVALS = 100  # of each source
ARRIVALS_TTL_S = 30 * 86_400
HOUR_S = 3_600
RECENT, WRITERS, CREATED = "arrivals:", "writers:", "series:created:"

# KEYS counter, mark of a dropped tenant  ARGV wanted, limit, seconds to keep it
_RESERVE = """
if redis.call('exists', KEYS[2]) == 1 then return 0 end
local used = tonumber(redis.call('get', KEYS[1]) or '0') or 0
local granted = math.max(0, math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - used))
if granted > 0 then
  redis.call('incrby', KEYS[1], granted)
  redis.call('expire', KEYS[1], ARGV[3])
end
return granted
"""
# KEYS numbers, mark  ARGV how many there may be, names …  Returns their numbers, -1 for those beyond.
_NUMBER = """
local found = {}
local left = redis.call('exists', KEYS[2]) == 0
for i = 2, #ARGV do
  local number = redis.call('hget', KEYS[1], ARGV[i])
  if not number then
    number = redis.call('hlen', KEYS[1])
    if left and number < tonumber(ARGV[1]) then
      redis.call('hset', KEYS[1], ARGV[i], number)
    else
      number = -1
    end
  end
  found[#found + 1] = tonumber(number) or -1
end
return found
"""
# KEYS list, mark  ARGV how many are kept, seconds to keep them, arrivals …
_KEEP = """
if redis.call('exists', KEYS[2]) == 1 then return end
for i = 3, #ARGV do
  redis.call('xadd', KEYS[1], 'MAXLEN', ARGV[1], '*', 'd', ARGV[i])
end
redis.call('expire', KEYS[1], ARGV[2])
"""


class Arrivals:
    """Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._reserve = self._redis.register_script(_RESERVE)
        self._number = self._redis.register_script(_NUMBER)
        self._keep = self._redis.register_script(_KEEP)

    def reserve(self, prefix: str, wanted: int, limit: int, now_s: int) -> int:
        """How many of the `wanted` new series may be created in the hour of `now_s`; they count from now on."""
        key = f"{prefix}{CREATED}{now_s // HOUR_S}"
        with translated("counting new series"):
            return int(self._reserve(keys=[key, dropped(prefix)], args=[wanted, limit, 2 * HOUR_S]))

    def numbers(self, prefix: str, source: str, writers: Sequence[str], maximum: int) -> list[int]:
        """The number of each writer, from 0, forever the same; -1 for those beyond the maximum."""
        keys = [f"{prefix}{WRITERS}{source}", dropped(prefix)]
        with translated("numbering writers"):
            return [int(number) for number in self._number(keys=keys, args=[maximum, *writers])]

    def keep(self, prefix: str, source: str, arrivals: Sequence[bytes]) -> None:
        """Keep these, and of all of the source the latest hundred."""
        keys = [f"{prefix}{RECENT}{source}", dropped(prefix)]
        with translated("keeping arrivals"):
            self._keep(keys=keys, args=[MAX_ARRIVALS, ARRIVALS_TTL_S, *arrivals])

    def recent(self, prefix: str, source: str) -> list[tuple[int, bytes]]:
        """The latest arrivals and when they came (ms), newest first."""
        with translated("reading arrivals"):
            rows = self._redis.xrevrange(f"{prefix}{RECENT}{source}", count=MAX_ARRIVALS)
        return [(int(id.partition(b"-")[0]), fields[b"d"]) for id, fields in rows]
