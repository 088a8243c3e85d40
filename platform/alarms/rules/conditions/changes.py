"""Conditions of how a value moves, or does not: rate of change, frozen, stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from alarms.rules.conditions.base import Band, Condition, Observation, around
from kernel.samples import BAD

RESOLUTION = 120  # parts of a window of change
Extremes = tuple[tuple[int, float], ...]  # part of time, value


class Moved(Struct, frozen=True, array_like=True, tag="moved"):
    """`lows`, `highs`: of the window's parts, those that can still be its minimum or maximum, ascending in time."""

    met: bool = False
    value: float | None = None
    lows: Extremes = ()
    highs: Extremes = ()


@dataclass(frozen=True)
class RateCondition(Condition[Moved]):
    """More than `change` from any value within the last `window` ms. The window begins at a multiple of its 120th part,
    so what is remembered is bounded.
    """

    input: str
    change: float
    window: int
    side: Literal["both", "rising", "falling"] = "both"

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.input,)

    def start(self, t: int) -> Moved:
        return Moved()

    def feed(self, memory: Moved, t: int, seen: Sequence[Observation]) -> Moved:
        for each in seen:
            value = each.number
            if each.input == self.input and value is not None:
                memory = self._with(memory, t, value)
        return memory

    def _with(self, memory: Moved, t: int, value: float) -> Moved:
        width = max(self.window // RESOLUTION, 1)
        part, first = t // width, (t - self.window) // width
        lows = with_extreme(memory.lows, part, first, value, 1.0)
        highs = with_extreme(memory.highs, part, first, value, -1.0)
        rising, falling = value - lows[0][1] > self.change, highs[0][1] - value > self.change
        met = (rising and self.side != "falling") or (falling and self.side != "rising")
        return Moved(met, (memory.value if memory.met else value) if met else None, lows, highs)

    def met(self, memory: Moved) -> bool:
        return memory.met

    def limit(self, memory: Moved) -> float | None:
        return self.change


def with_extreme(kept: Extremes, part: int, first: int, value: float, sign: float) -> Extremes:
    """A monotonic queue of minima (`sign` 1) or maxima (-1) with one more value, from part `first` on."""
    start, end = 0, len(kept)
    while start < end and kept[start][0] < first:
        start += 1
    while end > start and sign * kept[end - 1][1] >= sign * value:
        end -= 1
    if end > start and kept[end - 1][0] == part:
        return kept[start:end]  # the same part has a lower one already, which is kept as long
    return (*kept[start:end], (part, value))


class Held(Struct, frozen=True, array_like=True, tag="held"):
    """`value`: from which it has not moved since `since`."""

    met: bool = False
    value: float | str | None = None
    since: int = 0


@dataclass(frozen=True)
class FrozenCondition(Condition[Held]):
    """Samples come, and for `after` ms none was further than `within` from the first of them."""

    input: str
    after: int
    within: float = 0.0

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.input,)

    def start(self, t: int) -> Held:
        return Held()

    def feed(self, memory: Held, t: int, seen: Sequence[Observation]) -> Held:
        for each in seen:
            if each.input != self.input or each.quality >= BAD or each.value != each.value:
                continue
            if self._moved(memory.value, each.value):
                memory = Held(False, each.value, t)
            elif not memory.met and t - memory.since >= self.after:
                memory = Held(True, memory.value, memory.since)
        return memory

    def _moved(self, held: float | str | None, value: float | str) -> bool:
        if held is None or isinstance(held, str) or isinstance(value, str):
            return held != value
        return abs(value - held) > self.within

    def met(self, memory: Held) -> bool:
        return memory.met

    def band(self, memory: Held, input: str) -> Band | None:
        """Until it is met, each sample is needed: one of them finds that the time has passed."""
        if not memory.met or isinstance(memory.value, str) or memory.value is None:
            return None
        return around(memory.value, self.within)


class Heard(Struct, frozen=True, array_like=True, tag="heard"):
    """`t`: the last heartbeat: when the input was heard."""

    met: bool = False
    t: int = 0


@dataclass(frozen=True)
class StaleCondition(Condition[Heard]):
    """Nothing has come for `after` ms, not even a sample of bad quality (deadman)."""

    input: str
    after: int

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.input,)

    def start(self, t: int) -> Heard:
        return Heard(False, t)

    def feed(self, memory: Heard, t: int, seen: Sequence[Observation]) -> Heard:
        return Heard(False, max(t, memory.t)) if any(each.input == self.input for each in seen) else memory

    def met(self, memory: Heard) -> bool:
        return memory.met

    def due(self, memory: Heard) -> int | None:
        return None if memory.met else memory.t + self.after

    def elapse(self, memory: Heard, t: int) -> Heard:
        return Heard(True, memory.t) if t >= memory.t + self.after else memory

    def band(self, memory: Heard, input: str) -> Band | None:
        return None if memory.met else Band(-float("inf"), float("inf"), bad=True, gap=self.after)
