"""Conditions of several sensors: expressions, deviation from one, discrepancy of command and position."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from alarms.rules.conditions.base import AnyCondition, Band, Condition, Observation
from alarms.rules.conditions.changes import Held, Moved
from alarms.rules.conditions.limits import Crossed, InStateMemory, Side, distance
from alarms.rules.conditions.windows import Windowed
from catalog.expressions.compute import compute
from catalog.expressions.expression import Node

Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Formula:
    """An expression with its sensors: `names`, `sensors` (ids) and `units` belong together; the result is in `unit`.

    A value counts until the next one, also after a gap: that a sensor is silent is for a rule of its own to say.
    """

    root: Node
    names: tuple[str, ...]
    sensors: tuple[str, ...]
    units: tuple[str, ...]
    unit: str = ""

    def of(self, values: Values) -> float:
        """NaN if it is not defined, or a value is not known."""
        if None in values:
            return math.nan
        columns = {name: np.array([value], np.float64) for name, value in zip(self.names, values, strict=True)}
        return float(compute(self.root, columns, dict(zip(self.names, self.units, strict=True)), self.unit)[0])


def updated(values: Values, inputs: Sequence[str], seen: Sequence[Observation]) -> Values:
    """With the last usable number of each input."""
    found = dict(zip(inputs, values, strict=True))
    for each in seen:
        if each.input in found and (number := each.number) is not None:
            found[each.input] = number
    return tuple(found[input] for input in inputs)


def last_value_only(values: Values, inputs: Sequence[str], input: str) -> Band | None:
    """As long as an input keeps its value, nothing changes."""
    value = values[inputs.index(input)]
    return None if value is None else Band(value, value)


class Computed(Struct, frozen=True, array_like=True, tag="computed"):
    values: Values
    met: bool = False


@dataclass(frozen=True)
class ExpressionCondition(Condition[Computed]):
    """A condition in words of several sensors. While it is not known, it stays as it was."""

    formula: Formula
    inputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(dict.fromkeys(self.formula.sensors)))

    def start(self, t: int) -> Computed:
        return Computed((None,) * len(self.inputs))

    def feed(self, memory: Computed, t: int, seen: Sequence[Observation]) -> Computed:
        values = updated(memory.values, self.inputs, seen)
        if values == memory.values:
            return memory
        found = self.formula.of(by_name(self.formula, self.inputs, values))
        return Computed(values, memory.met if math.isnan(found) else found == 1.0)

    def met(self, memory: Computed) -> bool:
        return memory.met

    def band(self, memory: Computed, input: str) -> Band | None:
        return last_value_only(memory.values, self.inputs, input)


def by_name(formula: Formula, inputs: Sequence[str], values: Values) -> Values:
    """An expression may name a sensor twice, by tag and id."""
    return tuple(values[inputs.index(sensor)] for sensor in formula.sensors)


class OfComputed(Struct, frozen=True, array_like=True, tag="of_computed"):
    """`inner`: the memory of the condition of the result."""

    values: Values
    inner: Crossed | InStateMemory | Moved | Held | Windowed


@dataclass(frozen=True)
class CalculatedCondition(Condition[OfComputed]):
    """A condition of a calculated series: `inner` gets its values as those of input `series`."""

    series: str
    formula: Formula
    inner: AnyCondition
    inputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(dict.fromkeys(self.formula.sensors)))

    def start(self, t: int) -> OfComputed:
        return OfComputed((None,) * len(self.inputs), self.inner.start(t))

    def feed(self, memory: OfComputed, t: int, seen: Sequence[Observation]) -> OfComputed:
        values = updated(memory.values, self.inputs, seen)
        known = any(each.input in self.inputs and each.number is not None for each in seen)
        found = self.formula.of(by_name(self.formula, self.inputs, values)) if known else math.nan
        if math.isnan(found):
            return replace(memory, values=values)
        return OfComputed(values, self.inner.feed(memory.inner, t, [Observation(self.series, found)]))

    def met(self, memory: OfComputed) -> bool:
        return self.inner.met(memory.inner)

    def value(self, memory: OfComputed) -> float | str | None:
        return self.inner.value(memory.inner)

    def limit(self, memory: OfComputed) -> float | None:
        return self.inner.limit(memory.inner)

    def due(self, memory: OfComputed) -> int | None:
        return self.inner.due(memory.inner)

    def elapse(self, memory: OfComputed, t: int) -> OfComputed:
        return replace(memory, inner=self.inner.elapse(memory.inner, t))


class Apart(Struct, frozen=True, array_like=True, tag="apart"):
    """Of two values; `value`, `against`: when it began to be met."""

    values: Values = (None, None)
    met: bool = False
    value: float | None = None
    against: float | None = None
    since: int | None = None


class _OfTwo(Condition[Apart]):
    def start(self, t: int) -> Apart:
        return Apart()

    def met(self, memory: Apart) -> bool:
        return memory.met

    def limit(self, memory: Apart) -> float | None:
        return memory.against

    def band(self, memory: Apart, input: str) -> Band | None:
        return last_value_only(memory.values, self.inputs, input)


@dataclass(frozen=True)
class SetPointCondition(_OfTwo):
    """Further than a distance from another sensor's value, until not further than `far - deadband`."""

    input: str
    set_point: str
    far: float
    side: Side = "both"
    deadband: float = 0.0

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.input, self.set_point

    def feed(self, memory: Apart, t: int, seen: Sequence[Observation]) -> Apart:
        values = updated(memory.values, self.inputs, seen)
        value, against = values
        if value is None or against is None:
            return replace(memory, values=values)
        apart = distance(value, against, self.side)
        if memory.met:
            return Apart(values) if apart <= self.far - self.deadband else replace(memory, values=values)
        return Apart(values, True, value, against) if apart > self.far else Apart(values)


@dataclass(frozen=True)
class DiscrepancyCondition(_OfTwo):
    """Further than `tolerance` from the command for `within` ms since the command's last change."""

    input: str
    command: str
    within: int
    tolerance: float = 0.0

    @property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.input, self.command

    def feed(self, memory: Apart, t: int, seen: Sequence[Observation]) -> Apart:
        values = updated(memory.values, self.inputs, seen)
        value, command = values
        if value is None or command is None or abs(value - command) <= self.tolerance:
            return Apart(values)
        if memory.since is None or memory.values[1] != command:
            return Apart(values, since=t)
        return replace(memory, values=values)

    def due(self, memory: Apart) -> int | None:
        return None if memory.since is None or memory.met else memory.since + self.within

    def elapse(self, memory: Apart, t: int) -> Apart:
        due = self.due(memory)
        if due is None or t < due:
            return memory
        return replace(memory, met=True, value=memory.values[0], against=memory.values[1])
