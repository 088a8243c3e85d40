"""The steps of `alarms` and of the queue's second reader in Lua."""

from stores.redis.scripts import ALLOW_OOM, REFUSED_WHEN_FULL

# Keys below a tenant's prefix
CURSOR, STORED, STORED_WEIGHT = "alarms:cursor", "alarms:stored", "alarms:stored:weight"
STATE, TIMERS, SEEN, LATE = "alarms:state", "alarms:timers", "alarms:seen", "alarms:late"
OUTBOX, NUMBER, SNAPSHOT = "alarms:outbox", "alarms:number", "alarms:snapshot"
EVALUATOR, REVISION = "alarms:evaluator", "alarms:revision"

RAISED = "alarms:raised"
RAISED_MS, MAX_RAISED = 86_400_000, 5_000  # how long it is known that alarms were raised, and of how many

FEED, SINKS, SINK_STATES, PUBLISHER = "alarms:feed", "alarms:sinks", "alarms:sinks:states", "alarms:publisher"
FED = "#"  # the member of `alarms:sinks` that counts what was ever added to the feed
MAX_FEED = 20_000  # transitions that wait for a tenant's slowest sink

LATE_GAP_MS, MAX_LATE_RANGES = 86_400_000, 16  # late samples of a sensor further apart are ranges of their own

# keep_stored(prefix, cursor, id, weight): what the writer has stored stays in the stream until the second reader has
# passed it. Returns whether it stays.
KEEP_FOR_SECOND_READER = f"""
local function part(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(sequence)
end
local function keep_stored(prefix, cursor, id, weight)
  if not cursor then return false end
  local ms, sequence = part(id)
  local its_ms, its_sequence = part(cursor)
  if not its_ms or ms < its_ms or (ms == its_ms and sequence <= its_sequence) then return false end
  redis.call('HSET', prefix .. '{STORED}', id, weight)
  redis.call('INCRBY', prefix .. '{STORED_WEIGHT}', weight)
  return true
end
"""

# less(key, weight): a weight that waits no longer
_LESS = """
local function less(key, weight)
  if redis.call('DECRBY', key, weight) <= 0 then redis.call('DEL', key) end
end
"""

# KEYS cursor, dropped; returns the cursor, which begins before all that waits
START = """
if redis.call('EXISTS', KEYS[2]) == 1 then return '' end
redis.call('SET', KEYS[1], '0-0', 'NX')
return redis.call('GET', KEYS[1])
"""

# KEYS cursor, stream, stored, its weight, waiting, all waiting; what is stored needs to stay no longer
STOP = f"""{ALLOW_OOM}{_LESS}
redis.call('DEL', KEYS[1])
local weight = 0
local kept = redis.call('HGETALL', KEYS[3])
for i = 1, #kept, 2 do
  if redis.call('XDEL', KEYS[2], kept[i]) == 1 then weight = weight + tonumber(kept[i + 1]) end
end
redis.call('DEL', KEYS[3], KEYS[4])
if weight > 0 then
  less(KEYS[5], weight)
  less(KEYS[6], weight)
end
return #kept / 2
"""

# add_transitions(outbox, number, at, count): those in ARGV from `at` (weight, payload), with their numbers. Returns the
# number before them and their weight.
START_COUNTING = """
local function start_counting(counter) redis.call('SET', counter, redis.call('TIME')[1] .. '00000') end
"""
ADD_TRANSITIONS = f"""{START_COUNTING}
local function add_transitions(outbox, counter, at, count)
  local number, weight = tonumber(redis.call('GET', counter) or '0'), 0
  if count == 0 then return number, weight end
  if number == 0 then start_counting(counter) end
  number = redis.call('INCRBY', counter, count) - count
  for k = 1, count do
    redis.call('XADD', outbox, '*', 'n', string.format('%.0f', number + k), 'w', ARGV[at], 'd', ARGV[at + 1])
    weight = weight + tonumber(ARGV[at])
    at = at + 2
  end
  return number, weight
end
"""

# One step of alarms: all of it, or nothing if the cursor or one of the states is another. Numbers of transitions begin
# with the time, so that they are larger than those in a journal whose Redis has lost its file.
# A range of late samples that is evaluated goes, unless it has grown or more follows; then it is noted a millisecond
# later, so that the same step is never done twice.
# States that change together get the same revision, which no state of the tenant had before.
# KEYS cursor, stream, stored, its weight, waiting, dropped, state, timers, seen, outbox, number, late, evaluator,
#      revision, raised, feed, sinks, and all waiting where that is within reach
# ARGV expected cursor or '' (a person's), new cursor, who must have the lease or '', the weight that may wait already
#      if transitions come, or '' (any), how many of each: entries, states (key, expected revision, state or ''),
#      timers (member, due or ''), seen (target, packed), late (target, start, end, noted), ranges of late samples that
#      are evaluated (target, start, end, noted, whether more follows), transitions (weight, payload), when alarms were
#      raised (time, site); then all of those in this order
_COMMIT = f"""{_LESS}{ADD_TRANSITIONS}
if redis.call('EXISTS', KEYS[6]) == 1 then return {{'gone'}} end
if ARGV[1] ~= '' and redis.call('GET', KEYS[1]) ~= ARGV[1] then return {{'moved'}} end
if ARGV[3] ~= '' and redis.call('GET', KEYS[13]) ~= ARGV[3] then return {{'lost'}} end
local entries, states, timers = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local seen, late, evaluated = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local transitions, raised, first = tonumber(ARGV[11]), tonumber(ARGV[12]), 13 + entries
if ARGV[4] ~= '' and transitions > 0 then
  local waiting = tonumber(redis.call('GET', KEYS[5]) or '0')
  if waiting > 0 and waiting > tonumber(ARGV[4]) then return {{'full'}} end
end
local other = {{'changed'}}
for at = first, first + 3 * states - 1, 3 do
  local kept = redis.call('HGET', KEYS[7], ARGV[at])
  local revision = kept and struct.unpack('>I4', kept) or 0
  if revision ~= tonumber(ARGV[at + 1]) then other[#other + 1] = ARGV[at] end
end
if #other > 1 then return other end
local function ranges_of(target)
  local found = {{}}
  local kept = redis.call('HGET', KEYS[12], target) or ''
  for from, to, since in string.gmatch(kept, '(%-?%d+) (%-?%d+) (%d+)') do
    found[#found + 1] = {{tonumber(from), tonumber(to), tonumber(since)}}
  end
  return found
end
local function set_ranges(target, ranges)
  if #ranges == 0 then return redis.call('HDEL', KEYS[12], target) end
  local words = {{}}
  for i, range in ipairs(ranges) do words[i] = string.format('%.0f %.0f %.0f', unpack(range)) end
  redis.call('HSET', KEYS[12], target, table.concat(words, ';'))
end
local function joined(one, other)
  return {{math.min(one[1], other[1]), math.max(one[2], other[2]), math.min(one[3], other[3])}}
end
local function with_range(ranges, added)
  local apart = {{}}
  for _, range in ipairs(ranges) do
    if range[1] - added[2] <= {LATE_GAP_MS} and added[1] - range[2] <= {LATE_GAP_MS} then
      added = joined(added, range)
    else
      apart[#apart + 1] = range
    end
  end
  apart[#apart + 1] = added
  table.sort(apart, function(one, other) return one[1] < other[1] end)
  while #apart > {MAX_LATE_RANGES} do
    local nearest = 1
    for i = 2, #apart - 1 do
      if apart[i + 1][1] - apart[i][2] < apart[nearest + 1][1] - apart[nearest][2] then nearest = i end
    end
    apart[nearest] = joined(apart[nearest], table.remove(apart, nearest + 1))
  end
  return apart
end
local function place_of(ranges, at)
  local from, to, since = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  for i, range in ipairs(ranges) do
    if range[1] <= from and range[2] >= to and range[3] == since then return i, range[1] == from and range[2] == to end
  end
end
local last = first + 3 * states + 2 * timers + 2 * seen + 4 * late
for at = last, last + 5 * evaluated - 1, 5 do
  if not place_of(ranges_of(ARGV[at]), at) then return {{'evaluated'}} end
end
local revision = states > 0 and (redis.call('INCR', KEYS[14]) - 1) % 4294967295 + 1 or 0
for at = first, first + 3 * states - 1, 3 do
  if ARGV[at + 2] == '' then
    redis.call('HDEL', KEYS[7], ARGV[at])
  else
    redis.call('HSET', KEYS[7], ARGV[at], struct.pack('>I4', revision) .. ARGV[at + 2])
  end
end
local at = first + 3 * states
for _ = 1, timers do
  if ARGV[at + 1] == '' then
    redis.call('ZREM', KEYS[8], ARGV[at])
  else
    redis.call('ZADD', KEYS[8], ARGV[at + 1], ARGV[at])
  end
  at = at + 2
end
for _ = 1, seen do
  redis.call('HSET', KEYS[9], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for _ = 1, late do
  local added = {{tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])}}
  set_ranges(ARGV[at], with_range(ranges_of(ARGV[at]), added))
  at = at + 4
end
for _ = 1, evaluated do
  local ranges = ranges_of(ARGV[at])
  local i, same = place_of(ranges, at)
  if i then
    if ARGV[at + 4] == '' and same then table.remove(ranges, i) else ranges[i][3] = ranges[i][3] + 1 end
    set_ranges(ARGV[at], ranges)
  end
  at = at + 5
end
local number, more = add_transitions(KEYS[10], KEYS[11], at, transitions)
local newest = nil
for i = 1, raised do
  local place = last + 5 * evaluated + 2 * transitions + 2 * i - 2
  local t = tonumber(ARGV[place])
  newest = math.max(newest or t, t)
  redis.call('ZADD', KEYS[15], t, string.format('%.0f', number + i) .. ' ' .. ARGV[place + 1])
end
if newest then
  redis.call('ZREMRANGEBYSCORE', KEYS[15], '-inf', newest - {RAISED_MS})
  redis.call('ZREMRANGEBYRANK', KEYS[15], 0, -{MAX_RAISED + 1})
end
if transitions > 0 and redis.call('EXISTS', KEYS[17]) == 1 then
  for k = 1, transitions do
    local payload, count = ARGV[last + 5 * evaluated + 2 * k - 1], redis.call('HINCRBY', KEYS[17], '{FED}', 1)
    local fields = {{'n', string.format('%.0f', number + k), 'c', count, 'd', payload}}
    redis.call('XADD', KEYS[16], 'MAXLEN', '~', '{MAX_FEED}', '*', unpack(fields))
  end
end
local done = 0
if ARGV[1] ~= '' then
  redis.call('SET', KEYS[1], ARGV[2])
  for i = 13, 12 + entries do
    local weight = redis.call('HGET', KEYS[3], ARGV[i])
    if weight then
      redis.call('HDEL', KEYS[3], ARGV[i])
      less(KEYS[4], weight)
      if redis.call('XDEL', KEYS[2], ARGV[i]) == 1 then done = done + tonumber(weight) end
    end
  end
end
for _, key in ipairs({{KEYS[5], KEYS[18]}}) do
  if more > done then
    redis.call('INCRBY', key, more - done)
  elseif done > more then
    less(key, done - more)
  end
end
return {{'ok', number, revision}}
"""
COMMIT = ALLOW_OOM + _COMMIT
BOUNDED_COMMIT = REFUSED_WHEN_FULL + _COMMIT

# KEYS outbox, waiting, and all waiting where that is within reach  ARGV (id, weight)…; entries that are in the journal
DELIVERED = f"""{ALLOW_OOM}{_LESS}
local weight = 0
for i = 1, #ARGV, 2 do
  if redis.call('XDEL', KEYS[1], ARGV[i]) == 1 then weight = weight + tonumber(ARGV[i + 1]) end
end
if weight > 0 then
  less(KEYS[2], weight)
  if KEYS[3] then less(KEYS[3], weight) end
end
return weight
"""

# KEYS state, number; both as of one moment
STATES = f"""{ALLOW_OOM}
return {{redis.call('GET', KEYS[2]) or '0', redis.call('HGETALL', KEYS[1])}}
"""

# KEYS holder  ARGV who, ms; whether it has it: 1 kept, 2 taken
ACQUIRE = f"""{ALLOW_OOM}
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if not holder or redis.call('PTTL', KEYS[1]) < ARGV[2] * 0.8 then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return holder and 1 or 2
"""

# KEYS holder  ARGV who
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

# KEYS snapshot, dropped  ARGV when, the number of the last transition that it has
SET_SNAPSHOT = f"""{ALLOW_OOM}
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('HSET', KEYS[1], 'at', ARGV[1], 'number', ARGV[2]) end
"""

# KEYS sinks, feed, states of sinks, counter, dropped  ARGV ids; these sinks and no others have the feed, new ones what
# comes from now on. A sink's mark: the id of the last entry that it has published, how many were added until then, and
# the number of the last transition.
ENROLL_SINKS = f"""{START_COUNTING}
if redis.call('EXISTS', KEYS[5]) == 1 then return 0 end
local wanted = {{}}
for _, id in ipairs(ARGV) do wanted[id] = true end
for _, id in ipairs(redis.call('HKEYS', KEYS[1])) do
  if not wanted[id] and id ~= '{FED}' then redis.call('HDEL', KEYS[1], id) end
end
for _, id in ipairs(redis.call('HKEYS', KEYS[3])) do
  if not wanted[id] then redis.call('HDEL', KEYS[3], id) end
end
if #ARGV == 0 then return redis.call('DEL', KEYS[1], KEYS[2]) end
if redis.call('EXISTS', KEYS[4]) == 0 then start_counting(KEYS[4]) end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local mark = (last[1] and last[1][1] or '0-0') .. ' ' .. (redis.call('HGET', KEYS[1], '{FED}') or '0')
  .. ' ' .. redis.call('GET', KEYS[4])
for _, id in ipairs(ARGV) do redis.call('HSETNX', KEYS[1], id, mark) end
return #ARGV
"""

# KEYS sinks, feed  ARGV sink, its mark; what all sinks have published is removed. Returns whether the sink is one.
PUBLISHED = f"""{ALLOW_OOM}
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
local first, place = nil, nil
for _, mark in ipairs(redis.call('HVALS', KEYS[1])) do
  local ms, sequence = string.match(mark, '^(%d+)-(%d+) ')
  ms, sequence = tonumber(ms), tonumber(sequence)
  if ms and (not first or ms < first or (ms == first and sequence < place)) then first, place = ms, sequence end
end
if first then redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-%.0f', first, place + 1)) end
return 1
"""
