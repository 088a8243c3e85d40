"""The steps of `streams` in Lua: each is atomic, so a kill leaves all of it or nothing."""

from stores.redis.dead_letter_scripts import BURYING
from stores.redis.latest_scripts import KEEP
from stores.redis.mark_scripts import MARKING
from stores.redis.scripts import ALLOW_OOM, STILL

# Append one batch, and keep the dead letters of it, if the tenant exists, is within its rate and not too much is
# waiting; where a guard is given (its keys are the last), only while that holds.
# At Redis's `maxmemory` it is refused before its first write; the bounds of what may wait apply long before.
# The token bucket may run into debt, so that a batch larger than a second's share passes and the next ones wait for it.
# A tenant's pod sees nothing of the others: it gives no bound of all, and "closed" in place of all waiting.
# KEYS stream, waiting, bucket, ready, dropped, all waiting or closed, dead letters, their counts, the guard's two
# ARGV prefix, weight, max waiting, max of all or '', samples (dead ones too), samples/s, the guard's two or '',
#      what `bury` takes, then pairs (samples of the entry, its payload)
APPEND = (
    STILL
    + BURYING
    + """
if redis.call('EXISTS', KEYS[5]) == 1 then return {'gone', 0, ''} end
if KEYS[9] and not still(KEYS[9], KEYS[10], ARGV[7], ARGV[8]) then return {'stale', 0, ''} end
local waiting = tonumber(redis.call('GET', KEYS[2]) or '0')
local weight = tonumber(ARGV[2])
if waiting > 0 and waiting + weight > tonumber(ARGV[3]) then return {'full', waiting, ''} end
if ARGV[4] == '' then
  if redis.call('EXISTS', KEYS[6]) == 1 then return {'crowded', waiting, ''} end
else
  local all = tonumber(redis.call('GET', KEYS[6]) or '0')
  if all > 0 and all + weight > tonumber(ARGV[4]) then return {'crowded', all, ''} end
end
local samples, rate = tonumber(ARGV[5]), tonumber(ARGV[6])
if rate <= 0 then return {'rate', 60000, ''} end
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local bucket = redis.call('HMGET', KEYS[3], 'tokens', 'at')
local tokens = rate
if bucket[1] then tokens = math.min(rate, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * rate) end
if tokens <= 0 then return {'rate', math.ceil((1 - tokens) / rate * 1000), ''} end
redis.call('HSET', KEYS[3], 'tokens', tostring(tokens - samples), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[3], 3600)
local id = ''
for i = bury(KEYS[7], KEYS[8], 9), #ARGV, 2 do
  id = redis.call('XADD', KEYS[1], '*', 'n', ARGV[i], 'd', ARGV[i + 1])
end
if id == '' then return {'ok', waiting, ''} end
redis.call('INCRBY', KEYS[2], weight)
if ARGV[4] ~= '' then redis.call('INCRBY', KEYS[6], weight) end
redis.call('ZADD', KEYS[4], 'NX', tostring(now), ARGV[1])
return {'ok', waiting + weight, id}
"""
)

# What the writer has stored: latest values, dead letters and acknowledgements together. Deleted sensors get no values.
# KEYS stream, waiting, latest, dead letters, their counts, dropped, and all waiting where that is within reach
# ARGV group, pairs of latest, prefix, now, samples left out, mark words, then (sensor, packed)…, what `bury` takes,
#      (id, weight, samples)…
COMMIT = (
    ALLOW_OOM
    + KEEP
    + MARKING
    + BURYING
    + """
if redis.call('EXISTS', KEYS[6]) == 1 then return 0 end
local at = mark(ARGV[3], tonumber(ARGV[4]), 6)
local deleted = ARGV[3] .. 'ingest:deleted'
local any = redis.call('EXISTS', deleted) == 1
for _ = 1, tonumber(ARGV[2]) do
  if not (any and redis.call('ZSCORE', deleted, ARGV[at])) then keep(KEYS[3], ARGV[at], ARGV[at + 1]) end
  at = at + 2
end
at = bury(KEYS[4], KEYS[5], at)
local done, weight, samples = 0, 0, 0
while at < #ARGV do
  if redis.call('XACK', KEYS[1], ARGV[1], ARGV[at]) == 1 then
    redis.call('XDEL', KEYS[1], ARGV[at])
    done = done + 1
    weight = weight + tonumber(ARGV[at + 1])
    samples = samples + tonumber(ARGV[at + 2])
  end
  at = at + 3
end
if done > 0 then
  redis.call('HINCRBY', ARGV[3] .. 'ingest:flow', 'samples', samples - tonumber(ARGV[5]))
  redis.call('HINCRBY', ARGV[3] .. 'ingest:flow', 'left_out', ARGV[5])
  redis.call('HSET', ARGV[3] .. 'ingest:flow', 'at', ARGV[4])
end
if KEYS[7] and weight > 0 and redis.call('DECRBY', KEYS[7], weight) < 0 then redis.call('SET', KEYS[7], 0) end
if weight > 0 and redis.call('DECRBY', KEYS[2], weight) <= 0 then redis.call('DEL', KEYS[2]) end
return done
"""
)

# KEYS stream  ARGV group; it must be created even when Redis is full, or nothing could be read
GROUP = ALLOW_OOM + "redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')"

# KEYS tenants' "closed"…  ARGV seconds
CLOSE = ALLOW_OOM + "for _, key in ipairs(KEYS) do redis.call('SET', key, 1, 'EX', ARGV[1]) end"

# KEYS all waiting  ARGV the true weight
CORRECT = ALLOW_OOM + "redis.call('SET', KEYS[1], ARGV[1])"
