"""What passed each stage of ingest, by time: a few counters in strings of fixed size, one for each resolution.

A string holds the slots of one period; a counter takes 8 bytes a slot, and `BITFIELD` adds to it where it is. So a busy
tenant's stage takes some 20 KB, however much passes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.scripts import ALLOW_OOM

MAX_SENDERS = 1_000  # remembered for each source; the newest
SENDERS_TTL_S = 31 * 86_400
TURNED_AWAY_TTL_S = 86_400  # of why a source's last batch was turned away


@dataclass(frozen=True, slots=True)
class Resolution:
    """`slots` of `step_s` seconds are in one string, which is kept for `ttl_s` after its last change."""

    step_s: int
    slots: int
    ttl_s: int


FINE, MEDIUM, COARSE = (
    Resolution(10, 60, 3_600),
    Resolution(600, 144, 3 * 86_400),
    Resolution(21_600, 124, 63 * 86_400),
)
RESOLUTIONS = (FINE, MEDIUM, COARSE)

SOURCE_COUNTERS = ("accepted", "rejected", "requests", "turned_away")
WRITER_COUNTERS = ("stored", "rejected", "left_out", "batches", "lag_ms", "busy_ms")
WRITER = "writer"

_RESOLUTIONS_IN_LUA = ", ".join(f"{{{each.step_s}, {each.slots}, {each.ttl_s}}}" for each in RESOLUTIONS)
# count(prefix, stage, now in s, numbers…): adds to the stage's counters, in the order in which they are declared.
COUNTING = f"""
local function count(prefix, stage, now, ...)
  for _, each in ipairs({{{_RESOLUTIONS_IN_LUA}}}) do
    local step = math.floor(now / each[1])
    local key = prefix .. 'flow:' .. stage .. ':' .. each[1] .. ':' .. math.floor(step / each[2])
    local words = {{}}
    for i, number in ipairs({{...}}) do
      if number ~= 0 then
        words[#words + 1] = 'INCRBY'
        words[#words + 1] = 'i64'
        words[#words + 1] = '#' .. ((i - 1) * each[2] + step % each[2])
        words[#words + 1] = string.format('%.0f', number)
      end
    end
    if #words > 0 then
      redis.call('BITFIELD', key, unpack(words))
      redis.call('EXPIRE', key, each[3])
    end
  end
end
local function sent_by(prefix, source, sender, now)
  local key = prefix .. 'flow:senders:' .. source
  redis.call('ZADD', key, string.format('%.0f', now), sender)
  redis.call('ZREMRANGEBYRANK', key, 0, -{MAX_SENDERS + 1})
  redis.call('EXPIRE', key, {SENDERS_TTL_S})
end
local function turned_away(prefix, stage, source, now, why)
  count(prefix, stage, now, 0, 0, 0, 1)
  if why ~= '' then redis.call('SET', prefix .. 'flow:turned_away:' .. source, why, 'EX', {TURNED_AWAY_TTL_S}) end
end
"""

# ARGV prefix, the source's stage, the source, why or ''
_TURN_AWAY = f"""{ALLOW_OOM}{COUNTING}
local time = redis.call('TIME')
turned_away(ARGV[1], ARGV[2], ARGV[3], tonumber(time[1]), ARGV[4])
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A stage's counters by name, one number for each slot, oldest first; `first_s`: the start of the first slot."""

    first_s: int
    step_s: int
    numbers: dict[str, list[int]]


def source_stage(source: str) -> str:
    return f"source:{source}"


class FlowCounters:
    """Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._turn_away = self._redis.register_script(_TURN_AWAY)

    def read(
        self, prefix: str, stages: Sequence[tuple[str, Sequence[str]]], resolution: Resolution, span_s: int, now_s: int
    ) -> list[Counted]:
        """Of (stage, its counters): the slots of the last `span_s` seconds, the current one included."""
        last = now_s // resolution.step_s
        first = last - span_s // resolution.step_s + 1
        periods = range(first // resolution.slots, last // resolution.slots + 1)
        keys = [f"{prefix}flow:{stage}:{resolution.step_s}:{each}" for stage, _ in stages for each in periods]
        with translated("reading the flow of samples"):
            strings = iter(self._redis.mget(keys) if keys else [])
        return [
            Counted(
                first * resolution.step_s,
                resolution.step_s,
                _slots([next(strings) for _ in periods], names, resolution, periods[0], first, last),
            )
            for _, names in stages
        ]

    def turn_away(self, prefix: str, source: str, why: bytes = b"") -> None:
        """Count a request of which nothing was taken; `why` is kept for a day."""
        with translated("counting requests that were turned away"):
            self._turn_away(args=[prefix, source_stage(source), source, why])

    def turned_away(self, prefix: str, sources: Sequence[str]) -> list[bytes | None]:
        """For each source, why a batch with errors was turned away last; None: none within a day."""
        if not sources:
            return []
        with translated("reading why requests were turned away"):
            return list(self._redis.mget([f"{prefix}flow:turned_away:{source}" for source in sources]))

    def senders(self, prefix: str, sources: Sequence[str], since_s: int) -> list[tuple[int, int | None]]:
        """For each source: how many senders were seen since then, and when the last one was (epoch s)."""
        if not sources:
            return []
        with translated("reading the senders of samples"):
            pipe = self._redis.pipeline(transaction=False)
            for source in sources:
                key = f"{prefix}flow:senders:{source}"
                pipe.zcount(key, since_s, "+inf")
                pipe.zrange(key, -1, -1, withscores=True)
            replies = pipe.execute()
        return [
            (int(number), int(newest[0][1]) if newest else None)
            for number, newest in zip(replies[::2], replies[1::2], strict=True)
        ]


def _slots(
    strings: Sequence[bytes | None], names: Sequence[str], resolution: Resolution, period: int, first: int, last: int
) -> dict[str, list[int]]:
    """A missing string, or one that is shorter, is zero from there on."""
    slots = resolution.slots
    size = 8 * slots * len(names)
    words = [struct.unpack(f">{slots * len(names)}q", (string or b"")[:size].ljust(size, b"\0")) for string in strings]
    start = period * slots
    return {
        name: [words[(at - start) // slots][place * slots + (at - start) % slots] for at in range(first, last + 1)]
        for place, name in enumerate(names)
    }
