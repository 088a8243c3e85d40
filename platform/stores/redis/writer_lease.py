"""Which writer may drain a tenant's stream: the shared one, which serves all tenants, or the tenant's own.

A correction of stored samples pauses both: it reads samples, then deletes and rewrites them, so samples that a writer
stored in between would be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

WriterKind = Literal["shared", "own"]
TTL_MS = 15_000  # four fifths of it exceed a drain into a database that does not answer
PAUSE_MS = 30_000  # unless it is extended: a killed worker blocks writers for this long
_HOLDER, _OWN, READY_FOR_OWN = "ingest:writer", "ingest:writer:own", "ingest:ready"
_PAUSED, _CORRECTION = "ingest:writer:paused", "correction"

# The tenant's own writer says that it is alive, and gets the lease as soon as the shared one hands it over. A lease
# is renewed only now and then: each write to Redis waits for the disk.
# KEYS holder, own, paused  ARGV kind, ms
_ACQUIRE = f"""{ALLOW_OOM}
if ARGV[1] == 'own' then redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
elseif redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if not holder or redis.call('PTTL', KEYS[1]) < ARGV[2] * 0.8 then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
"""
# KEYS ready for the own one  ARGV prefix
_FORWARD = ALLOW_OOM + "redis.call('ZADD', KEYS[1], 0, ARGV[1])"
# KEYS holder, own, paused  ARGV kind
_HAND_OVER = """
if redis.call('GET', KEYS[1]) == ARGV[1]
  and (ARGV[1] == 'own' or redis.call('EXISTS', KEYS[2]) == 1 or redis.call('EXISTS', KEYS[3]) == 1) then
  redis.call('DEL', KEYS[1])
end
"""
# KEYS holder, paused  ARGV correction, ms
_PAUSE = f"""{ALLOW_OOM}
redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
# KEYS holder, paused  ARGV correction, ms
_EXTEND = f"""{ALLOW_OOM}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
return 1
"""
# KEYS holder, paused  ARGV correction
_RESUME = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('DEL', KEYS[2])
"""


class WriterLease:
    """Held by one of the two kinds at a time, so that samples are written in the order in which they arrived.

    A kind that does not hand it over loses it after `TTL_MS`; until then a restarted process of the same kind continues
    at once.
    """

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._acquire = self._redis.register_script(_ACQUIRE)
        self._forward = self._redis.register_script(_FORWARD)
        self._hand_over = self._redis.register_script(_HAND_OVER)
        self._pause = self._redis.register_script(_PAUSE)
        self._extend = self._redis.register_script(_EXTEND)
        self._resume = self._redis.register_script(_RESUME)

    def acquire(self, prefix: str, kind: WriterKind) -> bool:
        """Take it, or keep it. The shared writer gets none while the tenant's own one is alive, nobody while paused."""
        with translated("taking the writer's lease"):
            return bool(self._acquire(keys=_keys(prefix), args=[kind, TTL_MS]))

    def hand_over(self, prefix: str, kind: WriterKind) -> None:
        """Release it; the shared writer does so only if the tenant's own writer or a correction is waiting."""
        with translated("handing over the writer's lease"):
            self._hand_over(keys=_keys(prefix), args=[kind])

    def pause(self, prefix: str) -> bool:
        """Pause writers; False while one of them is still draining, so call it again."""
        with translated("pausing the writer"):
            return bool(self._pause(keys=[prefix + _HOLDER, prefix + _PAUSED], args=[_CORRECTION, PAUSE_MS]))

    def extend(self, prefix: str) -> bool:
        """Extend the pause; False if it has expired, since when a writer may have written."""
        with translated("extending the writer's pause"):
            return bool(self._extend(keys=[prefix + _HOLDER, prefix + _PAUSED], args=[_CORRECTION, PAUSE_MS]))

    def resume(self, prefix: str) -> None:
        with translated("resuming the writer"):
            self._resume(keys=[prefix + _HOLDER, prefix + _PAUSED], args=[_CORRECTION])

    def is_paused(self, prefix: str) -> bool:
        with translated("looking for a pause"):
            return bool(self._redis.exists(prefix + _PAUSED))

    def release(self, prefix: str) -> None:
        """The tenant's own writer stops: the shared one takes over."""
        with translated("releasing the writer's lease"):
            self._redis.delete(prefix + _OWN)
            self._hand_over(keys=_keys(prefix), args=["own"])

    def forward(self, prefix: str) -> None:
        """Forward to the tenant's own writer that something was appended."""
        with translated("forwarding to a tenant's own writer"):
            self._forward(keys=[prefix + READY_FOR_OWN], args=[prefix])

    def with_own_writer(self, prefixes: Sequence[str]) -> list[str]:
        """The tenants whose own writer is alive."""
        if not prefixes:
            return []
        with translated("looking for writers"):
            found = self._redis.mget([prefix + _OWN for prefix in prefixes])
        return [prefix for prefix, alive in zip(prefixes, found, strict=True) if alive]

    def ready(self, prefixes: Sequence[str]) -> list[str]:
        """The tenants whose own writer was notified of an append and has not handled it yet."""
        with translated("looking for appended samples"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.exists(prefix + READY_FOR_OWN)
            return [prefix for prefix, there in zip(prefixes, pipe.execute(), strict=True) if there]


def _keys(prefix: str) -> list[str]:
    return [prefix + _HOLDER, prefix + _OWN, prefix + _PAUSED]
