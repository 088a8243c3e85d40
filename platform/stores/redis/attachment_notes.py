"""The room that a tenant's attachments take, and notes of those that nothing may refer to.

A note is made before an attachment is stored, and before what refers to it goes; it is removed once that is done.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from kernel.errors import Unavailable
from stores.redis.client import redis_client
from stores.redis.errors import translated

ATTACHED, NOTES = "events:attached", "attachments:noted"
MAX_LEFT = 1_000  # notes that are looked at together

# Scores are times in s; negative: it is being removed.
# KEYS bytes, notes  ARGV number, maximum, now, items…; 0 if they would be more than that, -1 if one is being removed
_RESERVE = """
for i = 4, #ARGV do
  local noted = redis.call('ZSCORE', KEYS[2], ARGV[i])
  if noted and tonumber(noted) < 0 then return -1 end
end
if tonumber(redis.call('GET', KEYS[1]) or '0') + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return 0 end
redis.call('INCRBY', KEYS[1], ARGV[1])
for i = 4, #ARGV do redis.call('ZADD', KEYS[2], ARGV[3], ARGV[i]) end
return 1
"""

# KEYS notes  ARGV until, now, item; 1 if it may be removed: nobody has noted it since
_CLAIM = """
local noted = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not noted or tonumber(noted) > tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], '-' .. ARGV[2], ARGV[3])
return 1
"""


class AttachmentNotes:
    """Keys of a tenant begin with its `prefix`; `kind`: of attachments, each with notes of its own."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)

    def reserve(self, prefix: str, kind: str, items: Collection[str], number: int, maximum: int) -> bool:
        """Whether there is room for so many more bytes; then they count, and the items are noted.

        Raises Unavailable while one of them is being removed.
        """
        keys = [prefix + ATTACHED, _notes(prefix, kind)]
        with translated("reserving room for attachments"):
            reserved = self._redis.eval(_RESERVE, 2, *keys, number, maximum, _now(), *items)
        if reserved < 0:
            raise Unavailable("An attachment with this content is just being removed; send it again.")
        return bool(reserved)

    def release(self, prefix: str, number: int) -> None:
        with translated("releasing room of attachments"):
            self._redis.decrby(prefix + ATTACHED, number)

    def set_attached(self, prefix: str, number: int) -> None:
        """The bytes that there are, as counted."""
        with translated("correcting the room of attachments"):
            self._redis.set(prefix + ATTACHED, number)

    def note(self, prefix: str, kind: str, items: Collection[str]) -> None:
        if items:
            with translated("noting attachments"):
                self._redis.zadd(_notes(prefix, kind), dict.fromkeys(items, _now()))

    def settle(self, prefix: str, kind: str, items: Collection[str]) -> None:
        """They are referred to, or gone."""
        if items:
            with translated("settling notes of attachments"):
                self._redis.zrem(_notes(prefix, kind), *items)

    def left(self, prefix: str, kind: str, age_s: float) -> dict[str, float]:
        """Some of those noted so long ago, with the time (s); and those whose removal was interrupted."""
        with translated("looking for attachments that were left"):
            found = self._redis.zrangebyscore(
                _notes(prefix, kind), "-inf", _now() - age_s, start=0, num=MAX_LEFT, withscores=True
            )
        return {item.decode(): abs(noted) for item, noted in found}

    def claim(self, prefix: str, kind: str, item: str, age_s: float) -> bool:
        """Whether it may be removed; until `settle`, nobody stores it again."""
        with translated("claiming an attachment that was left"):
            return bool(self._redis.eval(_CLAIM, 1, _notes(prefix, kind), _now() - age_s, _now(), item))


def _notes(prefix: str, kind: str) -> str:
    return f"{prefix}{NOTES}:{kind}"


def _now() -> float:
    """In full: rounded up, it would be later than the moment at which it is compared."""
    return time.time()
