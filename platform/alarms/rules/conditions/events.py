"""Conditions of events."""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from alarms.rules.conditions.base import Condition, Observation

EVENT = "event:"  # an input is this and a type of events


class Counted(Struct, frozen=True, array_like=True, tag="counted"):
    """`times`: the newest `count` events, ascending; `ids`: digests of theirs, 0 if an event has none. What is sent
    again and not among them is older than they are, and so changes nothing.
    """

    met: bool = False
    times: tuple[int, ...] = ()
    ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class EventCountCondition(Condition[Counted]):
    """At least `count` events of a type within the last `window` ms; `device`: of this one only."""

    event_type: str
    count: int
    window: int
    device: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return (EVENT + self.event_type,)

    def start(self, t: int) -> Counted:
        return Counted()

    def feed(self, memory: Counted, t: int, seen: Sequence[Observation]) -> Counted:
        input = EVENT + self.event_type
        ids = memory.ids or (0,) * len(memory.times)  # of a memory of an earlier release
        known = list(zip(memory.times, ids, strict=True))
        before = len(known)
        for each in seen:
            if each.input == input and self.device in ("", each.value):
                id = digest_of(each.id)
                if not id or all(other != id for _, other in known):
                    insort(known, (t, id))
        if len(known) == before:
            return memory
        kept = known[-self.count :]
        times = tuple(time for time, _ in kept)
        is_met = len(times) == self.count and times[0] + self.window > times[-1]
        return Counted(is_met, times, tuple(id for _, id in kept))

    def met(self, memory: Counted) -> bool:
        return memory.met

    def value(self, memory: Counted) -> float | str | None:
        return float(self.count) if memory.met else None

    def limit(self, memory: Counted) -> float | None:
        return float(self.count)

    def due(self, memory: Counted) -> int | None:
        return memory.times[0] + self.window if memory.met else None

    def elapse(self, memory: Counted, t: int) -> Counted:
        return Counted(False, memory.times, memory.ids) if memory.met and t >= memory.times[0] + self.window else memory


def digest_of(id: str) -> int:
    """63 bits; 0: there is no id."""
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest()) >> 1 if id else 0
