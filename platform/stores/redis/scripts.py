"""What scripts in Redis share: leave to run when it is full, and the check that a copy in memory is current."""

from __future__ import annotations

# First line of a script that runs on when Redis is at its `maxmemory`: what frees memory, and what is small and ends by
# itself. Without it a script is refused before its first write. Redis 7 knows it.
ALLOW_OOM = "#!lua flags=allow-oom\n"

# still(KEYS number, busy, ARGV era, number): whether copies at that position of a change log are current
STILL = """
local function still(numbers, busy, era, number)
  local now = redis.call('HMGET', numbers, 'era', 'number')
  return now[1] == era and tonumber(number) >= tonumber(now[2]) - redis.call('EXISTS', busy)
end
"""
