"""What a sensor's description says about its samples. Pure."""

from __future__ import annotations

from catalog.models import Sensor

INTERVALS = 3  # more than so many without a sample is a gap, and how long a periodic sensor's state is known to hold


def is_text(sensor: Sensor) -> bool:
    return sensor.kind == "text"


def interval_ms_of(sensor: Sensor) -> float | None:
    """The interval at which samples are due; None if none is, or it is not known."""
    if sensor.sampling != "periodic" or sensor.interval_s is None:
        return None
    return sensor.interval_s * 1000


def hold_limit_of(sensor: Sensor) -> int | None:
    """How long, in ms, a state of the sensor holds without a further sample: its gap limit; None: until the next one.

    The one answer for time in state, gaps and what a range begins with.
    """
    interval = interval_ms_of(sensor)
    return None if interval is None else int(INTERVALS * interval)
