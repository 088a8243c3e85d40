"""The latest value of a sensor as it is stored in Redis: time, quality and value in a few bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

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
