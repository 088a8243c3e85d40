"""The steps of `latest` in Lua."""

from stores.redis.live_scripts import ANNOUNCE
from stores.redis.scripts import ALLOW_OOM

BATCH_SIZE = 500  # values in one command

# keep(key, from, to, deleted): store the pairs (sensor, packed) from ARGV[from] on, before ARGV[to], but for sensors
# that have a newer one, or are in the sorted set `deleted`, if one is given. Returns the sensors that were stored.
KEEP = (
    ANNOUNCE
    + f"""
local function newer(old, new)
  if not old then return true end
  local a, b = struct.unpack('>i4I4', old)
  local c, d = struct.unpack('>i4I4', new)
  return c > a or (c == a and d >= b)
end
local function keep(key, from, to, deleted)
  local kept = {{}}
  for start = from, to - 1, {2 * BATCH_SIZE} do
    local sensors, words = {{}}, {{}}
    for i = start, math.min(start + {2 * BATCH_SIZE}, to) - 1, 2 do sensors[#sensors + 1] = ARGV[i] end
    local gone = deleted and redis.call('ZMSCORE', deleted, unpack(sensors)) or {{}}
    for n, old in ipairs(redis.call('HMGET', key, unpack(sensors))) do
      local new = ARGV[start + 2 * n - 1]
      if not gone[n] and newer(old, new) then
        words[#words + 1], words[#words + 2] = sensors[n], new
        kept[#kept + 1] = sensors[n]
      end
    end
    if #words > 0 then redis.call('HSET', key, unpack(words)) end
  end
  return kept
end
"""
)

# KEYS latest, dropped  ARGV prefix, then pairs (sensor, packed); an older sample never replaces a newer one
STORE = (
    ALLOW_OOM
    + KEEP
    + """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local kept = keep(KEYS[1], 2, #ARGV + 1)
announce(ARGV[1], kept)
return #kept
"""
)

# KEYS latest, dropped  ARGV sensor, packed old value, packed new value (empty: remove it), prefix
REPLACE = (
    ANNOUNCE
    + """
if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
announce(ARGV[4], {ARGV[1]})
return 1
"""
)

# KEYS latest  ARGV prefix, sensors…
DROP = (
    ALLOW_OOM
    + ANNOUNCE
    + """
local gone = {}
for i = 2, #ARGV do
  if redis.call('HDEL', KEYS[1], ARGV[i]) == 1 then gone[#gone + 1] = ARGV[i] end
end
announce(ARGV[1], gone)
"""
)
