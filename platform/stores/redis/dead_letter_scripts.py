"""Dead letters in Lua: kept within the tenant's bounds, and counted."""

from stores.redis.scripts import ALLOW_OOM

# bury(letters, counts, ARGV's index of: how many, lost before, max number, max bytes, then payloads…): keep them, and
# drop the oldest of all beyond the bounds. Returns the index behind the payloads.
# The number is the stream's own; bytes are counted, and those of letters from before they were counted are zero.
BURYING = """
local function size_of(entry)
  local fields = entry[2]
  for i = 1, #fields, 2 do
    if fields[i] == 'd' then return #fields[i + 1] end
  end
  return 0
end
local function drop_oldest(letters, bytes, max, max_bytes)
  local kept, dropped = redis.call('XLEN', letters), 0
  while kept > 0 and (kept > max or bytes > max_bytes) do
    local gone = {}
    for _, oldest in ipairs(redis.call('XRANGE', letters, '-', '+', 'COUNT', 100)) do
      if kept <= max and bytes <= max_bytes then break end
      gone[#gone + 1] = oldest[1]
      bytes, kept, dropped = math.max(0, bytes - size_of(oldest)), kept - 1, dropped + 1
    end
    redis.call('XDEL', letters, unpack(gone))
  end
  return bytes, dropped
end
local function bury(letters, counts, at)
  local count, lost = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local max, max_bytes = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local behind = at + 4 + count
  if count + lost == 0 then return behind end
  local bytes, dropped = tonumber(redis.call('HGET', counts, 'bytes')) or 0, 0
  for i = at + 4, behind - 1 do
    redis.call('XADD', letters, '*', 'd', ARGV[i])
    bytes = bytes + #ARGV[i]
  end
  bytes, dropped = drop_oldest(letters, bytes, max, max_bytes)
  redis.call('HSET', counts, 'bytes', bytes)
  redis.call('HINCRBY', counts, 'total', count + lost)
  redis.call('HINCRBY', counts, 'dropped', dropped + lost)
  return behind
end
"""

# KEYS letters, counts, dropped  ARGV what `bury` takes
BURY = ALLOW_OOM + BURYING + "if redis.call('EXISTS', KEYS[3]) == 0 then bury(KEYS[1], KEYS[2], 1) end"

# KEYS letters, counts  ARGV max bytes; returns how many were dropped
SHRINK = (
    ALLOW_OOM
    + BURYING
    + """
local bytes, dropped = tonumber(redis.call('HGET', KEYS[2], 'bytes')) or 0, 0
bytes, dropped = drop_oldest(KEYS[1], bytes, math.huge, tonumber(ARGV[1]))
if dropped > 0 then
  redis.call('HSET', KEYS[2], 'bytes', bytes)
  redis.call('HINCRBY', KEYS[2], 'dropped', dropped)
end
return dropped
"""
)

# KEYS letters, counts  ARGV ids…; returns how many there were
REMOVE = (
    ALLOW_OOM
    + BURYING
    + """
local removed, bytes = 0, 0
for _, id in ipairs(ARGV) do
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    redis.call('XDEL', KEYS[1], id)
    removed, bytes = removed + 1, bytes + size_of(entry)
  end
end
if removed > 0 then
  redis.call('HSET', KEYS[2], 'bytes', math.max(0, (tonumber(redis.call('HGET', KEYS[2], 'bytes')) or 0) - bytes))
end
return removed
"""
)
