"""As-of values: each sensor's last sample at or before a moment. Pure."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from catalog.models import Sensor
from historian.read.planner import format_duration
from historian.rungs.sensors import INTERVALS, interval_ms_of
from historian.rungs.units import shown_value
from kernel.samples import BAD
from kernel.times import HOUR
from stores.redis.latest import Latest

STALE_MS = HOUR  # for sensors whose interval is not known yet


class AsOf(Struct, frozen=True):
    """A sensor's last sample at or before a moment."""

    sensor: str
    t: Annotated[int | None, Meta(description="When the value was measured")] = None
    v: float | str | None = None
    q: Annotated[int, Meta(description="Quality: 0 good, 1 uncertain, 2 bad")] = 0
    age: Annotated[int | None, Meta(description="Ms from `t` to the requested moment")] = None
    stale: Annotated[bool, Meta(description="Older than three of the sensor's intervals")] = False
    reason: Annotated[str | None, Meta(description="Why there is no value, or why it is doubtful")] = None


def value_of(sensor: Sensor, sample: Latest | None, at_ms: int) -> AsOf:
    """The result for one sensor. Pure."""
    if sample is None:
        return AsOf(sensor.id, reason="no data")
    sample = shown_latest(sensor, sample)
    age = at_ms - sample.ms
    stale = age > stale_after_ms(sensor)
    reason = None
    if sample.q == BAD:
        reason = "bad quality"
    elif stale:
        reason = f"no sample for {format_duration(age)}"
    return AsOf(sensor.id, sample.ms, sample.v, sample.q, age, stale, reason)


def shown_latest(sensor: Sensor, sample: Latest) -> Latest:
    if sensor.stored_as is None or isinstance(sample.v, str):
        return sample
    return Latest(sample.t, shown_value(sensor.stored_as, sample.v), sample.q)


def stale_after_ms(sensor: Sensor) -> float:
    """Age (ms) past which a value is stale; infinite for sensors that report on change."""
    if sensor.sampling == "on_change":
        return float("inf")
    interval = interval_ms_of(sensor)
    return INTERVALS * interval if interval is not None else STALE_MS
