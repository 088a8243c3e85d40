"""How often something may happen within a period, counted in Redis across all processes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

TIMEOUT_S = 0.5
PREFIX = "pt:limit:"

# KEYS counters  ARGV for each its limit and window in ms. Counts all of them, or none: then the ms to wait.
_TAKE = f"""{ALLOW_OOM}
local wait = 0
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or 0) >= tonumber(ARGV[2 * i - 1]) then
    wait = math.max(wait, redis.call('PTTL', key), 1)
  end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return 0
"""

_REMEMBER = ALLOW_OOM + "redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])"

_REFUND = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or 0) > 0 then redis.call('DECR', key) end
end
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within `window_s` seconds of the first one. `of`: what is counted, and whose."""

    of: tuple[str, str]
    count: int
    window_s: int

    @property
    def key(self) -> str:
        """A key of fixed length, however long the name."""
        what, whose = self.of
        return f"{PREFIX}{what}:{hashlib.sha256(whose.encode()).hexdigest()[:32]}"


class Limits:
    """Counters that all processes share."""

    def __init__(self, url: str) -> None:
        self._redis = redis_client(url, TIMEOUT_S)
        self._take = self._redis.register_script(_TAKE)
        self._remember = self._redis.register_script(_REMEMBER)
        self._refund = self._redis.register_script(_REFUND)

    def take(self, limits: Iterable[Limit]) -> float:
        """Count one for each and return 0. If one is exhausted, count nothing and return the seconds to wait."""
        limits = list(limits)
        arguments = [number for limit in limits for number in (limit.count, limit.window_s * 1000)]
        with translated("counting attempts"):
            return float(self._take(keys=[limit.key for limit in limits], args=arguments)) / 1000

    def refund(self, limits: Iterable[Limit]) -> None:
        """Undo `take`."""
        with translated("counting attempts"):
            self._refund(keys=[limit.key for limit in limits])

    def forget(self, limits: Iterable[Limit]) -> None:
        """Reset the counters."""
        if keys := [limit.key for limit in limits]:
            with translated("resetting attempts"):
                self._redis.delete(*keys)

    def remember(self, fact: str, subject: str, ttl_s: int) -> None:
        """Store a fact for `ttl_s` seconds."""
        with translated("storing a network"):
            self._remember(keys=[Limit((fact, subject), 0, 0).key], args=[ttl_s])

    def is_remembered(self, fact: str, subject: str) -> bool:
        with translated("looking for a network"):
            return bool(self._redis.exists(Limit((fact, subject), 0, 0).key))
