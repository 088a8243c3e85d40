"""Bytes reserved for uploads under way, counted in Redis across all processes.

A reservation whose process was killed expires.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from kernel.errors import Unavailable
from stores.redis.client import redis_client
from stores.redis.errors import translated

TIMEOUT_S = 2.0

# KEYS a hash of reservations, each "bytes:expires"  ARGV id, bytes, limit, now, expiry (s), seconds between these two.
# Removes what has expired, reserves if it fits beside the others, and returns what these hold. An id that is reserved
# already is replaced.
_RESERVE = """
local used = 0
local held = redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do
  local bytes, expires = string.match(held[i + 1], '^(%d+):(%d+)$')
  if tonumber(expires) <= tonumber(ARGV[4]) then
    redis.call('HDEL', KEYS[1], held[i])
  elseif held[i] ~= ARGV[1] then
    used = used + tonumber(bytes)
  end
end
if used + tonumber(ARGV[2]) <= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. ARGV[5])
  redis.call('EXPIRE', KEYS[1], ARGV[6])
end
return used
"""


class QuotaExceeded(Exception):
    """`used` bytes are in use already."""

    def __init__(self, used: int) -> None:
        super().__init__(used)
        self.used = used


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` bytes, of which `stored()` are on the disk already."""

    limit: int
    stored: Callable[[], int]


class Reservations:
    """The reservations of one tenant."""

    def __init__(self, url: str, prefix: str, ttl_s: int) -> None:
        self._redis = redis_client(url, TIMEOUT_S)
        self._reserve = self._redis.register_script(_RESERVE)
        self._key, self._ttl_s = f"{prefix}uploads", ttl_s

    @contextmanager
    def hold(self, size: int, quota: Quota, now_s: int, id: str | None = None) -> Iterator[None]:
        """Reserve `size` bytes inside, in place of what a killed process reserved as `id`. Raises QuotaExceeded.

        What is stored is measured after the reservation: what another one releases meanwhile is on the disk then.
        """
        id = id or secrets.token_hex(8)
        arguments: list[str | int] = [id, size, quota.limit, now_s, now_s + self._ttl_s, self._ttl_s]
        try:
            with translated("reserving bytes for an upload"):  # also if its answer comes too late, bytes are reserved
                held = int(self._reserve(keys=[self._key], args=arguments))
            used = held + quota.stored()
            if used + size > quota.limit:
                raise QuotaExceeded(used)
            yield
        finally:
            self.release(id)

    def release(self, id: str) -> None:
        """Also what a killed process reserved."""
        with suppress(Unavailable), translated("releasing a reservation"):  # else it expires
            self._redis.hdel(self._key, id)
