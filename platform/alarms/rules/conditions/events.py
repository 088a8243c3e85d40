"""Conditions of events."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from alarms.rules.conditions.base import Condition, Observation

EVENT = "event:"  # an input is this and a type of events


class Counted(Struct, frozen=True, array_like=True, tag="counted"):
    """`times`: the newest `count` events, ascending."""

    met: bool = False
    times: tuple[int, ...] = ()


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
        added = sum(each.input == input and self.device in ("", each.value) for each in seen)
        if not added:
            return memory
        times = list(memory.times)
        for _ in range(min(added, self.count)):
            insort(times, t)
        kept = tuple(times[-self.count :])
        return Counted(len(kept) == self.count and kept[0] + self.window > kept[-1], kept)

    def met(self, memory: Counted) -> bool:
        return memory.met

    def value(self, memory: Counted) -> float | str | None:
        return float(self.count) if memory.met else None

    def limit(self, memory: Counted) -> float | None:
        return float(self.count)

    def due(self, memory: Counted) -> int | None:
        return memory.times[0] + self.window if memory.met else None

    def elapse(self, memory: Counted, t: int) -> Counted:
        return Counted(False, memory.times) if memory.met and t >= memory.times[0] + self.window else memory
