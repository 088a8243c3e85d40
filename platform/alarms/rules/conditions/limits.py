"""Conditions of one value: limits, deviation from a number, out of range, states."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from alarms.rules.conditions.base import Band, Condition, Observation, around
from kernel.samples import BAD


class Crossed(Struct, frozen=True, array_like=True, tag="crossed"):
    """`value`, `against`: when it began to be met, and what it was compared with then."""

    met: bool = False
    value: float | str | None = None
    against: float | None = None


class _OneValue(Condition[Crossed]):
    def start(self, t: int) -> Crossed:
        return Crossed()

    def met(self, memory: Crossed) -> bool:
        return memory.met

    def limit(self, memory: Crossed) -> float | None:
        return memory.against


@dataclass(frozen=True)
class LimitCondition(_OneValue):
    """Over a limit until at or below `limit - deadband`; or under it, likewise."""

    input: str
    side: Literal["high", "low"]
    at: float
    deadband: float = 0.0

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.input,)

    @property
    def back(self) -> float:
        """The value at which it is met no more."""
        return self.at - self.deadband if self.side == "high" else self.at + self.deadband

    def feed(self, memory: Crossed, t: int, seen: Sequence[Observation]) -> Crossed:
        for each in seen:
            value = each.number
            if each.input != self.input or value is None:
                continue
            if memory.met:
                if value <= self.back if self.side == "high" else value >= self.back:
                    memory = Crossed()
            elif value > self.at if self.side == "high" else value < self.at:
                memory = Crossed(True, value, self.at)
        return memory

    def band(self, memory: Crossed, input: str) -> Band:
        if self.side == "high":
            return Band(math.nextafter(self.back, math.inf), math.inf) if memory.met else Band(-math.inf, self.at)
        return Band(-math.inf, math.nextafter(self.back, -math.inf)) if memory.met else Band(self.at, math.inf)


Side = Literal["both", "above", "below"]


def distance(value: float, set_point: float, side: Side) -> float:
    """How far a value deviates, on the side that counts."""
    apart = value - set_point
    return abs(apart) if side == "both" else apart if side == "above" else -apart


@dataclass(frozen=True)
class DeviationCondition(_OneValue):
    """Further than a distance from a number, until not further than `far - deadband`."""

    input: str
    set_point: float
    far: float
    side: Side = "both"
    deadband: float = 0.0

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.input,)

    def feed(self, memory: Crossed, t: int, seen: Sequence[Observation]) -> Crossed:
        for each in seen:
            value = each.number
            if each.input != self.input or value is None:
                continue
            apart = distance(value, self.set_point, self.side)
            if memory.met:
                if apart <= self.far - self.deadband:
                    memory = Crossed()
            elif apart > self.far:
                memory = Crossed(True, value, self.set_point)
        return memory

    def band(self, memory: Crossed, input: str) -> Band | None:
        if memory.met:
            return None
        near = around(self.set_point, self.far)
        if self.side == "above":
            return Band(-math.inf, near.high)
        return Band(near.low, math.inf) if self.side == "below" else near


@dataclass(frozen=True)
class RangeCondition(_OneValue):
    """Outside of what the sensor can measure; `quality`: or of bad quality."""

    input: str
    low: float
    high: float
    quality: bool

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.input,)

    def feed(self, memory: Crossed, t: int, seen: Sequence[Observation]) -> Crossed:
        for each in seen:
            if each.input != self.input or (each.quality >= BAD and not self.quality):
                continue
            value = each.number
            if each.quality >= BAD:
                memory = memory if memory.met else Crossed(True, each.value)
            elif value is not None:
                if self.low <= value <= self.high:
                    memory = Crossed()
                elif not memory.met:
                    memory = Crossed(True, value, self.low if value < self.low else self.high)
        return memory

    def band(self, memory: Crossed, input: str) -> Band | None:
        return None if memory.met else Band(self.low, self.high, bad=not self.quality)


class InStateMemory(Struct, frozen=True, array_like=True, tag="state"):
    met: bool = False
    value: float | str | None = None


@dataclass(frozen=True)
class StateCondition(Condition[InStateMemory]):
    """One of these values, or of these texts. `value` is the last one, whether it is met or not."""

    input: str
    states: frozenset[float | str]

    def __repr__(self) -> str:
        """The same in every process, as fingerprints are made of it."""
        return f"StateCondition({self.input!r}, {sorted(self.states, key=repr)!r})"

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.input,)

    def start(self, t: int) -> InStateMemory:
        return InStateMemory()

    def feed(self, memory: InStateMemory, t: int, seen: Sequence[Observation]) -> InStateMemory:
        for each in seen:
            if each.input == self.input and each.quality < BAD and each.value == each.value:
                value = each.value
                met = value in self.states
                if not met or not memory.met or memory.value != value:
                    memory = InStateMemory(met, value)
        return memory

    def met(self, memory: InStateMemory) -> bool:
        return memory.met

    def band(self, memory: InStateMemory, input: str) -> Band | None:
        value = memory.value
        return Band(value, value) if isinstance(value, float | int) else None
