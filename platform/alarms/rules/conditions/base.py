"""The interface of conditions."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from kernel.samples import BAD, GOOD

M = TypeVar("M")


class Observation(NamedTuple):
    """A sample of an input, in its sensor's unit; an event, of which `value` is the device; or a heartbeat. `id`: of an
    event, the same when it is sent again.
    """

    input: str
    value: float | str = ""
    quality: int = GOOD
    id: str = ""

    @property
    def number(self) -> float | None:
        """None for a sample that says nothing of the value."""
        value = self.value
        return None if isinstance(value, str) or self.quality >= BAD or value != value else value


class Band(NamedTuple):
    """Samples of an input that change nothing: of values from `low` to `high`, both included; `bad`: also those of bad
    quality, whatever their value. `gap`: if they come at most so many ms after the one before.
    """

    low: float
    high: float
    bad: bool = True
    gap: float = math.inf

    def quiet(self, values: npt.NDArray[np.float64], qualities: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        """Of numbers, without regard to `gap`."""
        within = (values >= self.low) & (values <= self.high) & (qualities < BAD)
        return within | (qualities >= BAD) if self.bad else within


def around(middle: float, distance: float) -> Band:
    """Of values not further than that from the middle. A little narrower, as differences are rounded."""
    if distance == 0:
        return Band(middle, middle)
    margin = 4 * math.ulp(max(abs(middle), distance))
    return Band(middle - distance + margin, middle + distance - margin)


class Condition(ABC, Generic[M]):
    """Whether something is so, from samples in order of time. What it remembers, M, is an immutable struct of msgspec.

    Everything is exact in event time: `feed` is called with all observations of one moment together, after `elapse` at
    each `due` before it. Samples within `band` may be left out: with them the memory would be the same, but for times.
    """

    inputs: tuple[str, ...]

    @abstractmethod
    def start(self, t: int) -> M:
        """Before the first observation; `t`: since when it is watched."""

    @abstractmethod
    def feed(self, memory: M, t: int, seen: Sequence[Observation]) -> M: ...

    @abstractmethod
    def met(self, memory: M) -> bool: ...

    def value(self, memory: M) -> float | str | None:
        """What the input was when the condition began to hold, for people."""
        return getattr(memory, "value", None)

    def limit(self, memory: M) -> float | None:
        """What it was compared with then."""
        return None

    def due(self, memory: M) -> int | None:
        """When it changes by itself."""
        return None

    def elapse(self, memory: M, t: int) -> M:
        """`t`: `due`, or later."""
        return memory

    def band(self, memory: M, input: str) -> Band | None:
        """None: every sample may matter. For as long as the memory stays the same."""
        return None


AnyCondition = Condition[Any]
