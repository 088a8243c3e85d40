"""The steps of `deliveries` in Lua."""

from stores.redis.alarm_scripts import ADD_TRANSITIONS
from stores.redis.scripts import ALLOW_OOM

# Keys below a tenant's prefix
DELIVERIES, PROGRESS, DUE = "alarms:deliveries", "alarms:deliveries:progress", "alarms:deliveries:due"
CREATED, POSITION = "alarms:deliveries:created", "alarms:deliveries:position"
OPEN = "alarms:deliveries:open"  # those that have not ended, scored with when they were planned
TIMERS, LATER = "alarms:deliveries:timers", "alarms:deliveries:later"
ESCALATING, RECENT = "alarms:deliveries:escalating", "alarms:deliveries:recent"
GATHERED = "alarms:deliveries:gathered:"  # followed by a timer's member
NOTIFIER = "alarms:deliveries:notifier"

# One step of planning: all of it, or nothing if the position or the timer is another one.
# The member of an escalation in `timers` is e|<route>|<key>; `escalating` has its routes by key. Of gathered alarms it
# is g|<route>|<kind>|<step>, and `later` has how many more than fit there are.
# KEYS position, dropped, deliveries, progress, due, created, timers, later, escalating, recent, gathered, open
# ARGV 'position' or 'timer', the expected position or score, the new position or the member, how many of what is
#      gathered are done, how many deliveries may wait and alarms be gathered, actions as JSON: ['d', id, due, payload,
#      progress] a delivery, ['e', route, key, due, payload] an escalation, ['g', member, due, payload] an alarm that is
#      gathered, ['x', key] its escalations end, ['t', route, period] a message of the route
APPLY = f"""{ALLOW_OOM}
if redis.call('EXISTS', KEYS[2]) == 1 then return {{'gone', 0}} end
local function end_escalation(route, key)
  local member = 'e|' .. route .. '|' .. key
  redis.call('ZREM', KEYS[7], member)
  redis.call('HDEL', KEYS[8], member)
end
local function routes_of(key)
  local found = {{}}
  for route in string.gmatch(redis.call('HGET', KEYS[9], key) or '', '%S+') do found[#found + 1] = route end
  return found
end
local function set_routes(key, routes)
  if #routes == 0 then
    redis.call('HDEL', KEYS[9], key)
  else
    redis.call('HSET', KEYS[9], key, table.concat(routes, ' '))
  end
end
if ARGV[1] == 'position' then
  if (redis.call('GET', KEYS[1]) or '') ~= ARGV[2] then return {{'moved', 0}} end
  redis.call('SET', KEYS[1], ARGV[3])
else
  local member = ARGV[3]
  local score = redis.call('ZSCORE', KEYS[7], member)
  if not score or tonumber(score) ~= tonumber(ARGV[2]) then return {{'moved', 0}} end
  local route, key = string.match(member, '^e|([^|]*)|(.*)$')
  if route then
    end_escalation(route, key)
    local others = {{}}
    for _, each in ipairs(routes_of(key)) do if each ~= route then others[#others + 1] = each end end
    set_routes(key, others)
  else
    local list = KEYS[11] .. member
    redis.call('LTRIM', list, ARGV[4], -1)
    redis.call('HDEL', KEYS[8], member)
    if redis.call('LLEN', list) > 0 then
      redis.call('ZADD', KEYS[7], string.format('%.0f', tonumber(ARGV[2]) + 1), member)
    else
      redis.call('ZREM', KEYS[7], member)
    end
  end
end
local left_out = 0
for _, action in ipairs(cjson.decode(ARGV[7])) do
  local what = action[1]
  if what == 'd' then
    if redis.call('ZCARD', KEYS[5]) >= tonumber(ARGV[5]) then
      left_out = left_out + 1
    elseif redis.call('HSETNX', KEYS[3], action[2], action[4]) == 1 then
      redis.call('HSET', KEYS[4], action[2], action[5])
      redis.call('ZADD', KEYS[5], action[3], action[2])
      redis.call('ZADD', KEYS[6], action[3], action[2])
      redis.call('ZADD', KEYS[12], action[3], action[2])
    end
  elseif what == 'e' then
    local member = 'e|' .. action[2] .. '|' .. action[3]
    if not redis.call('ZSCORE', KEYS[7], member) then
      redis.call('ZADD', KEYS[7], action[4], member)
      redis.call('HSET', KEYS[8], member, action[5])
      local routes = routes_of(action[3])
      routes[#routes + 1] = action[2]
      set_routes(action[3], routes)
    end
  elseif what == 'g' then
    local list = KEYS[11] .. action[2]
    if redis.call('LLEN', list) >= tonumber(ARGV[6]) then
      redis.call('HINCRBY', KEYS[8], action[2], 1)
    else
      redis.call('RPUSH', list, action[4])
    end
    redis.call('ZADD', KEYS[7], 'NX', action[3], action[2])
  elseif what == 'x' then
    for _, route in ipairs(routes_of(action[2])) do end_escalation(route, action[2]) end
    redis.call('HDEL', KEYS[9], action[2])
  elseif what == 't' then
    local period, number = string.match(redis.call('HGET', KEYS[10], action[2]) or '', '^(%d+) (%d+)$')
    number = period == action[3] and tonumber(number) + 1 or 1
    redis.call('HSET', KEYS[10], action[2], action[3] .. ' ' .. string.format('%.0f', number))
  end
end
return {{'ok', left_out}}
"""

# KEYS progress, due  ARGV id, expected progress, the new one, when it is looked at next
SET_PROGRESS = f"""{ALLOW_OOM}
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
return 1
"""

# A delivery has ended: its outcome enters the journal in the same step.
# KEYS deliveries, progress, due, open, dropped, outbox, number, waiting, and all waiting where that is within reach
# ARGV id, expected progress, the new one, what is kept of it, the number of transitions, (weight, payload)…
FINISH = f"""{ALLOW_OOM}{ADD_TRANSITIONS}
if redis.call('EXISTS', KEYS[5]) == 1 or redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
local _, weight = add_transitions(KEYS[6], KEYS[7], 6, tonumber(ARGV[5]))
if weight > 0 then
  redis.call('INCRBY', KEYS[8], weight)
  if KEYS[9] then redis.call('INCRBY', KEYS[9], weight) end
end
return 1
"""

# KEYS deliveries, progress, due, created  ARGV ids; those that have ended
PURGE = """
local gone = 0
for _, id in ipairs(ARGV) do
  if not redis.call('ZSCORE', KEYS[3], id) then
    redis.call('HDEL', KEYS[1], id)
    redis.call('HDEL', KEYS[2], id)
    gone = gone + redis.call('ZREM', KEYS[4], id)
  end
end
return gone
"""
