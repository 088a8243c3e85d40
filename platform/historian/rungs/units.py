"""Converts stored values to the unit in which a sensor is shown, usually the same one. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from catalog.units import StoredUnit
from historian.rungs.rows import Rows
from stores.samples import Raw


def shown_raw(sensor: Sensor, raw: Raw) -> Raw:
    return raw if sensor.stored_as is None else replace(raw, v=sensor.stored_as.to(raw.v))  # type: ignore[arg-type]


def shown_rows(sensor: Sensor, rows: Rows) -> Rows:
    """Convert rows. Minimum and maximum keep their roles, as every factor is positive."""
    unit = sensor.stored_as
    if unit is None:
        return rows
    with np.errstate(over="ignore"):
        return replace(
            rows,
            first=unit.to(rows.first),
            last=unit.to(rows.last),
            min=unit.to(rows.min),
            max=unit.to(rows.max),
            sum=rows.sum * unit.factor + rows.n * unit.offset,
            m2=rows.m2 * unit.factor**2,
            inc=rows.inc * unit.factor,
        )


def shown_value(unit: StoredUnit, value: float) -> float:
    return float(unit.to(np.array([value], np.float64))[0])


def shown_values(sensor: Sensor, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return values if sensor.stored_as is None else sensor.stored_as.to(values)
