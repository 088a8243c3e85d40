"""The steps of `devices` and `device_commands` in Lua. Times are epoch ms."""

CONTACTS, DUE = "devices:contacts", "devices:due"
OPEN, ENDED, SEQUENCE = "devices:open", "devices:ended", "devices:sequence"
UNAUDITED = "devices:unaudited"  # steps of commands ("take ID", by time) that are not in the audit trail yet
QUEUE, HISTORY, COMMAND = "devices:queue:", "devices:history:", "devices:command:"
MAX_ENDED, MAX_ENDED_BATCH = 5_000, 100  # commands that a tenant keeps after they ended

# state(heard, interval, now, late, offline), and when it changes by itself
_STATE = """
local function state(heard, interval, now, late, offline)
  if now < heard + interval * late then return 'online', heard + interval * late end
  if now < heard + interval * offline then return 'late', heard + interval * offline end
  return 'offline', nil
end
local function keep(id, record, now, late, offline)
  local changed, next = nil, nil
  if record.heard > 0 then
    local is = ''
    is, next = state(record.heard, record.interval, now, late, offline)
    if is ~= record.state then changed, record.state = is, is end
  end
  redis.call('HSET', KEYS[1], id, cjson.encode(record))
  if next then redis.call('ZADD', KEYS[2], next, id) else redis.call('ZREM', KEYS[2], id) end
  return changed
end
"""

# KEYS contacts, due  ARGV now, late, offline, usual interval, then for each its id, heard, declared interval, firmware,
# configuration, reported, interval set by hand (0: none); empty: unchanged. Returns (id, state) of those
# whose state changed.
NOTE = (
    _STATE
    + """
local now, late, offline = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local changes = {}
for i = 5, #ARGV, 7 do
  local id, kept = ARGV[i], redis.call('HGET', KEYS[1], ARGV[i])
  local record = kept and cjson.decode(kept)
    or {heard = 0, declared = 0, set = 0, firmware = '', configuration = '', reported = 0, state = ''}
  if ARGV[i + 1] ~= '' then record.heard = math.max(record.heard, tonumber(ARGV[i + 1])) end
  if ARGV[i + 2] ~= '' then record.declared = tonumber(ARGV[i + 2]) end
  if ARGV[i + 6] ~= '' then record.set = tonumber(ARGV[i + 6]) end
  record.interval = tonumber(ARGV[4])
  if record.declared and record.declared > 0 then record.interval = record.declared end
  if record.set and record.set > 0 then record.interval = record.set end
  local reported = tonumber(ARGV[i + 5]) or 0
  if reported >= record.reported and (ARGV[i + 3] ~= '' or ARGV[i + 4] ~= '') then
    record.reported = reported
    if ARGV[i + 3] ~= '' then record.firmware = ARGV[i + 3] end
    if ARGV[i + 4] ~= '' then record.configuration = ARGV[i + 4] end
  end
  local changed = keep(id, record, now, late, offline)
  if changed then changes[#changes + 1] = {id, changed} end
end
return changes
"""
)

# KEYS contacts, due  ARGV now, late, offline, how many. Returns as NOTE.
SWEEP = (
    _STATE
    + """
local now, late, offline = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local changes = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[4])) do
  local kept = redis.call('HGET', KEYS[1], id)
  if kept then
    local changed = keep(id, cjson.decode(kept), now, late, offline)
    if changed then changes[#changes + 1] = {id, changed} end
  else
    redis.call('ZREM', KEYS[2], id)
  end
end
return changes
"""
)

# A command is a hash; all keys are below ARGV[1], the tenant's prefix.
_COMMANDS = f"""
local prefix, now = ARGV[1], tonumber(ARGV[2])
local function hash(id) return prefix .. '{COMMAND}' .. id end
local function drop(id)
  local device = redis.call('HGET', hash(id), 'device')
  if device then redis.call('ZREM', prefix .. '{HISTORY}' .. device, id) end
  redis.call('DEL', hash(id))
  redis.call('ZREM', prefix .. '{ENDED}', id)
end
local function finish(id, device, state, at, ...)
  redis.call('HSET', hash(id), 'state', state, 'ended', at, ...)
  redis.call('ZREM', prefix .. '{OPEN}', id)
  redis.call('ZREM', prefix .. '{QUEUE}' .. device, id)
  redis.call('ZADD', prefix .. '{ENDED}', at, id)
  local extra = redis.call('ZCARD', prefix .. '{ENDED}') - {MAX_ENDED}
  if extra > 0 then
    for _, old in ipairs(redis.call('ZRANGE', prefix .. '{ENDED}', 0, math.min(extra, {MAX_ENDED_BATCH}) - 1)) do
      drop(old)
    end
  end
end
local function note(step, id) redis.call('ZADD', prefix .. '{UNAUDITED}', now, step .. ' ' .. id) end
local function of(id)
  return unpack(redis.call('HMGET', hash(id), 'device', 'state', 'expires', 'outcome', 'result'))
end
"""

# ARGV … id, device, expires, max open, max open of the device, then fields and values. 0, 1 or 2: the limit that is hit
# The client repeats it when an answer is late: a command that was added stays as it is by then.
ADD = (
    _COMMANDS
    + f"""
local id, device, expires = ARGV[3], ARGV[4], ARGV[5]
if redis.call('EXISTS', hash(id)) == 1 then return 0 end
if redis.call('ZCOUNT', prefix .. '{OPEN}', '(' .. now, '+inf') >= tonumber(ARGV[6]) then return 1 end
if redis.call('ZCARD', prefix .. '{QUEUE}' .. device) >= tonumber(ARGV[7]) then return 2 end
local fields = {{}}
for i = 8, #ARGV do fields[#fields + 1] = ARGV[i] end
redis.call('HSET', hash(id), 'device', device, 'expires', expires, 'state', 'queued', unpack(fields))
redis.call('ZADD', prefix .. '{OPEN}', expires, id)
local place = redis.call('INCR', prefix .. '{SEQUENCE}')
redis.call('ZADD', prefix .. '{QUEUE}' .. device, place, id)
redis.call('ZADD', prefix .. '{HISTORY}' .. device, place, id)
note('send', id)
return 0
"""
)

# ARGV … device, how many. Returns the ids of those that are the device's from now on.
TAKE = (
    _COMMANDS
    + f"""
local taken = {{}}
for _, id in ipairs(redis.call('ZRANGE', prefix .. '{QUEUE}' .. ARGV[3], 0, -1)) do
  if #taken >= tonumber(ARGV[4]) then break end
  local _, state, expires = of(id)
  if state == 'queued' and tonumber(expires) > now then
    redis.call('HSET', hash(id), 'state', 'sent', 'sent', now)
    note('take', id)
    taken[#taken + 1] = id
  end
end
return taken
"""
)

# ARGV … id, device, outcome, result. Returns what became of it.
ACKNOWLEDGE = (
    _COMMANDS
    + """
local id = ARGV[3]
local device, state, expires, outcome, result = of(id)
if device ~= ARGV[4] then return 'unknown' end
if state == 'acknowledged' then
  return (outcome == ARGV[5] and result == ARGV[6]) and 'again' or 'differs'
end
local expired = state == 'expired' or tonumber(expires) <= now
local sent = redis.call('HEXISTS', hash(id), 'sent') == 1
if not expired and state == 'sent' then
  finish(id, device, 'acknowledged', now, 'outcome', ARGV[5], 'result', ARGV[6])
  note('acknowledge', id)
  return 'acknowledged'
end
if expired and sent and not outcome and (state == 'sent' or state == 'expired') then
  redis.call('HSET', hash(id), 'outcome', ARGV[5], 'result', ARGV[6], 'late', now)
  note('acknowledge', id)
  return 'late'
end
return expired and 'expired' or state
"""
)

# ARGV … id. Returns the state that it had.
CANCEL = (
    _COMMANDS
    + """
local device, state, expires = of(ARGV[3])
if not device then return 'unknown' end
if state == 'queued' and tonumber(expires) <= now then return 'expired' end
if state == 'queued' then
  finish(ARGV[3], device, 'cancelled', now)
  note('cancel', ARGV[3])
end
return state
"""
)

# ARGV … ids
EXPIRE = (
    _COMMANDS
    + """
for i = 3, #ARGV do
  local device, state, expires = of(ARGV[i])
  if device and (state == 'queued' or state == 'sent') then
    if tonumber(expires) <= now then finish(ARGV[i], device, 'expired', expires) end
  else
    redis.call('ZREM', prefix .. 'devices:open', ARGV[i])
  end
end
"""
)

# ARGV … device. Returns whether nothing is left of it.
FORGET = (
    _COMMANDS
    + f"""
local ids = redis.call('ZRANGE', prefix .. '{HISTORY}' .. ARGV[3], 0, 499)
for _, id in ipairs(ids) do
  redis.call('ZREM', prefix .. '{OPEN}', id)
  drop(id)
end
if #ids > 0 then return 0 end
redis.call('DEL', prefix .. '{QUEUE}' .. ARGV[3], prefix .. '{HISTORY}' .. ARGV[3])
redis.call('HDEL', prefix .. '{CONTACTS}', ARGV[3])
redis.call('ZREM', prefix .. '{DUE}', ARGV[3])
return 1
"""
)
