"""How many stored events have a field that did not fit its schema, by field and firmware.

Only the tenant's writer changes the counts, in the step that acknowledges the events. What an entry of the queue
changes is noted before its events are written, since nobody can tell afterwards; a note is never replaced, so that
entries which are written again after a kill change the counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from stores.redis.client import redis_client
from stores.redis.errors import decoded, translated
from stores.redis.scripts import ALLOW_OOM

OVERFLOW, NOTED = "events:overflow", "events:overflow:noted"
MAX_COUNTERS = 5_000  # of one tenant; what is beyond them is counted under no name
MAX_NAMED = 2_000  # counters that are changed by name in one step
NOTED_S = 7 * 86_400  # longer than a writer that lost its lease could come back

# count_overflow(prefix, first, last): ARGV has (key, the key without a name, change)… The sum over a type is always
# exact: what cannot be taken from a name is taken from what was counted under none.
COUNT_OVERFLOW = f"""
local function count_overflow(prefix, first, last)
  local counters = prefix .. '{OVERFLOW}'
  local count = redis.call('HLEN', counters)
  local function change(key, number)
    local left = redis.call('HINCRBY', counters, key, number)
    if left <= 0 then redis.call('HDEL', counters, key) end
    return left
  end
  for i = first, last, 3 do
    local key, nameless, number = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
    if redis.call('HEXISTS', counters, key) == 0 then
      if number > 0 and count < {MAX_COUNTERS} then count = count + 1 else key = nameless end
    end
    local left = change(key, number)
    if left < 0 and key ~= nameless then change(nameless, left) end
  end
end
"""

# KEYS noted  ARGV seconds, then (entry, changes or '')…; returns what is noted of each
_NOTE = (
    ALLOW_OOM
    + """
local found = {}
for i = 2, #ARGV, 2 do
  if ARGV[i + 1] ~= '' and redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    redis.call('EXPIRE', KEYS[1], ARGV[1])
  end
  found[#found + 1] = redis.call('HGET', KEYS[1], ARGV[i])
end
return found
"""
)


class Misfit(NamedTuple):
    """A field of a type that did not fit its schema, by the firmware of the device that sent it."""

    type: str
    field: str
    firmware: str


Row = tuple[str, str, int]  # key, the key without a name, change
_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(list[tuple[str, str, str, int]]).decode


class OverflowCounts:
    """Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._note = self._redis.register_script(_NOTE)

    def note(self, prefix: str, changes: Mapping[str, Counter[Misfit]]) -> dict[str, Counter[Misfit]]:
        """What each entry, by its id, changes: as noted before, or else as given."""
        arguments: list[Any] = [NOTED_S]
        for entry, counts in changes.items():
            rows = [(*misfit, number) for misfit, number in counts.items() if number]
            arguments += (entry, _encode(rows) if rows else "")
        with decoded("noting fields that do not fit"):
            found = self._note(keys=[prefix + NOTED], args=arguments)
            return {entry: _counter(text) for entry, text in zip(changes, found, strict=True)}

    def rows(self, prefix: str, changes: Mapping[Misfit, int]) -> list[Row]:
        """Bounded: the most frequent by name, and the sums of the others under none. More comes before less."""
        more = {misfit: number for misfit, number in changes.items() if number > 0}
        less = {misfit: number for misfit, number in changes.items() if number < 0}
        named = sorted(more, key=lambda misfit: -more[misfit])[:MAX_NAMED] if len(more) > MAX_NAMED else more
        known = self._counts(prefix) if len(less) > MAX_NAMED else less
        return [*_rows(more, named), *_rows(less, known)]

    def of_type(self, prefix: str, type_: str) -> dict[Misfit, int]:
        return {misfit: number for misfit, number in self._counts(prefix).items() if misfit.type == type_}

    def forget(self, prefix: str, type_: str) -> None:
        """Its events are counted no more."""
        keys = [_key(misfit) for misfit in self.of_type(prefix, type_)]
        with translated("resetting counts"):
            if keys:
                self._redis.hdel(prefix + OVERFLOW, *keys)

    def _counts(self, prefix: str) -> dict[Misfit, int]:
        with translated("reading the fields that do not fit"):
            found = self._redis.hgetall(prefix + OVERFLOW)
        return {Misfit(*key.decode().split("\n")): int(n) for key, n in found.items() if key.count(b"\n") == 2}


def _counter(text: bytes | None) -> Counter[Misfit]:
    return Counter({Misfit(*row[:3]): row[3] for row in _decode(text)}) if text else Counter()


def _rows(changes: Mapping[Misfit, int], named: Any) -> list[Row]:
    sums = Counter[Misfit]()
    wanted = set(named)
    for misfit, number in changes.items():
        sums[misfit if misfit in wanted else _nameless(misfit)] += number
    return [(_key(misfit), _key(_nameless(misfit)), number) for misfit, number in sums.items()]


def _nameless(misfit: Misfit) -> Misfit:
    return Misfit(misfit.type, "", "")


def _key(misfit: Misfit) -> str:
    """Names of types, fields and firmware have no line breaks."""
    return "\n".join(misfit)
