"""The users, tokens and tenants that changed since a process last polled, so that it can invalidate its caches."""

from __future__ import annotations

import secrets
from typing import cast

import msgspec

from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

STATE, MOVED = "pt:epochs", "pt:epochs:moved"
EPOCH, NUMBER, FLOOR = "run", "epoch", "floor"  # fields of STATE, named so since 0.1
MAX_SUBJECTS = 5_000  # a process that is further behind must invalidate everything
TIMEOUT_S = 0.5

# KEYS state, moved  ARGV a new epoch, how many subjects are kept, subjects…
_INVALIDATE = f"""{ALLOW_OOM}
redis.call('HSETNX', KEYS[1], '{EPOCH}', ARGV[1])
local number = redis.call('HINCRBY', KEYS[1], '{NUMBER}', 1)
for i = 3, #ARGV do redis.call('ZADD', KEYS[2], number, ARGV[i]) end
local extra = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[2])
if extra > 0 then
  local gone = redis.call('ZRANGE', KEYS[2], extra - 1, extra - 1, 'WITHSCORES')
  redis.call('HSET', KEYS[1], '{FLOOR}', gone[2])
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, extra - 1)
end
return number
"""


class Position(msgspec.Struct, frozen=True):
    """How far a log in Redis has been read. `epoch` names the life of Redis's data: numbers of two epochs have nothing
    to do with one another.
    """

    epoch: str
    number: int


def new_epoch() -> str:
    return secrets.token_hex(8)


class Epochs:
    """Subjects (`user:7`, `tenant:t…`) in the order in which they changed."""

    def __init__(self, url: str, max_subjects: int = MAX_SUBJECTS) -> None:
        self._redis = redis_client(url, TIMEOUT_S)
        self._invalidate = self._redis.register_script(_INVALIDATE)
        self._max_subjects = max_subjects

    def invalidate(self, *subjects: str) -> None:
        """Have every process invalidate what it has cached of these subjects."""
        with translated("telling the other processes of a change"):
            self._invalidate(keys=[STATE, MOVED], args=[new_epoch(), self._max_subjects, *subjects])

    def since(self, seen: Position | None) -> tuple[Position, frozenset[str] | None]:
        """The current position, and what changed since `seen`; None means everything."""
        with translated("asking for changes of people and tenants"):
            fields = cast(list[bytes | None], self._redis.hmget(STATE, [EPOCH, NUMBER, FLOOR]))
            epoch, number, floor = (field or b"" for field in fields)
            now = Position(epoch.decode(), int(number or 0))
            if seen == now:
                return now, frozenset()
            if seen is None or seen.epoch != now.epoch or seen.number > now.number or int(floor or 0) > seen.number:
                return now, None
            moved = cast(list[bytes], self._redis.zrangebyscore(MOVED, f"({seen.number}", "+inf"))
            return now, frozenset(subject.decode() for subject in moved)
