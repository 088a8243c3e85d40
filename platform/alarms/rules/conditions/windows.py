"""Conditions of what a value was over a window: its mean, minimum or maximum."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from msgspec import Struct

from alarms.rules.conditions.base import Condition, Observation
from alarms.rules.conditions.changes import RESOLUTION
from alarms.rules.conditions.limits import Crossed, LimitCondition

Statistic = Literal["mean", "min", "max"]


class Part(NamedTuple):
    """Samples of a 120th part of a window: the number of the part since 1970, their sum and number, their extremes."""

    number: int
    sum: float
    samples: int
    low: float
    high: float

    def with_value(self, value: float) -> Part:
        return Part(self.number, self.sum + value, self.samples + 1, min(self.low, value), max(self.high, value))


def figure_of(parts: Iterable[Part], statistic: Statistic) -> float:
    """Of at least one part."""
    if statistic == "min":
        return min(part.low for part in parts)
    if statistic == "max":
        return max(part.high for part in parts)
    parts = list(parts)
    return math.fsum(part.sum for part in parts) / sum(part.samples for part in parts)


class Windowed(Struct, frozen=True, array_like=True, tag="windowed"):
    parts: tuple[Part, ...] = ()
    inner: Crossed = Crossed()


@dataclass(frozen=True)
class WindowCondition(Condition[Windowed]):
    """A limit of a figure over the samples of the last `window` ms, with each sample. The window begins at a multiple
    of its 120th part, so what is remembered is bounded.
    """

    window: int
    statistic: Statistic
    inner: LimitCondition

    @property
    def input(self) -> str:
        return self.inner.input

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.inner.inputs

    @property
    def width(self) -> int:
        """Of a part, in ms."""
        return max(self.window // RESOLUTION, 1)

    def start(self, t: int) -> Windowed:
        return Windowed()

    def feed(self, memory: Windowed, t: int, seen: Sequence[Observation]) -> Windowed:
        for each in seen:
            value = each.number
            if each.input != self.input or value is None:
                continue
            number, first = t // self.width, (t - self.window) // self.width
            kept = [part for part in memory.parts if part.number >= first]
            if kept and kept[-1].number == number:
                kept[-1] = kept[-1].with_value(value)
            else:
                kept.append(Part(number, value, 1, value, value))
            figure = figure_of(kept, self.statistic)
            memory = Windowed(tuple(kept), self.inner.feed(memory.inner, t, [Observation(self.input, figure)]))
        return memory

    def met(self, memory: Windowed) -> bool:
        return memory.inner.met

    def value(self, memory: Windowed) -> float | str | None:
        return memory.inner.value

    def limit(self, memory: Windowed) -> float | None:
        return memory.inner.against
