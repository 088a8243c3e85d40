"""Ids of deleted sensors of which samples may still wait in the queue. Ids are never reused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

TTL_S = 30 * 86_400  # since the last deletion
MAX_REMEMBERED = 250_000  # the newest: some 25 MB
MARGIN_MS = 86_400_000  # a sender may have looked at the catalog before the deletion and append after it
_BATCH_SIZE = 5_000

# Those deleted before anything that is in the queue are forgotten.
# KEYS deleted or deleting, dropped, stream  ARGV margin, TTL, maximum, ids…
_ADD = (
    ALLOW_OOM
    + """
if redis.call('EXISTS', KEYS[2]) == 1 then return end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
local since = oldest and math.min(now, tonumber(string.match(oldest[1], '^%d+'))) or now
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', since - tonumber(ARGV[1])))
for i = 4, #ARGV do redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[i]) end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -tonumber(ARGV[3]) - 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""
)


def deleted(prefix: str) -> str:
    """Ids of the tenant's deleted sensors, by when they were deleted. The script of `Streams.commit` names it too."""
    return f"{prefix}ingest:deleted"


def deleting(prefix: str) -> str:
    """Ids of sensors whose deletion began. It may have been refused, or killed before it was remembered as done."""
    return f"{prefix}ingest:deleting"


def stream(prefix: str) -> str:
    """The queue of the tenant's samples."""
    return f"{prefix}ingest"


class DeletedSensors:
    """Of all tenants. `prefix`: the tenant's."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._add = self._redis.register_script(_ADD)

    def add(self, prefix: str, sensors: Sequence[str]) -> None:
        """They are deleted: remembered while anything of their time may be in the queue."""
        self._remember(deleted(prefix), prefix, sensors)

    def begin(self, prefix: str, sensors: Sequence[str]) -> None:
        """They are about to be deleted."""
        self._remember(deleting(prefix), prefix, sensors)

    def among(self, prefix: str, sensors: Collection[str]) -> set[str]:
        """Those that are deleted."""
        return self._in(deleted(prefix), sensors)

    def known(self, prefix: str, sensors: Collection[str]) -> tuple[set[str], set[str]]:
        """Those that are deleted; of the others those whose deletion began: the catalog knows whether it was done."""
        if not sensors:
            return set(), set()
        with translated("looking for deleted sensors"):
            pipe = self._redis.pipeline(transaction=False)
            for key in (deleted(prefix), deleting(prefix)):
                pipe.exists(key)
            any_deleted, any_begun = pipe.execute()
        gone = self._in(deleted(prefix), sensors) if any_deleted else set()
        return gone, self._in(deleting(prefix), sensors) - gone if any_begun else set()

    def _remember(self, key: str, prefix: str, sensors: Sequence[str]) -> None:
        keys = [key, dropped(prefix), stream(prefix)]
        with translated("remembering deleted sensors"):
            for start in range(0, len(sensors), _BATCH_SIZE):
                chunk = sensors[start : start + _BATCH_SIZE]
                self._add(keys=keys, args=[MARGIN_MS, TTL_S, MAX_REMEMBERED, *chunk])

    def _in(self, key: str, sensors: Collection[str]) -> set[str]:
        ids = list(sensors)
        with translated("looking for deleted sensors"):
            if not ids or not self._redis.exists(key):
                return set()
            scores = self._redis.zmscore(key, ids)
        return {id for id, score in zip(ids, scores, strict=True) if score is not None}
