"""What the Lua scripts share: permission to run when Redis is full, and the check that a copy in memory is current."""

from __future__ import annotations

# First line of a script that runs even when Redis is at its `maxmemory`: one that frees memory, or writes something
# small that expires. Without it a script is refused before its first write. Needs Redis 7.
ALLOW_OOM = "#!lua flags=allow-oom\n"

# First line of one that is refused then before it begins, also if its first write would free memory.
REFUSED_WHEN_FULL = "#!lua\n"

# still(KEYS numbers, busy, ARGV epoch, number): whether copies at that position of a change log are current
STILL = """
local function still(numbers, busy, epoch, number)
  local now = redis.call('HMGET', numbers, 'era', 'number')
  return now[1] == epoch and tonumber(number) >= tonumber(now[2]) - redis.call('EXISTS', busy)
end
"""
