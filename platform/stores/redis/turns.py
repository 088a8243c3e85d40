"""Which writer may drain a tenant's stream: the one that serves all tenants, or one of the tenant's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

WriterKind = Literal["shared", "own"]
HELD_MS = 15_000  # four fifths of it are longer than a turn with a database that does not answer
_HOLDER, _OWN, READY_FOR_OWN = "ingest:writer", "ingest:writer:own", "ingest:ready"

# The tenant's own writer says that it lives, and has its turn as soon as the shared one's is over. A turn that goes on
# is written down now and then only: each write to Redis waits for the disk.
# KEYS holder, own  ARGV kind, ms
_TAKE = f"""{ALLOW_OOM}
if ARGV[1] == 'own' then redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
elseif redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if not holder or redis.call('PTTL', KEYS[1]) < ARGV[2] * 0.8 then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
"""
# KEYS ready for the own one  ARGV prefix
_PASS_ON = ALLOW_OOM + "redis.call('ZADD', KEYS[1], 0, ARGV[1])"
# KEYS holder, own  ARGV kind
_END = """
if redis.call('GET', KEYS[1]) == ARGV[1] and (ARGV[1] == 'own' or redis.call('EXISTS', KEYS[2]) == 1) then
  redis.call('DEL', KEYS[1])
end
"""


class Turns:
    """Of the two kinds one has its turn at a time, so that samples are written in the order in which they came.

    A kind that does not end its turn loses it after `HELD_MS`; until then a process of the same kind, started again,
    goes on at once. Every method raises Unavailable if Redis is down.
    """

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._take = self._redis.register_script(_TAKE)
        self._pass_on = self._redis.register_script(_PASS_ON)
        self._end = self._redis.register_script(_END)

    def take(self, prefix: str, kind: WriterKind) -> bool:
        """Begin a turn, or go on with it. The shared writer has none while the tenant's own one lives."""
        with translated("taking a turn"):
            return bool(self._take(keys=[prefix + _HOLDER, prefix + _OWN], args=[kind, HELD_MS]))

    def end(self, prefix: str, kind: WriterKind) -> None:
        """The shared writer's turn ends only where the other one waits for it."""
        with translated("ending a turn"):
            self._end(keys=[prefix + _HOLDER, prefix + _OWN], args=[kind])

    def waiting(self, prefixes: Sequence[str]) -> list[str]:
        """Those tenants whose own writer lives."""
        if not prefixes:
            return []
        with translated("looking for writers"):
            found = self._redis.mget([prefix + _OWN for prefix in prefixes])
        return [prefix for prefix, there in zip(prefixes, found, strict=True) if there]

    def told(self, prefixes: Sequence[str]) -> list[str]:
        """Those tenants whose pods, or we, said that something was appended, and nobody has taken note."""
        with translated("looking for pods"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.exists(prefix + READY_FOR_OWN)
            return [prefix for prefix, there in zip(prefixes, pipe.execute(), strict=True) if there]

    def leave(self, prefix: str) -> None:
        """The tenant's own writer ends: the shared one takes over."""
        with translated("leaving"):
            self._redis.delete(prefix + _OWN)
            self._end(keys=[prefix + _HOLDER, prefix + _OWN], args=["own"])

    def pass_on(self, prefix: str) -> None:
        """Tell the tenant's own writer what the shared one was told: that something was appended."""
        with translated("passing on"):
            self._pass_on(keys=[prefix + READY_FOR_OWN], args=[prefix])
