"""The steps of `streams` in Lua: each is atomic, so a kill leaves all of it or nothing."""

from stores.redis.alarm_scripts import CURSOR, KEEP_FOR_SECOND_READER
from stores.redis.back_off import BACKING_OFF
from stores.redis.dead_letter_scripts import BURYING
from stores.redis.flow_counters import COUNTING, WRITER
from stores.redis.latest_scripts import KEEP
from stores.redis.live_scripts import WANTED
from stores.redis.mark_scripts import MARKING
from stores.redis.overflow_counts import COUNT_OVERFLOW, NOTED
from stores.redis.scripts import ALLOW_OOM, STILL
from stores.redis.writer_lease import HOLDER

# Append one batch, and keep the dead letters of it, if the tenant exists, is within its rate and not too much is
# waiting; where a guard is given (its keys are the last), only while that holds.
# At Redis's `maxmemory` it is refused before its first write; the bounds of what may wait apply long before.
# A token bucket may run into debt, so that a batch larger than a second's share passes and the next ones wait for it.
# A batch without samples is not held up by their rate.
# A tenant's pod sees nothing of the others: it gives no bound of all, and "closed" in place of all waiting. Everybody
# is refused while the tenant is closed because the disk is nearly full.
# KEYS stream, waiting, bucket, ready, dropped, all waiting or closed, dead letters, their counts, the guard's two
# ARGV prefix, weight, max waiting, max of all or '', samples (dead ones too), samples/s, the guard's two or '',
#      the source's stage or '', the source, the sender or '', how many are dead, and accepted,
#      why the batch is turned away (then it has neither entries nor letters) or '',
#      the key of the sender's back-off or '' (it begins or grows if the batch is turned away, and ends otherwise),
#      how many further quotas, of each (key, amount, rate, size), what `bury` takes, then pairs (samples of the entry,
#      its payload)
APPEND = (
    STILL
    + BURYING
    + COUNTING
    + BACKING_OFF
    + """
if redis.call('EXISTS', KEYS[5]) == 1 then return {'gone', 0, ''} end
if KEYS[9] and not still(KEYS[9], KEYS[10], ARGV[7], ARGV[8]) then return {'stale', 0, ''} end
local waiting = tonumber(redis.call('GET', KEYS[2]) or '0')
local weight = tonumber(ARGV[2])
if waiting > 0 and waiting + weight > tonumber(ARGV[3]) then return {'full', waiting, ''} end
local closed = redis.call('GET', ARGV[1] .. 'ingest:closed')
if closed == 'disk' then return {'disk', 0, ''} end
if ARGV[4] == '' then
  if closed then return {'crowded', waiting, ''} end
else
  local all = tonumber(redis.call('GET', KEYS[6]) or '0')
  if all > 0 and all + weight > tonumber(ARGV[4]) then return {'crowded', all, ''} end
end
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local quotas = {{KEYS[3], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[6]), ''}}
local behind = 17 + 4 * tonumber(ARGV[16])
for i = 17, behind - 1, 4 do
  local amount, rate, size = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  quotas[#quotas + 1] = {ARGV[1] .. ARGV[i], amount, rate, size, ARGV[i]}
end
local left = {}
for i, quota in ipairs(quotas) do
  local key, amount, rate, size, name = unpack(quota)
  if amount > 0 then
    if rate <= 0 then return {'rate', 60000, name} end
    local bucket = redis.call('HMGET', key, 'tokens', 'at')
    local tokens = size
    if bucket[1] then tokens = math.min(size, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * rate) end
    if tokens <= 0 then return {'rate', math.ceil((1 - tokens) / rate * 1000), name} end
    left[i] = tokens - amount
  end
end
for i, tokens in pairs(left) do
  redis.call('HSET', quotas[i][1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
  redis.call('EXPIRE', quotas[i][1], math.max(3600, math.ceil(quotas[i][4] / quotas[i][3])))
end
if ARGV[14] ~= '' then
  turned_away(ARGV[1], ARGV[9], ARGV[10], now, ARGV[14])
  return {'ok', ARGV[15] ~= '' and back_off(ARGV[1] .. ARGV[15], now) or 0, ''}
end
if ARGV[15] ~= '' then redis.call('DEL', ARGV[1] .. ARGV[15]) end
local id = ''
local dead = tonumber(ARGV[12])
if ARGV[9] ~= '' then count(ARGV[1], ARGV[9], now, tonumber(ARGV[13]), dead, 1) end
if ARGV[11] ~= '' then sent_by(ARGV[1], ARGV[10], ARGV[11], now) end
for i = bury(KEYS[7], KEYS[8], behind), #ARGV, 2 do
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
# An entry that the second reader has not passed stays, and its weight with it (ADR 92).
# KEYS stream, waiting, latest, dead letters, their counts, dropped, and all waiting where that is within reach
# ARGV group, pairs of latest, prefix, now, samples left out, dead ones, ms that the write took, who must have the
#      lease or '', mark words, then
#      (sensor, packed)…, what `bury` takes, a message about events or '', how many counts of overflows change, of each
#      (key, the key without a name, change), (id, weight, samples)…
COMMIT = (
    ALLOW_OOM
    + KEEP
    + MARKING
    + BURYING
    + COUNTING
    + COUNT_OVERFLOW
    + KEEP_FOR_SECOND_READER
    + """
if redis.call('EXISTS', KEYS[6]) == 1 then return 0 end
if ARGV[8] ~= '' and redis.call('GET', ARGV[3] .. '"""
    + HOLDER
    + """') ~= ARGV[8] then return -1 end
local at = mark(ARGV[3], tonumber(ARGV[4]), 9)
local deleted = ARGV[3] .. 'ingest:deleted'
if redis.call('EXISTS', deleted) == 0 then deleted = nil end
local behind = at + 2 * tonumber(ARGV[2])
announce(ARGV[3], keep(KEYS[3], at, behind, deleted))
at = bury(KEYS[4], KEYS[5], behind)
local message, first = ARGV[at], at + 2
at = first + 3 * tonumber(ARGV[at + 1])
local last = at - 1
local noted = ARGV[3] .. '"""
    + NOTED
    + """'
local any_noted = redis.call('EXISTS', noted) == 1
local cursor = redis.call('GET', ARGV[3] .. '"""
    + CURSOR
    + """')
local done, weight, samples, oldest = 0, 0, 0, nil
while at < #ARGV do
  if redis.call('XACK', KEYS[1], ARGV[1], ARGV[at]) == 1 then
    done = done + 1
    oldest = oldest or tonumber(string.match(ARGV[at], '^%d+'))
    if not keep_stored(ARGV[3], cursor, ARGV[at], ARGV[at + 1]) then
      redis.call('XDEL', KEYS[1], ARGV[at])
      weight = weight + tonumber(ARGV[at + 1])
    end
    samples = samples + tonumber(ARGV[at + 2])
    if any_noted then redis.call('HDEL', noted, ARGV[at]) end
  end
  at = at + 3
end
if done > 0 then
  count_overflow(ARGV[3], first, last)
  if message ~= '' and redis.call('EXISTS', ARGV[3] .. '"""
    + WANTED
    + """') == 1 then add(ARGV[3], 'm', message) end
  redis.call('HINCRBY', ARGV[3] .. 'ingest:flow', 'samples', samples - tonumber(ARGV[5]))
  redis.call('HINCRBY', ARGV[3] .. 'ingest:flow', 'left_out', ARGV[5])
  redis.call('HSET', ARGV[3] .. 'ingest:flow', 'at', ARGV[4])
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local left_out, dead = tonumber(ARGV[5]), tonumber(ARGV[6])
  local stored, lag = math.max(0, samples - left_out - dead), math.max(0, now - oldest)
  count(ARGV[3], '"""
    + WRITER
    + """', now / 1000, stored, dead, left_out, 1, lag, tonumber(ARGV[7]))
end
if KEYS[7] and weight > 0 and redis.call('DECRBY', KEYS[7], weight) < 0 then redis.call('SET', KEYS[7], 0) end
if weight > 0 and redis.call('DECRBY', KEYS[2], weight) <= 0 then redis.call('DEL', KEYS[2]) end
return done
"""
)

# KEYS stream  ARGV group; it must be created even when Redis is full, or nothing could be read
GROUP = ALLOW_OOM + "redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')"

# KEYS tenants' "closed"…  ARGV seconds, why
CLOSE = ALLOW_OOM + "for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[2], 'EX', ARGV[1]) end"

# KEYS all waiting  ARGV the true weight
CORRECT = ALLOW_OOM + "redis.call('SET', KEYS[1], ARGV[1])"
