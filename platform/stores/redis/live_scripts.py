"""The steps of `live` in Lua."""

from stores.redis.scripts import ALLOW_OOM

WANTED, LIVE = "live:wanted", "live"  # keys below a prefix
WATCHED, SHOWN = "live:watched:", "live:shown:"  # and a source
BEGIN = "begin"  # the field of an entry before which announcements may be missing
MAX_ENTRIES, SENSORS_PER_ENTRY, TTL_S = 500, 500, 300  # some 3 MB of a tenant at most

# announce(prefix, sensors): their latest values have changed. Writes nothing while nobody listens.
ANNOUNCE = f"""
local function add(prefix, field, text)
  local id = redis.call('XADD', prefix .. '{LIVE}', 'MAXLEN', '~', {MAX_ENTRIES}, '*', field, text)
  redis.call('EXPIRE', prefix .. '{LIVE}', {TTL_S})
  return id
end
local function announce(prefix, sensors)
  if #sensors == 0 or redis.call('EXISTS', prefix .. '{WANTED}') == 0 then return end
  for i = 1, #sensors, {SENSORS_PER_ENTRY} do
    add(prefix, 's', table.concat(sensors, ' ', i, math.min(i + {SENSORS_PER_ENTRY - 1}, #sensors)))
  end
end
"""

# KEYS wanted, live  ARGV prefix, seconds: announcements are written that long. Returns nothing if they were until now,
# otherwise the id of an entry that says where they begin. So a stream that is wanted has an entry at least.
WANT = (
    ALLOW_OOM
    + ANNOUNCE
    + f"""
local lapsed = redis.call('EXISTS', KEYS[1]) == 0
redis.call('SET', KEYS[1], 1, 'EX', ARGV[2])
if redis.call('EXPIRE', KEYS[2], {TTL_S}) == 0 or lapsed then return add(ARGV[1], '{BEGIN}', '') end
"""
)

# KEYS watched, shown in this second, live  ARGV prefix, how many may be in a second, a message
SHOW = (
    ALLOW_OOM
    + ANNOUNCE
    + """
if redis.call('EXISTS', KEYS[1]) == 0 then return end
local shown = redis.call('INCR', KEYS[2])
if shown == 1 then redis.call('EXPIRE', KEYS[2], 2) end
if shown <= tonumber(ARGV[2]) then add(ARGV[1], 'm', ARGV[3]) end
"""
)

# KEYS wanted, live  ARGV prefix, a message
MESSAGE = (
    ALLOW_OOM
    + ANNOUNCE
    + """
if redis.call('EXISTS', KEYS[1]) == 1 then add(ARGV[1], 'm', ARGV[2]) end
"""
)
