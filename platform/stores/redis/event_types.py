"""The types of events that a tenant has sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stores.redis.client import redis_client
from stores.redis.errors import translated

TYPES = "events:types"
RESOLUTION_MS = 5_000  # of when a type arrived last

# A type that was noted a moment ago is not noted again, as each write waits for the disk.
# KEYS types  ARGV max, now, resolution, types…; returns those that are new and beyond the maximum
_REGISTER = """
local count, beyond = redis.call('HLEN', KEYS[1]), {}
for i = 4, #ARGV do
  local at = redis.call('HGET', KEYS[1], ARGV[i])
  if at then
    local ahead = tonumber(ARGV[2]) - (tonumber(at) or 0)
    if ahead < 0 or ahead >= tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], ARGV[i], ARGV[2]) end
  elseif count < tonumber(ARGV[1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[2])
    count = count + 1
  else
    beyond[#beyond + 1] = ARGV[i]
  end
end
return beyond
"""


class EventTypes:
    """Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._register = self._redis.register_script(_REGISTER)

    def register(self, prefix: str, types: Iterable[str], maximum: int, now_ms: int) -> set[str]:
        """Note that these types arrive. Returns those that would be more than `maximum`, which are not noted."""
        with translated("noting types of events"):
            beyond = self._register(keys=[prefix + TYPES], args=[maximum, now_ms, RESOLUTION_MS, *types])
        return {type_.decode() for type_ in beyond}

    def known(self, prefix: str) -> dict[str, int]:
        """By type, when the last event arrived (epoch ms)."""
        with translated("reading types of events"):
            found = self._redis.hgetall(prefix + TYPES)
        return {name.decode(): int(at) for name, at in found.items() if at.isdigit()}

    def forget(self, prefix: str, type_: str) -> None:
        with translated("removing a type of events"):
            self._redis.hdel(prefix + TYPES, type_)
