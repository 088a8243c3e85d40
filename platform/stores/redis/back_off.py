"""How long a sender whose batches are turned away is to wait, for all processes: twice as long after each attempt that
came after its wait. One small key for each sender, which expires by itself.
"""

from __future__ import annotations

FIRST_S, MAX_S = 5, 300
_GRACE_S = 60  # beyond three waits, as answers name up to two


def back_off_key(source: str, sender: str) -> str:
    """Below the tenant's prefix."""
    return f"ingest:backoff:{source}:{sender}"


# back_off(key, now in s): seconds to wait from now on, rounded up
BACKING_OFF = f"""
local function back_off(key, now)
  local found = redis.call('HMGET', key, 'wait', 'until')
  local wait, ends = tonumber(found[1] or '0'), tonumber(found[2] or '0')
  if now < ends then return math.min({MAX_S}, math.ceil(ends - now)) end
  wait = math.min({MAX_S}, math.max({FIRST_S}, 2 * wait))
  redis.call('HSET', key, 'wait', wait, 'until', string.format('%.3f', now + wait))
  redis.call('EXPIRE', key, 3 * wait + {_GRACE_S})
  return wait
end
"""
