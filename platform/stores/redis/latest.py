"""The latest value of each sensor: time, quality and value in a few bytes."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from stores.redis import latest_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.dropped import dropped
from stores.redis.errors import translated
from stores.redis.questions import Question, question

LATEST = "latest"  # the key below a tenant's prefix

# Time first, big-endian, so that a script can compare two of them without decoding the rest: nanoseconds do not fit
# Lua's doubles, so it compares two halves of 32 bits.
_NUMBER = struct.Struct(">qBcd")
_HEAD = struct.Struct(">qBc")


@dataclass(frozen=True, slots=True)
class Latest:
    """A sensor's newest sample by its own time: `t` in ns, `v` a number or a text, `q` 0 good, 1 uncertain, 2 bad."""

    t: int
    v: float | str
    q: int = 0

    @property
    def ms(self) -> int:
        return self.t // 1_000_000


def pack_latest(sample: Latest) -> bytes:
    if isinstance(sample.v, str):
        return _HEAD.pack(sample.t, sample.q, b"s") + sample.v.encode()
    return _NUMBER.pack(sample.t, sample.q, b"f", sample.v)


def unpack_latest(packed: bytes) -> Latest:
    t, quality, kind = _HEAD.unpack_from(packed)
    if kind == b"s":
        return Latest(t, packed[_HEAD.size :].decode(), quality)
    return Latest(t, _NUMBER.unpack(packed)[3], quality)


@lru_cache(maxsize=64)
def latest_question(prefix: str, sensors: tuple[str, ...]) -> Question:
    """Asks for the latest values of the sensors, at least one, as packed; the only reply is a list in their order."""
    return question(("HMGET", prefix + LATEST, *sensors))


class LatestValues:
    """The latest values of all tenants. `prefix`: the tenant's."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._store = self._redis.register_script(scripts.STORE)
        self._replace = self._redis.register_script(scripts.REPLACE)
        self._drop = self._redis.register_script(scripts.DROP)

    def read(self, prefix: str, sensors: Sequence[str]) -> dict[str, Latest]:
        """The latest value of each of the sensors that has one."""
        if not sensors:
            return {}
        with translated("reading latest values"):
            values = self._redis.hmget(prefix + LATEST, list(sensors))
        return {sensor: unpack_latest(value) for sensor, value in zip(sensors, values, strict=True) if value}

    def store(self, prefix: str, samples: Mapping[str, Latest]) -> int:
        """Set latest values, unless the stored one is newer. Returns how many were set."""
        if not samples:
            return 0
        arguments: list[Any] = [prefix]
        for sensor, sample in samples.items():
            arguments += (sensor, pack_latest(sample))
        with translated("storing latest values"):
            return int(self._store(keys=[prefix + LATEST, dropped(prefix)], args=arguments))

    def replace(self, prefix: str, sensor: str, seen: Latest, now: Latest | None) -> bool:
        """Replace the value `seen` by another (None: remove it) unless a newer one has arrived since."""
        arguments: list[str | bytes] = [sensor, pack_latest(seen), pack_latest(now) if now else b"", prefix]
        with translated("replacing a latest value"):
            return bool(self._replace(keys=[prefix + LATEST, dropped(prefix)], args=arguments))

    def drop(self, prefix: str, sensors: Sequence[str]) -> None:
        """Remove the values of deleted sensors."""
        if sensors:
            with translated("removing latest values"):
                self._drop(keys=[prefix + LATEST], args=[prefix, *sensors])
