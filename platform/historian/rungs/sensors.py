"""What a sensor's configuration says about its samples. Pure."""

from __future__ import annotations

from catalog.models import Sensor

INTERVALS = 3  # more without a sample are a gap; a periodic sensor's state is held for as long


def is_text(sensor: Sensor) -> bool:
    return sensor.kind == "text"


def interval_ms_of(sensor: Sensor) -> float | None:
    """The interval at which samples are expected; None if there is none, or it is not known."""
    return usual_interval_ms_of(sensor) if sensor.sampling == "periodic" else None


def usual_interval_ms_of(sensor: Sensor) -> float | None:
    """The interval at which samples usually come, also of sensors that report on change: an estimate of how many there
    are, not a promise."""
    return None if sensor.interval_s is None else sensor.interval_s * 1000


def hold_limit_of(sensor: Sensor) -> int | None:
    """How long (ms) a state of the sensor is held without a further sample: its gap limit; None: until the next one.

    Used alike for time in state, gaps and initial values.
    """
    interval = interval_ms_of(sensor)
    return None if interval is None else int(INTERVALS * interval)
