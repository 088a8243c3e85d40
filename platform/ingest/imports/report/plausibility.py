"""Whether a column's values are plausible for its sensor: inside its range, and in its unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from catalog.units import COMMON_UNITS, conversion, quantity_of

Floats = npt.NDArray[np.float64]
VALUES_PER_BLOCK = 64  # sampled from each block
MAX_VALUES = 4_096
MIN_VALUES = 10  # needed to judge a unit
OUTSIDE, INSIDE = 0.5, 0.9  # the share of values that must lie outside as they are, and inside in the other unit


@dataclass(slots=True)
class ValueSample:
    """Counts the values outside the sensor's range, and keeps a sample of all values."""

    out_of_range: int = 0
    _kept: list[Floats] = field(default_factory=list)

    def add(self, sensor: Sensor, values: Any, quality: Any) -> None:
        """Adds numbers; bad ones are ignored."""
        if quality is not None:
            values = values[quality < 2]
        if not len(values):
            return
        if sensor.range is not None:
            low, high = sensor.range
            self.out_of_range += int(np.count_nonzero((values < low) | (values > high)))
        self._kept.append(values[:: max(len(values) // VALUES_PER_BLOCK, 1)].copy())
        if sum(map(len, self._kept)) > MAX_VALUES:
            self._kept = [np.concatenate(self._kept)[::2]]

    def values(self) -> Floats:
        return np.concatenate(self._kept) if self._kept else np.zeros(0)


def unit_note(sensor: Sensor, values: Floats, stored: Floats) -> str:
    """A sentence if the values look like another unit of the same quantity; empty otherwise.

    They are compared with the stored values, or with the sensor's range if there are none.
    """
    bounds = _bounds(sensor, stored)
    if bounds is None or sensor.kind != "continuous" or len(values) < MIN_VALUES:
        return ""
    if _inside(values, bounds) > 1 - OUTSIDE:
        return ""
    centre = sum(bounds) / 2
    fits = []
    for unit, scale, offset in _conversions(sensor.unit):
        converted = values * scale + offset
        if _inside(converted, bounds) >= INSIDE:
            fits.append((abs(float(np.median(converted)) - centre), unit, scale, offset))
    if not fits:
        return ""
    _, unit, scale, offset = min(fits, key=lambda fit: fit[0])  # of equals, the more usual
    rule = f"scale: {scale:.10g}" + (f", offset: {offset:.10g}" if offset else "")
    return (
        f"the values (median {float(np.median(values)):g}) look like {unit}, and {sensor.tag} is in "
        f"{sensor.unit or 'no unit'} ({bounds[0]:g} to {bounds[1]:g} is usual); if so, write {rule}"
    )


def _bounds(sensor: Sensor, stored: Floats) -> tuple[float, float] | None:
    if len(stored) < MIN_VALUES:
        return sensor.range
    low, high = (float(bound) for bound in np.percentile(stored, [2, 98]))
    spare = max((high - low) / 2, abs(high + low) / 20)
    return low - spare, high + spare


def _inside(values: Floats, bounds: tuple[float, float]) -> float:
    return float(np.mean((values >= bounds[0]) & (values <= bounds[1])))


def _conversions(unit: str) -> Iterator[tuple[str, float, float]]:
    """Other units of the same quantity, with the scale and offset that lead to this one."""
    if unit == "%":
        yield "a share of 1", 100.0, 0.0
    for other in COMMON_UNITS:
        if unit and other.unit != unit and other.quantity == quantity_of(unit):
            found = conversion(other.unit, unit)
            if found is not None and (found.factor != 1.0 or found.offset):
                yield other.unit, found.factor, found.offset
