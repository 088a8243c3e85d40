"""Dumps Redis keys to a file and restores them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from stores.redis import alarm_scripts as alarms
from stores.redis import delivery_scripts as deliveries
from stores.redis import device_scripts as devices
from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.streams import STREAM, WAITING

TIMEOUT_S = 30.0
SCAN_COUNT = 500
MISSING = -2  # PTTL's answer for a key that does not exist
# Below a tenant's prefix: what is only true together. An entry that the writer has acknowledged, and that is in a copy,
# would otherwise never be removed if the copies of the second reader's cursor and of what is stored are younger; whom
# nobody has told would never be told if the copy of how far that is planned is younger than that of the plans; and a
# command would never end if it is in its device's queue, but not among those that are open.
CONSISTENT_KEYS = (
    STREAM, WAITING, alarms.CURSOR, alarms.STORED, alarms.STORED_WEIGHT, alarms.STATE, alarms.TIMERS, alarms.SEEN,
    alarms.LATE, alarms.OUTBOX, alarms.NUMBER, alarms.REVISION, alarms.SNAPSHOT, alarms.RAISED, alarms.FEED,
    alarms.SINKS, deliveries.DELIVERIES, deliveries.PROGRESS, deliveries.DUE, deliveries.CREATED, deliveries.POSITION,
    deliveries.TIMERS, deliveries.LATER, deliveries.ESCALATING, deliveries.RECENT, deliveries.OPEN,
    devices.CONTACTS, devices.DUE, devices.OPEN, devices.ENDED, devices.SEQUENCE, devices.UNAUDITED,
)  # fmt: skip
# Beginnings of further ones, which come and go. Each gathered list has a timer, each command is open or has ended.
CONSISTENT_BEGINNINGS = (deliveries.GATHERED, devices.COMMAND, devices.QUEUE, devices.HISTORY)
# KEYS the prefix  Returns each as its name and what DUMP says
_DUMP_THOSE = f"""#!lua flags=no-writes
local prefix, found, known = KEYS[1], {{}}, {{}}
local function add(name)
  if known[name] then return end
  known[name] = true
  found[#found + 1] = name
  found[#found + 1] = redis.call('DUMP', name)
end
for _, member in ipairs(redis.call('ZRANGE', prefix .. '{deliveries.TIMERS}', 0, -1)) do
  if string.sub(member, 1, 2) == 'g|' then add(prefix .. '{deliveries.GATHERED}' .. member) end
end
for _, commands in ipairs({{'{devices.OPEN}', '{devices.ENDED}'}}) do
  for _, id in ipairs(redis.call('ZRANGE', prefix .. commands, 0, -1)) do
    local device = redis.call('HGET', prefix .. '{devices.COMMAND}' .. id, 'device')
    add(prefix .. '{devices.COMMAND}' .. id)
    if device then
      add(prefix .. '{devices.QUEUE}' .. device)
      add(prefix .. '{devices.HISTORY}' .. device)
    end
  end
end
return found
"""


class Key(msgspec.Struct, frozen=True, array_like=True):
    """One key as returned by DUMP; `expires_ms` is 0 if it does not expire."""

    name: bytes
    expires_ms: int
    value: bytes


def dump_keys(url: str, prefixes: Iterable[str], path: Path) -> int:
    """Write every key below the prefixes to the file; each tenant's queue, alarms and commands as of one moment.
    Returns how many.
    """
    client: Any = redis_client(url, TIMEOUT_S)
    count = 0
    with path.open("wb") as file, translated("copying keys"):
        for prefix in prefixes:
            for key in chain(_together(client, prefix), _others(client, prefix)):
                encoded = msgspec.msgpack.encode(key)
                file.write(len(encoded).to_bytes(4, "big") + encoded)
                count += 1
    return count


def _together(client: Any, prefix: str) -> Iterator[Key]:
    names = [f"{prefix}{name}".encode() for name in CONSISTENT_KEYS]
    pipe = client.pipeline(transaction=True)
    for name in names:
        pipe.dump(name)
    pipe.eval(_DUMP_THOSE, 1, prefix)
    *values, found = pipe.execute()
    for name, value in chain(zip(names, values, strict=True), zip(found[::2], found[1::2], strict=True)):
        if value is not None:
            yield Key(name, 0, value)


def _others(client: Any, prefix: str) -> Iterator[Key]:
    together = {f"{prefix}{name}".encode() for name in CONSISTENT_KEYS}
    beginnings = tuple(f"{prefix}{name}".encode() for name in CONSISTENT_BEGINNINGS)
    for name in client.scan_iter(match=f"{prefix}*", count=SCAN_COUNT):
        if name in together or name.startswith(beginnings):
            continue
        left_ms = client.pttl(name)  # before DUMP: a key that expires in between must not become permanent
        if (value := client.dump(name)) is not None and left_ms != MISSING:
            yield Key(name, max(0, left_ms), value)


def restore_keys(url: str, path: Path, skipped: Collection[str] = ()) -> int:
    """Restore the keys of the file over those of the same name, except those that end in one of `skipped`."""
    endings = tuple(f":{name}".encode() for name in skipped)
    client = redis_client(url, TIMEOUT_S)
    count = 0
    with path.open("rb") as file, translated("restoring keys"):
        while size := file.read(4):
            key = msgspec.msgpack.decode(file.read(int.from_bytes(size, "big")), type=Key)
            if not key.name.endswith(endings):
                client.restore(key.name, key.expires_ms, key.value, replace=True)
                count += 1
    return count
