"""Marks of the ladder, step by step in Lua. Keys are named from the tenant's prefix: there is one Redis."""

from stores.redis.scripts import ALLOW_OOM

# Sensors whose buckets are due stand in `ladder:due` by time, those with ranges in `ladder:far`, so that years of
# history never hide the buckets that close now.
MOST_BUCKETS = 500  # marks of one sensor; of more, ranges are made
MOST_RANGES = 40
RANGE_FROM = 60  # a span of more buckets than this is marked as a range
LATE_MS = 1000  # late samples seldom come alone
FAR_MS = 5000  # history comes in pieces: a few of them are built together
SETTLE_MS = 2000  # after a bucket's end, until its last samples are here

# mark(prefix, now, at): marks the spans given from ARGV[at] on; answers where ARGV goes on.
MARKING = f"""
local function due(prefix, sensor, at)
  redis.call('ZADD', prefix .. 'ladder:due', 'LT', at, sensor)
end
local function far(prefix, sensor, at)
  redis.call('ZADD', prefix .. 'ladder:far', 'LT', at, sensor)
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
local function mark(prefix, now, at)
  local words = tonumber(ARGV[at])
  local stop, generation = at + words, nil
  at = at + 1
  while at <= stop do
    local sensor, count = ARGV[at], tonumber(ARGV[at + 1])
    at = at + 2
    local ladder = redis.call('HGET', prefix .. 'ladder:finest', sensor)
    local width = ladder and tonumber(string.match(ladder, '^%d+')) or 0
    if width > 0 then
      generation = generation or redis.call('INCR', prefix .. 'ladder:gen')
      local buckets, ranges = prefix .. 'ladder:b:' .. sensor, prefix .. 'ladder:r:' .. sensor
      for i = at, at + 2 * count - 2, 2 do
        local from, to = math.floor(tonumber(ARGV[i]) / width) * width, math.ceil(tonumber(ARGV[i + 1]) / width) * width
        if to - from > {RANGE_FROM} * width then
          redis.call('ZADD', ranges, generation, text(from) .. ':' .. text(to))
          far(prefix, sensor, now + {FAR_MS})
        else
          for start = from, to - width, width do
            redis.call('ZADD', buckets, generation, text(start))
            if start + width <= now then due(prefix, sensor, now + {LATE_MS})
            else due(prefix, sensor, start + width + {SETTLE_MS}) end
          end
        end
      end
      if redis.call('ZCARD', buckets) > {MOST_BUCKETS} then
        to_ranges(prefix, sensor, width, generation)
        redis.call('ZREM', prefix .. 'ladder:due', sensor)
        far(prefix, sensor, now + {FAR_MS})
      end
      if redis.call('ZCARD', ranges) > {MOST_RANGES} then to_one_range(prefix, sensor, generation) end
    end
    at = at + 2 * count
  end
  return at
end
"""

# KEYS dropped  ARGV prefix, now, then mark words
MARK = ALLOW_OOM + MARKING + "if redis.call('EXISTS', KEYS[1]) == 0 then mark(ARGV[1], tonumber(ARGV[2]), 3) end"

# ARGV prefix, sensors…  Answers the run, the sites' horizons, then for each sensor {ladder, buckets with generations,
# ranges with theirs}.
STATE = """
local answer = {redis.call('GET', ARGV[1] .. 'ladder:run') or '', redis.call('HGETALL', ARGV[1] .. 'ladder:horizon')}
for i = 2, #ARGV do
  local ladder = redis.call('HGET', ARGV[1] .. 'ladder:finest', ARGV[i])
  if ladder then
    answer[i + 1] = {ladder, redis.call('ZRANGE', ARGV[1] .. 'ladder:b:' .. ARGV[i], 0, -1, 'WITHSCORES'),
                 redis.call('ZRANGE', ARGV[1] .. 'ladder:r:' .. ARGV[i], 0, -1, 'WITHSCORES')}
  else
    answer[i + 1] = {}
  end
end
return answer
"""

# ARGV prefix, sensor, finest, now, then fours: b or r, member, generation, the rest of a range or nothing
CLEAR = f"""{ALLOW_OOM}
local prefix, sensor, width, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ladder = redis.call('HGET', prefix .. 'ladder:finest', sensor)
if not ladder or tonumber(string.match(ladder, '^%d+')) ~= width then return 0 end
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
  redis.call('ZADD', prefix .. 'ladder:far', now, sensor)
else redis.call('ZREM', prefix .. 'ladder:far', sensor) end
local next
for _, member in ipairs(redis.call('ZRANGE', prefix .. 'ladder:b:' .. sensor, 0, -1)) do
  local closes = tonumber(member) + width + {SETTLE_MS}
  if closes < now then closes = now end
  if not next or closes < next then next = closes end
end
if next then redis.call('ZADD', prefix .. 'ladder:due', next, sensor)
else redis.call('ZREM', prefix .. 'ladder:due', sensor) end
return cleared
"""

# KEYS dropped  ARGV prefix, now, range, then 'sensor width kind'…
ADOPT = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local prefix = ARGV[1]
local generation = redis.call('INCR', prefix .. 'ladder:gen')
for i = 4, #ARGV do
  local sensor, ladder = string.match(ARGV[i], '^(%S+) (.*)$')
  redis.call('HSET', prefix .. 'ladder:finest', sensor, ladder)
  redis.call('DEL', prefix .. 'ladder:b:' .. sensor, prefix .. 'ladder:r:' .. sensor)
  redis.call('ZREM', prefix .. 'ladder:due', sensor)
  redis.call('ZREM', prefix .. 'ladder:far', sensor)
  if string.sub(ladder, 1, 2) ~= '0 ' then
    redis.call('ZADD', prefix .. 'ladder:r:' .. sensor, generation, ARGV[3])
    redis.call('ZADD', prefix .. 'ladder:far', ARGV[2], sensor)
  end
end
return 1
"""

# ARGV prefix, sensors…
DROP = """
for i = 2, #ARGV do
  redis.call('DEL', ARGV[1] .. 'ladder:b:' .. ARGV[i], ARGV[1] .. 'ladder:r:' .. ARGV[i])
  redis.call('HDEL', ARGV[1] .. 'ladder:finest', ARGV[i])
  redis.call('ZREM', ARGV[1] .. 'ladder:due', ARGV[i])
  redis.call('ZREM', ARGV[1] .. 'ladder:far', ARGV[i])
end
"""
