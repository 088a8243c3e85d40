"""The steps of `marks` in Lua. A script names its keys from the tenant's prefix, as there is one Redis."""

from stores.redis.scripts import ALLOW_OOM

# `ladder:due_buckets` has the sensors with marked buckets, `ladder:backfill_ranges` those with marked ranges, scored by
# the time at which they are to be repaired. They are two, so that years of history never delay buckets that close now.
MAX_BUCKETS = 500  # marked ones of a sensor; more are merged into ranges
MAX_RANGES = 40
MAX_BUCKETS_OF_SPAN = 60  # a span of more is marked as a range
LATE_MS = 1000  # late samples rarely come alone
BACKFILL_MS = 5000  # history arrives in pieces: a few of them are built together
BATCH_SIZE = 500  # sensors, or buckets of one, in one command
SETTLE_MS = 2000  # after a bucket's end, until its last samples have arrived
LATE_AFTER_MS = 3_600_000  # after a bucket's end: `ladder:late` has the generation of each sensor's last such mark

# fold(prefix): what processes of 0.1 put under the former names of the two keys joins the others; removed in 0.3.
_FOLD = """
local function fold(prefix)
  for old, new in pairs({due = 'due_buckets', far = 'backfill_ranges'}) do
    local key = prefix .. 'ladder:' .. old
    if redis.call('EXISTS', key) == 1 then
      local found = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
      for i = 1, #found, 2 do redis.call('ZADD', prefix .. 'ladder:' .. new, 'LT', found[i + 1], found[i]) end
      redis.call('DEL', key)
    end
  end
end
"""

# mark(prefix, now, at): mark the spans given from ARGV[at] on. Returns where ARGV goes on.
MARKING = f"""
local function backfill_range(prefix, sensor, at)
  redis.call('ZADD', prefix .. 'ladder:backfill_ranges', 'LT', at, sensor)
end
local function text(number) return string.format('%.0f', number + 0) end  -- never -0
local function to_ranges(prefix, sensor, width, generation)
  local key, starts = prefix .. 'ladder:b:' .. sensor, {{}}
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do starts[#starts + 1] = tonumber(member) end
  table.sort(starts)
  local gap = width
  local spans
  repeat
    spans = {{}}
    for _, start in ipairs(starts) do
      local last = spans[#spans]
      if last and start - last[2] <= gap then last[2] = start + width
      else spans[#spans + 1] = {{start, start + width}} end
    end
    gap = gap * 4
  until #spans <= 10
  for _, span in ipairs(spans) do
    redis.call('ZADD', prefix .. 'ladder:r:' .. sensor, generation, text(span[1]) .. ':' .. text(span[2]))
  end
  redis.call('DEL', key)
end
local function to_one_range(prefix, sensor, generation)
  local key, low, high = prefix .. 'ladder:r:' .. sensor
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    local colon = string.find(member, ':', 1, true)
    local from, to = tonumber(string.sub(member, 1, colon - 1)), tonumber(string.sub(member, colon + 1))
    if not low or from < low then low = from end
    if not high or to > high then high = to end
  end
  redis.call('DEL', key)
  redis.call('ZADD', key, generation, text(low) .. ':' .. text(high))
end
-- Numbers become texts once: Redis would print each of them as a floating-point number.
local function mark(prefix, now, at)
  local stop, generation, texts = at + tonumber(ARGV[at]), nil, {{}}
  local function known_text(number)
    texts[number] = texts[number] or text(number)
    return texts[number]
  end
  at = at + 1
  while at <= stop do
    local sensors, places = {{}}, {{}}
    while at <= stop and #sensors < {BATCH_SIZE} do
      sensors[#sensors + 1], places[#places + 1] = ARGV[at], at
      at = at + 2 + 2 * tonumber(ARGV[at + 1])
    end
    local ladders = redis.call('HMGET', prefix .. 'ladder:finest', unpack(sensors))
    local due, late = {{'LT'}}, {{}}
    for n, sensor in ipairs(sensors) do
      local width = ladders[n] and tonumber(string.match(ladders[n], '^%d+')) or 0
      if width > 0 then
        generation = generation or text(redis.call('INCR', prefix .. 'ladder:gen'))
        redis.call('HINCRBY', prefix .. 'ladder:times', sensor, '1')
        local buckets, ranges = prefix .. 'ladder:b:' .. sensor, prefix .. 'ladder:r:' .. sensor
        local members, added, soonest, is_late, any_range = {{}}, 0, nil, false, false
        for i = places[n] + 2, places[n] + 2 * tonumber(ARGV[places[n] + 1]), 2 do
          local from = math.floor(tonumber(ARGV[i]) / width) * width
          local to = math.ceil(tonumber(ARGV[i + 1]) / width) * width
          is_late = is_late or from + width <= now - {LATE_AFTER_MS}
          if to - from > {MAX_BUCKETS_OF_SPAN} * width then
            redis.call('ZADD', ranges, generation, text(from) .. ':' .. text(to))
            any_range = true
          else
            for start = from, to - width, width do
              members[#members + 1], members[#members + 2] = generation, known_text(start)
              local closes = start + width
              local when = closes <= now and now + {LATE_MS} or closes + {SETTLE_MS}
              soonest = math.min(soonest or when, when)
              if #members >= {2 * BATCH_SIZE} then
                added, members = added + redis.call('ZADD', buckets, unpack(members)), {{}}
              end
            end
          end
        end
        if #members > 0 then added = added + redis.call('ZADD', buckets, unpack(members)) end
        if is_late then late[#late + 1], late[#late + 2] = sensor, generation end
        if added > 0 and redis.call('ZCARD', buckets) > {MAX_BUCKETS} then
          to_ranges(prefix, sensor, width, generation)
          redis.call('ZREM', prefix .. 'ladder:due_buckets', sensor)
          any_range, soonest = true, nil
        end
        if soonest then due[#due + 1], due[#due + 2] = known_text(soonest), sensor end
        if any_range then
          backfill_range(prefix, sensor, known_text(now + {BACKFILL_MS}))
          if redis.call('ZCARD', ranges) > {MAX_RANGES} then to_one_range(prefix, sensor, generation) end
        end
      end
    end
    if #late > 0 then redis.call('HSET', prefix .. 'ladder:late', unpack(late)) end
    if #due > 1 then redis.call('ZADD', prefix .. 'ladder:due_buckets', unpack(due)) end
  end
  return at
end
"""

# KEYS dropped  ARGV prefix, now, then mark words
MARK = ALLOW_OOM + MARKING + "if redis.call('EXISTS', KEYS[1]) == 0 then mark(ARGV[1], tonumber(ARGV[2]), 3) end"

# ARGV prefix, sensors…  Returns the epoch, the sites' horizons, then for each sensor {ladder, buckets with generations,
# ranges with theirs, how often it was marked, the generation of its last late mark}.
STATE = """
local answer = {redis.call('GET', ARGV[1] .. 'ladder:run') or '', redis.call('HGETALL', ARGV[1] .. 'ladder:horizon')}
for i = 2, #ARGV do
  local ladder = redis.call('HGET', ARGV[1] .. 'ladder:finest', ARGV[i])
  if ladder then
    answer[i + 1] = {ladder, redis.call('ZRANGE', ARGV[1] .. 'ladder:b:' .. ARGV[i], 0, -1, 'WITHSCORES'),
                 redis.call('ZRANGE', ARGV[1] .. 'ladder:r:' .. ARGV[i], 0, -1, 'WITHSCORES'),
                 redis.call('HGET', ARGV[1] .. 'ladder:times', ARGV[i]) or '0',
                 redis.call('HGET', ARGV[1] .. 'ladder:late', ARGV[i]) or '0'}
  else
    answer[i + 1] = {}
  end
end
return answer
"""

# ARGV prefix, sensor, finest, now, then fours: b or r, member, generation, the rest of a range or nothing
CLEAR = f"""{ALLOW_OOM}{_FOLD}
local prefix, sensor, width, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ladder = redis.call('HGET', prefix .. 'ladder:finest', sensor)
if not ladder or tonumber(string.match(ladder, '^%d+')) ~= width then return 0 end
fold(prefix)
local cleared = 0
for i = 5, #ARGV, 4 do
  local key = prefix .. 'ladder:' .. ARGV[i] .. ':' .. sensor
  local generation = redis.call('ZSCORE', key, ARGV[i + 1])
  if generation and tonumber(generation) == tonumber(ARGV[i + 2]) then
    redis.call('ZREM', key, ARGV[i + 1])
    if ARGV[i + 3] ~= '' then redis.call('ZADD', key, 'GT', ARGV[i + 2], ARGV[i + 3]) end
    cleared = cleared + 1
  end
end
if redis.call('EXISTS', prefix .. 'ladder:r:' .. sensor) == 1 then
  redis.call('ZADD', prefix .. 'ladder:backfill_ranges', now, sensor)
else redis.call('ZREM', prefix .. 'ladder:backfill_ranges', sensor) end
local next
for _, member in ipairs(redis.call('ZRANGE', prefix .. 'ladder:b:' .. sensor, 0, -1)) do
  local closes = tonumber(member) + width + {SETTLE_MS}
  if closes < now then closes = now end
  if not next or closes < next then next = closes end
end
if next then redis.call('ZADD', prefix .. 'ladder:due_buckets', next, sensor)
else redis.call('ZREM', prefix .. 'ladder:due_buckets', sensor) end
return cleared
"""

# ARGV prefix, due_buckets or backfill_ranges, now, how many
OVERDUE = f"""{ALLOW_OOM}{_FOLD}
fold(ARGV[1])
return redis.call('ZRANGEBYSCORE', ARGV[1] .. 'ladder:' .. ARGV[2], '-inf', ARGV[3], 'LIMIT', 0, ARGV[4])
"""

# ARGV prefix, now
COUNTS = f"""{ALLOW_OOM}{_FOLD}
fold(ARGV[1])
return {{redis.call('GET', ARGV[1] .. 'ladder:run') or '', redis.call('HLEN', ARGV[1] .. 'ladder:finest'),
        redis.call('ZCOUNT', ARGV[1] .. 'ladder:due_buckets', '-inf', ARGV[2]),
        redis.call('ZCARD', ARGV[1] .. 'ladder:backfill_ranges')}}
"""

# KEYS dropped  ARGV prefix, now, range, then 'sensor width kind'…
ENROLL = f"""{_FOLD}
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local prefix = ARGV[1]
fold(prefix)
local generation = redis.call('INCR', prefix .. 'ladder:gen')
for i = 4, #ARGV do
  local sensor, ladder = string.match(ARGV[i], '^(%S+) (.*)$')
  redis.call('HSET', prefix .. 'ladder:finest', sensor, ladder)
  redis.call('HINCRBY', prefix .. 'ladder:times', sensor, 1)
  redis.call('DEL', prefix .. 'ladder:b:' .. sensor, prefix .. 'ladder:r:' .. sensor)
  redis.call('ZREM', prefix .. 'ladder:due_buckets', sensor)
  redis.call('ZREM', prefix .. 'ladder:backfill_ranges', sensor)
  if string.sub(ladder, 1, 2) ~= '0 ' then
    redis.call('HSET', prefix .. 'ladder:late', sensor, generation)
    redis.call('ZADD', prefix .. 'ladder:r:' .. sensor, generation, ARGV[3])
    redis.call('ZADD', prefix .. 'ladder:backfill_ranges', ARGV[2], sensor)
  end
end
return 1
"""

# ARGV prefix, sensors…
DROP = f"""{_FOLD}
fold(ARGV[1])
for i = 2, #ARGV do
  redis.call('DEL', ARGV[1] .. 'ladder:b:' .. ARGV[i], ARGV[1] .. 'ladder:r:' .. ARGV[i])
  redis.call('HDEL', ARGV[1] .. 'ladder:finest', ARGV[i])
  redis.call('HDEL', ARGV[1] .. 'ladder:times', ARGV[i])
  redis.call('HDEL', ARGV[1] .. 'ladder:late', ARGV[i])
  redis.call('ZREM', ARGV[1] .. 'ladder:due_buckets', ARGV[i])
  redis.call('ZREM', ARGV[1] .. 'ladder:backfill_ranges', ARGV[i])
end
"""
