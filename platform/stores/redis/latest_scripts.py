"""The steps of `latest` in Lua."""

from stores.redis.live_scripts import ANNOUNCE
from stores.redis.scripts import ALLOW_OOM

# keep(key, sensor, packed): store it unless there is a newer one. Returns 1 if it was stored.
KEEP = (
    ANNOUNCE
    + """
local function newer(old, new)
  if not old then return true end
  local a, b = struct.unpack('>i4I4', old)
  local c, d = struct.unpack('>i4I4', new)
  return c > a or (c == a and d >= b)
end
local function keep(key, sensor, new)
  if newer(redis.call('HGET', key, sensor), new) then redis.call('HSET', key, sensor, new) return 1 end
  return 0
end
"""
)

# KEYS latest, dropped  ARGV prefix, then pairs (sensor, packed); an older sample never replaces a newer one
STORE = (
    ALLOW_OOM
    + KEEP
    + """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local kept = {}
for i = 2, #ARGV, 2 do
  if keep(KEYS[1], ARGV[i], ARGV[i + 1]) == 1 then kept[#kept + 1] = ARGV[i] end
end
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
