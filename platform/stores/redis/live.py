"""What has just changed, for the live stream: which latest values of a tenant, and messages about jobs and tenants.

Each script that changes a latest value announces the sensor in the same step, so a reader of the announcements misses
none, and what it then reads is never older than what it was told of. Values themselves are not announced: the
announcements stay small, and several changes of one sensor are one reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stores.redis import live_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.errors import decoded, translated
from stores.redis.latest import LATEST, Latest, unpack_latest

WANTED_S = 60
WATCHED_S = 25
MAX_SHOWN = 4  # messages of one source in a second
PLATFORM = "pt:platform:"  # the prefix of what concerns no single tenant
COUNT = 200  # entries of each prefix in one reading

Id = tuple[int, int]  # of an entry; they are in order
NO_ID: Id = (0, 0)


@dataclass(slots=True)
class Announced:
    """`last`: the id of the last entry. `sensors`: the id of the last entry that named each. `more`: read again.

    `trimmed`: entries before this id may be gone, or were never written; who has read up to an earlier one has missed
    some.
    """

    last: Id
    sensors: dict[str, Id] = field(default_factory=dict)
    messages: list[tuple[Id, bytes]] = field(default_factory=list)
    more: bool = False
    trimmed: Id = NO_ID


class Announcements:
    """Reads them. Nothing is announced below a prefix unless somebody wants it."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._want = self._redis.register_script(scripts.WANT)

    def want(self, prefixes: Sequence[str]) -> dict[str, Id]:
        """Have them written for another minute. Where they begin, if they were not until now; earlier ones may be
        missing.
        """
        if not prefixes:
            return {}
        with decoded("asking for announcements"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                keys = [prefix + scripts.WANTED, prefix + scripts.LIVE]
                self._want(keys=keys, args=[prefix, WANTED_S], client=pipe)
            found = zip(prefixes, pipe.execute(), strict=True)
            return {prefix: parse_id(begin.decode()) or NO_ID for prefix, begin in found if begin is not None}

    def watch(self, watched: Iterable[tuple[str, str]]) -> None:
        """Have the arrivals of these sources (prefix, id) shown for a while."""
        if not (keys := [prefix + scripts.WATCHED + source for prefix, source in watched]):
            return
        with translated("asking for arrivals"):
            pipe = self._redis.pipeline(transaction=False)
            for key in keys:
                pipe.set(key, 1, ex=WATCHED_S)
            pipe.execute()

    def kept(self, prefix: str) -> tuple[Id, Announced]:
        """All that are kept, and the id of the entry from which on none is missing. Want them first."""
        with decoded("reading announcements"):
            rows = self._redis.xrange(prefix + scripts.LIVE)
            begun = [entry for entry, fields in rows if scripts.BEGIN.encode() in fields]
            first = (begun[-1:] or [entry for entry, _ in rows[:1]] or [b""])[0]
            return parse_id(first.decode()) or NO_ID, _announced(rows, NO_ID)

    def after(self, last: Mapping[str, Id]) -> dict[str, Announced]:
        """What was announced below each prefix after that id; prefixes with nothing new are left out."""
        if not last:
            return {}
        prefixes = {(prefix + scripts.LIVE).encode(): prefix for prefix in last}
        with decoded("reading announcements"):
            found = self._redis.xread({key: id_text(last[prefix]) for key, prefix in prefixes.items()}, count=COUNT)
            result = {prefixes[key]: _announced(rows, last[prefixes[key]]) for key, rows in _rows_by_key(found)}
            self._note_trimmed(result)
        return result

    def _note_trimmed(self, found: Mapping[str, Announced]) -> None:
        """To be called after the entries were read, so that none is trimmed unnoticed in between."""
        pipe = self._redis.pipeline(transaction=False)
        for prefix in found:
            pipe.xlen(prefix + scripts.LIVE)
            pipe.xrange(prefix + scripts.LIVE, count=1)
        replies = pipe.execute()
        for announced, length, oldest in zip(found.values(), replies[::2], replies[1::2], strict=True):
            if length >= scripts.MAX_ENTRIES:  # a shorter one was never trimmed
                announced.trimmed = max(announced.trimmed, parse_id(oldest[0][0].decode()) or NO_ID)

    def values(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Latest | None]]:
        """The latest values of sensors, by prefix; None where there is none."""
        asked = [(prefix, list(sensors)) for prefix, sensors in wanted.items() if sensors]
        if not asked:
            return {}
        with decoded("reading latest values"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix, sensors in asked:
                pipe.hmget(prefix + LATEST, sensors)
            found = pipe.execute()
            return {
                prefix: {
                    sensor: unpack_latest(value) if value else None for sensor, value in zip(sensors, row, strict=True)
                }
                for (prefix, sensors), row in zip(asked, found, strict=True)
            }


class Messages:
    """Writes messages."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._message = self._redis.register_script(scripts.MESSAGE)
        self._show = self._redis.register_script(scripts.SHOW)

    def write(self, prefix: str, message: bytes) -> None:
        """Nothing happens unless somebody wants them."""
        keys = [prefix + scripts.WANTED, prefix + scripts.LIVE]
        with translated("announcing a change"):
            self._message(keys=keys, args=[prefix, message])

    def is_watched(self, prefix: str, source: str) -> bool:
        with translated("looking for viewers"):
            return bool(self._redis.exists(prefix + scripts.WATCHED + source))

    def show(self, prefix: str, source: str, second: int, message: bytes) -> None:
        """Nothing happens unless somebody watches the source, nor beyond a few messages in the second."""
        shown = f"{prefix}{scripts.SHOWN}{source}:{second}"
        keys = [prefix + scripts.WATCHED + source, shown, prefix + scripts.LIVE]
        with translated("showing arrivals"):
            self._show(keys=keys, args=[prefix, MAX_SHOWN, message])


def parse_id(text: str) -> Id | None:
    """None if it is no entry's id."""
    milliseconds, _, sequence = text.partition("-")
    if not (milliseconds.isascii() and milliseconds.isdecimal() and sequence.isascii() and sequence.isdecimal()):
        return None
    return (int(milliseconds), int(sequence)) if len(text) <= 40 else None


def id_text(id: Id) -> str:
    return f"{id[0]}-{id[1]}"


def _rows_by_key(found: Any) -> list[tuple[bytes, Any]]:
    """As RESP 2 answers, a list, or RESP 3, a mapping."""
    if isinstance(found, dict):
        return [(key, rows[0] if rows and isinstance(rows[0], list) else rows) for key, rows in found.items()]
    return [(key, rows) for key, rows in found or []]


def _announced(rows: Any, last: Id) -> Announced:
    result = Announced(last, more=len(rows) >= COUNT)
    for entry, fields in rows:
        id = parse_id(entry.decode()) or NO_ID
        result.last = id
        if b"s" in fields:
            for sensor in fields[b"s"].decode().split(" "):
                result.sensors[sensor] = id
        elif b"m" in fields:
            result.messages.append((id, fields[b"m"]))
        elif scripts.BEGIN.encode() in fields:
            result.trimmed = id
    return result
