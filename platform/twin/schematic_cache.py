"""Schematics without their drawings in memory, each with the position of the change log at which it was read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from stores.redis.epochs import Position
from twin.stored import Stored

MAX_BYTES = 2 << 20  # of all schematics' JSON
MAX_AGE_S = 5.0  # removed in 0.3: processes of 0.1 change schematics without noting it in the log


class Kept(NamedTuple):
    position: Position
    stored: Stored
    bytes: int
    since: float

    def is_current(self, position: Position | None) -> bool:
        """Whether nothing had changed at that position of the log."""
        known = self.position
        return position is not None and known.epoch == position.epoch and known.number >= position.number


class SchematicCache:
    """The schematics used last, by disk and id. Safe to share between threads. `clock`: monotonic seconds."""

    def __init__(self, clock: Callable[[], float], max_bytes: int = MAX_BYTES) -> None:
        self._clock, self._max_bytes = clock, max_bytes
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, disk: str, id: str) -> Kept | None:
        """What was read last, whether it is still current or not."""
        with self._lock:
            kept = self._kept.get((disk, id))
            if kept is None or self._clock() - kept.since > MAX_AGE_S:
                return None
            self._kept.move_to_end((disk, id))
            return kept

    def put(self, disk: str, stored: Stored, position: Position) -> None:
        """One that is larger than all may be is not kept."""
        size = len(msgspec.json.encode(stored))
        with self._lock:
            self._remove((disk, stored.id))
            if size > self._max_bytes:
                return
            self._kept[disk, stored.id] = Kept(position, stored, size, self._clock())
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._remove(next(iter(self._kept)))

    def _remove(self, key: tuple[str, str]) -> None:
        if (kept := self._kept.pop(key, None)) is not None:
            self._bytes -= kept.bytes
