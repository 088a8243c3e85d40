"""Which process may drain a tenant's stream: one of the shared writers, which serve all tenants, or the tenant's own.

A correction of stored samples pauses both: it reads samples, then deletes and rewrites them, so samples that a writer
stored in between would be lost.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, Literal

from kernel.errors import Unavailable
from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM
from stores.redis.writer_identity import has_ended, own_identity

WriterKind = Literal["shared", "own"]
WRITERS, REGISTERED_S = "plantrace:writers", 15  # the shared ones that are alive
READY = "plantrace:ingest:ready"  # tenants to which something was appended
READY_OF_WRITER, FORWARDED_S = READY + ":", 60  # and its identity
TTL_MS = 15_000  # four fifths of it exceed one write to a database that does not answer
PAUSE_MS = 30_000  # unless it is extended: a killed worker blocks writers for this long
HOLDER, _OWN, READY_FOR_OWN = "ingest:writer", "ingest:writer:own", "ingest:ready"
_PAUSED, _CORRECTION = "ingest:writer:paused", "correction"

# The tenant's own writer says that it is alive, and gets the lease as soon as the shared one hands it over. A lease
# is renewed only now and then: each write to Redis waits for the disk.
# KEYS holder, own, paused  ARGV kind, holder, ms
_ACQUIRE = f"""{ALLOW_OOM}
if ARGV[1] == 'own' then redis.call('SET', KEYS[2], 1, 'PX', ARGV[3])
elseif redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[2] then return 0 end
if not holder or redis.call('PTTL', KEYS[1]) < ARGV[3] * 0.8 then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return holder and 1 or 2
"""
# KEYS holder  ARGV holder, ms; whether it has it
_RENEW = f"""{ALLOW_OOM}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('PTTL', KEYS[1]) < ARGV[2] * 0.8 then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1
"""
# KEYS ready for the own one  ARGV prefix
_FORWARD = ALLOW_OOM + "redis.call('ZADD', KEYS[1], 0, ARGV[1])"
# KEYS ready for a shared writer, writers, ready for any  ARGV who, TTL in s, prefixes…; whether it is alive
_FORWARD_TO = f"""{ALLOW_OOM}
local alive = redis.call('ZSCORE', KEYS[2], ARGV[1])
local key = alive and KEYS[1] or KEYS[3]
for i = 3, #ARGV do redis.call('ZADD', key, 'NX', 0, ARGV[i]) end
if alive then redis.call('EXPIRE', key, ARGV[2]) end
return alive and 1 or 0
"""
# KEYS ready for a shared writer, writers, ready for any  ARGV who
_UNREGISTER = f"""{ALLOW_OOM}
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZUNIONSTORE', KEYS[3], 2, KEYS[3], KEYS[1])
redis.call('DEL', KEYS[1])
"""
# KEYS holder, own, paused  ARGV kind, holder, whether also if nobody is known to wait
_HAND_OVER = """
if redis.call('GET', KEYS[1]) == ARGV[2] and (ARGV[1] == 'own' or ARGV[3] == '1'
  or redis.call('EXISTS', KEYS[2]) == 1 or redis.call('EXISTS', KEYS[3]) == 1) then
  redis.call('DEL', KEYS[1])
end
"""
# KEYS holder  ARGV who held it and has ended
_TAKE_FROM = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
# KEYS writers  ARGV who, TTL in s; returns all that are alive
_REGISTER = f"""{ALLOW_OOM}
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
return redis.call('ZRANGE', KEYS[1], 0, -1)
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


class Turn(IntEnum):
    """`taken`: somebody else may have had it since, and have left entries that it read."""

    refused = 0
    kept = 1
    taken = 2


class WriterLease:
    """Held by one process at a time, so that samples are written in the order in which they arrived.

    A process that does not hand it over loses it after `TTL_MS`, or as soon as another one on the same machine sees
    that it has ended.
    """

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._acquire = self._redis.register_script(_ACQUIRE)
        self._renew = self._redis.register_script(_RENEW)
        self._forward = self._redis.register_script(_FORWARD)
        self._forward_to = self._redis.register_script(_FORWARD_TO)
        self._unregister = self._redis.register_script(_UNREGISTER)
        self._hand_over = self._redis.register_script(_HAND_OVER)
        self._take_from = self._redis.register_script(_TAKE_FROM)
        self._register = self._redis.register_script(_REGISTER)
        self._pause = self._redis.register_script(_PAUSE)
        self._extend = self._redis.register_script(_EXTEND)
        self._resume = self._redis.register_script(_RESUME)

    def acquire(self, prefix: str, kind: WriterKind) -> Turn:
        """Take it, or keep it. A shared writer gets none while the tenant's own one is alive, nobody while paused."""
        arguments: list[str | int] = [kind, holder_of(kind), TTL_MS]
        with translated("taking the writer's lease"):
            turn = Turn(self._acquire(keys=_keys(prefix), args=arguments))
            if turn == Turn.refused and self._take_from_ended(prefix):
                return Turn(self._acquire(keys=_keys(prefix), args=arguments))
        return turn

    def renew(self, prefix: str, kind: WriterKind) -> None:
        """Keep it during a drain, whoever waits for it. Unavailable if it was lost: somebody else may be writing."""
        with translated("renewing the writer's lease"):
            renewed = self._renew(keys=[prefix + HOLDER], args=[holder_of(kind), TTL_MS])
        if not renewed:
            raise lost_lease()

    def _take_from_ended(self, prefix: str) -> bool:
        held = self.holder(prefix)
        if not has_ended(held.partition(" ")[2]):
            return False
        return bool(self._take_from(keys=[prefix + HOLDER], args=[held]))

    def hand_over(self, prefix: str, kind: WriterKind, force: bool = False) -> None:
        """Release it; a shared writer only if the tenant's own one or a correction is waiting, or `force`."""
        with translated("handing over the writer's lease"):
            self._hand_over(keys=_keys(prefix), args=[kind, holder_of(kind), int(force)])

    def holder(self, prefix: str) -> str:
        """Kind and identity of the process that has it; empty if nobody has."""
        with translated("looking for the writer"):
            held: bytes | None = self._redis.get(prefix + HOLDER)
        return held.decode(errors="replace") if held else ""

    def register(self) -> list[str]:
        """Say that this shared writer is alive. All that are, this one included."""
        with translated("registering the writer"):
            alive = self._register(keys=[WRITERS], args=[own_identity(), REGISTERED_S])
            if ended := [each for each in alive if has_ended(each.decode(errors="replace"))]:
                self._redis.zrem(WRITERS, *ended)
                self._redis.delete(*(READY_OF_WRITER + each.decode(errors="replace") for each in ended))
        return [each.decode(errors="replace") for each in alive if each not in ended]

    def forward_to(self, prefixes: Mapping[str, Sequence[str]]) -> bool:
        """Forward to other shared writers, given with the tenants, that something was appended there. False if one of
        them has stopped: any writer is told then.
        """
        with translated("forwarding to another writer"):
            pipe = self._redis.pipeline(transaction=False)
            for writer, its in prefixes.items():
                self._forward_to(keys=_shared_keys(writer), args=[writer, FORWARDED_S, *its], client=pipe)
            return all(pipe.execute())

    def count(self) -> int:
        """How many shared writers said within `REGISTERED_S` that they are alive."""
        with translated("counting writers"):
            return int(self._redis.zcount(WRITERS, time.time() - REGISTERED_S, "+inf"))

    def unregister(self) -> None:
        """What was forwarded to this writer is left to any other."""
        with translated("removing the writer from the list"):
            self._unregister(keys=_shared_keys(own_identity()), args=[own_identity()])

    def pause(self, prefix: str) -> bool:
        """Pause writers; False while one of them is still draining, so call it again."""
        with translated("pausing the writer"):
            return bool(self._pause(keys=[prefix + HOLDER, prefix + _PAUSED], args=[_CORRECTION, PAUSE_MS]))

    def extend(self, prefix: str) -> bool:
        """Extend the pause; False if it has expired, since when a writer may have written."""
        with translated("extending the writer's pause"):
            return bool(self._extend(keys=[prefix + HOLDER, prefix + _PAUSED], args=[_CORRECTION, PAUSE_MS]))

    def resume(self, prefix: str) -> None:
        with translated("resuming the writer"):
            self._resume(keys=[prefix + HOLDER, prefix + _PAUSED], args=[_CORRECTION])

    def is_paused(self, prefix: str) -> bool:
        with translated("looking for a pause"):
            return bool(self._redis.exists(prefix + _PAUSED))

    def release(self, prefix: str) -> None:
        """The tenant's own writer stops: the shared one takes over."""
        with translated("releasing the writer's lease"):
            self._redis.delete(prefix + _OWN)
            self._hand_over(keys=_keys(prefix), args=["own", holder_of("own"), 0])

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


def preferred_writer(prefix: str, writers: Sequence[str]) -> str:
    """Which of the writers serves a tenant, by rendezvous hashing: one that comes or goes moves few tenants."""
    return max(writers, key=lambda writer: hashlib.blake2b(f"{writer} {prefix}".encode(), digest_size=8).digest())


def lost_lease() -> Unavailable:
    return Unavailable("another writer may have taken over, so this one stores no more of what it read")


def holder_of(kind: WriterKind) -> str:
    return f"{kind} {own_identity()}"


def _shared_keys(writer: str) -> list[str]:
    return [READY_OF_WRITER + writer, WRITERS, READY]


def _keys(prefix: str) -> list[str]:
    return [prefix + HOLDER, prefix + _OWN, prefix + _PAUSED]
