"""Room that is kept for what is being uploaded, counted in Redis for all processes together.

A reservation whose process was killed ends by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from kernel.errors import Unavailable
from stores.redis.client import redis_client
from stores.redis.errors import translated

TIMEOUT_S = 2.0

# KEYS: a hash of reservations, each "bytes:expires"; ARGV: id, bytes, what is used beside them, limit, now and expiry
# in s, seconds between these. Those that have expired go. -1 where it fits, else what is in use.
_RESERVE = """
local used = tonumber(ARGV[3])
local held = redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do
  local bytes, expires = string.match(held[i + 1], '^(%d+):(%d+)$')
  if tonumber(expires) <= tonumber(ARGV[5]) then
    redis.call('HDEL', KEYS[1], held[i])
  else
    used = used + tonumber(bytes)
  end
end
if used + tonumber(ARGV[2]) > tonumber(ARGV[4]) then return used end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[7])
return -1
"""


class NoRoom(Exception):
    """`used` bytes are taken already."""

    def __init__(self, used: int) -> None:
        super().__init__(used)
        self.used = used


@dataclass(frozen=True, slots=True)
class Room:
    """`limit` bytes, of which `stored` lie on the disk already."""

    limit: int
    stored: int


class Reservations:
    """Of one tenant. Unavailable when Redis is down."""

    def __init__(self, url: str, prefix: str, ttl_s: int) -> None:
        self._redis = redis_client(url, TIMEOUT_S)
        self._reserve = self._redis.register_script(_RESERVE)
        self._key, self._ttl_s = f"{prefix}uploads", ttl_s

    @contextmanager
    def hold(self, size: int, room: Room, now_s: int) -> Iterator[None]:
        """Keep `size` bytes inside. Raises NoRoom."""
        id = secrets.token_hex(8)
        with translated("keeping room for an upload"):
            arguments: list[str | int] = [id, size, room.stored, room.limit, now_s, now_s + self._ttl_s, self._ttl_s]
            used = int(self._reserve(keys=[self._key], args=arguments))
        if used >= 0:
            raise NoRoom(used)
        try:
            yield
        finally:
            with suppress(Unavailable), translated("giving room back"):  # else it ends by itself
                self._redis.hdel(self._key, id)
