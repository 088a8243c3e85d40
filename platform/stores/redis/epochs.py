"""News for every process: which people, tokens and tenants changed since a process last asked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import cast

from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

STATE, MOVED = "pt:epochs", "pt:epochs:moved"
KEPT = 5_000  # subjects remembered; who has not asked for longer must forget everything
PATIENCE_S = 0.5

_MOVE = f"""{ALLOW_OOM}
redis.call('HSETNX', KEYS[1], 'run', ARGV[1])
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
for i = 3, #ARGV do redis.call('ZADD', KEYS[2], epoch, ARGV[i]) end
local extra = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[2])
if extra > 0 then
  local gone = redis.call('ZRANGE', KEYS[2], extra - 1, extra - 1, 'WITHSCORES')
  redis.call('HSET', KEYS[1], 'floor', gone[2])
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, extra - 1)
end
return epoch
"""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a process has read. `run` names the life of the Redis data: another one means that nothing is known."""

    run: str
    epoch: int


class Epochs:
    """Subjects (`user:7`, `tenant:t…`) that moved, in order. Unavailable when Redis is down."""

    def __init__(self, url: str, kept: int = KEPT) -> None:
        self._redis = redis_client(url, PATIENCE_S)
        self._script = self._redis.register_script(_MOVE)
        self._kept = kept

    def move(self, *subjects: str) -> None:
        """Tell every process to forget what it knows of these subjects."""
        with translated("telling the other processes of a change"):
            self._script(keys=[STATE, MOVED], args=[secrets.token_hex(8), self._kept, *subjects])

    def since(self, seen: Position | None) -> tuple[Position, frozenset[str] | None]:
        """Where things are now, and what moved since `seen`; None stands for everything."""
        with translated("asking for changes of people and tenants"):
            run, epoch, floor = cast(list[bytes | None], self._redis.hmget(STATE, ["run", "epoch", "floor"]))
            now = Position((run or b"").decode(), int(epoch or 0))
            if seen == now:
                return now, frozenset()
            if seen is None or seen.run != now.run or seen.epoch > now.epoch or int(floor or 0) > seen.epoch:
                return now, None
            moved = cast(list[bytes], self._redis.zrangebyscore(MOVED, f"({seen.epoch}", "+inf"))
            return now, frozenset(subject.decode() for subject in moved)
