"""Steps in Redis that are taken only while a copy in memory is current: no look of its own is needed to know."""

from __future__ import annotations

from typing import NamedTuple

# still(KEYS number, busy, ARGV era, number): whether copies at that position of a change log are current
STILL = """
local function still(numbers, busy, era, number)
  local now = redis.call('HMGET', numbers, 'era', 'number')
  return now[1] == era and tonumber(number) >= tonumber(now[2]) - redis.call('EXISTS', busy)
end
"""


class Guard(NamedTuple):
    """Holds while copies at that position of a change log (`stores.documents.ChangeLog`) are current."""

    numbers: str
    busy: str
    era: str
    number: int
