"""The increase of a counter between two samples, which depends on these alone, so that rungs add up to raw. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CounterRule:
    """What a decrease means.

    Up to `tolerance` it is noise and counts as negative, so that the rise after it adds nothing. A larger one is a
    rollover if the register rolls over at `rollover` and so grew by less than half of it. Otherwise the counter was
    reset and grew by its new value.
    """

    rollover: float | None = None
    tolerance: float = 0.0

    def growth(self, before: Floats, after: Floats) -> Floats:
        """The increase from each value of `before` to the one in `after`."""
        grown = after - before
        fell = grown < -self.tolerance
        if not fell.any():
            return grown
        grown[fell] = after[fell]
        if self.rollover is not None:
            round_ = after - before + self.rollover
            wrapped = fell & (round_ < self.rollover / 2) & (before <= self.rollover) & (after >= 0)
            grown[wrapped] = round_[wrapped]
        return grown


EVERY_FALL_RESETS = CounterRule()


def counter_rule(sensor: Sensor) -> CounterRule:
    """The rule for values in the unit shown."""
    return CounterRule(sensor.rollover, sensor.tolerance)


def stored_rule(sensor: Sensor) -> CounterRule:
    """The rule for values as stored, used to build rungs."""
    unit = sensor.stored_as
    if unit is None:
        return counter_rule(sensor)
    rollover = None if sensor.rollover is None else _short(sensor.rollover / unit.factor)
    return CounterRule(rollover, _short(sensor.tolerance / unit.factor))


def _short(value: float) -> float:
    """The number as it was before the sensor's unit changed, so that its rungs still match the rule."""
    return float(f"{value:.11g}")
