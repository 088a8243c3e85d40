"""How much a counter grew between two samples: pure, and told from the two alone, so that rungs add up to raw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CounterRule:
    """What a fall means.

    By `tolerance` or less it is noise: it counts as it is, so that the rise after it adds nothing. A larger one is a
    wrap where the register wraps at `rollover` and so grew by less than half of that. Else the counter was reset and
    grew by what it shows since.
    """

    rollover: float | None = None
    tolerance: float = 0.0

    def growth(self, before: Floats, after: Floats) -> Floats:
        """How much a counter grew from each of `before` to the one in `after`."""
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
    """For figures as they are shown."""
    return CounterRule(sensor.rollover, sensor.tolerance)


def stored_rule(sensor: Sensor) -> CounterRule:
    """For figures as they are stored: what rungs are built by."""
    unit = sensor.stored_as
    if unit is None:
        return counter_rule(sensor)
    rollover = None if sensor.rollover is None else _short(sensor.rollover / unit.factor)
    return CounterRule(rollover, _short(sensor.tolerance / unit.factor))


def _short(value: float) -> float:
    """As it was before the sensor's unit changed, so that its rungs are still what the rule makes of its samples."""
    return float(f"{value:.11g}")
