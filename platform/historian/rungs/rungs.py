"""The rungs of the ladder, finest to coarsest; each width divides the next. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Sensor
from historian.rungs.counters import EVERY_FALL_RESETS, stored_rule
from historian.rungs.sensors import hold_limit_of, interval_ms_of
from kernel.times import DAY, EARLIEST, HOUR, LATEST, MINUTE, TimeRange

SAMPLES = 4  # per bucket, on a sensor's finest rung


@dataclass(frozen=True, slots=True)
class Rung:
    """A bucket width; buckets start at its multiples from 1970-01-01 UTC."""

    name: str
    ms: int

    def floor(self, t: int) -> int:
        return t - t % self.ms

    def ceil(self, t: int) -> int:
        return -(-t // self.ms) * self.ms

    def around(self, span: TimeRange) -> TimeRange:
        """The smallest run of whole buckets that contains `span`."""
        return TimeRange(self.floor(span.start), self.ceil(span.end))

    def inside(self, span: TimeRange) -> TimeRange | None:
        """The largest run of whole buckets within `span`; None if there is none."""
        start, end = self.ceil(span.start), self.floor(span.end)
        return TimeRange(start, end) if start < end else None


RUNGS = (
    Rung("1m", MINUTE),
    Rung("5m", 5 * MINUTE),
    Rung("15m", 15 * MINUTE),
    Rung("1h", HOUR),
    Rung("3h", 3 * HOUR),
    Rung("12h", 12 * HOUR),
    Rung("2d", 2 * DAY),
)
BY_WIDTH = {rung.ms: rung for rung in RUNGS}
COARSEST = RUNGS[-1]
ALL_TIME = COARSEST.around(TimeRange(EARLIEST, LATEST))


def finest_for(sensor: Sensor) -> Rung | None:
    """The finest rung with four samples per bucket at the sensor's interval; for sensors that report on change, the
    finest of all.

    None while the interval is not known, and if even the coarsest rung has fewer: raw is small enough then.
    """
    if sensor.sampling == "on_change":
        return RUNGS[0]
    interval = interval_ms_of(sensor)
    if interval is None:
        return None
    return next((rung for rung in RUNGS if rung.ms >= SAMPLES * interval), None)


def recipe_of(sensor: Sensor) -> str:
    """The properties of a sensor that determine its rows, as a string: rows of another recipe are invalid."""
    if sensor.kind == "counter" and (rule := stored_rule(sensor)) != EVERY_FALL_RESETS:
        return f"counter:{rule.rollover!r}:{rule.tolerance!r}"
    limit = hold_limit_of(sensor) if sensor.kind in ("discrete", "text") else None
    return sensor.kind if limit is None else f"{sensor.kind}:{limit}"


def rungs_from(finest: Rung) -> tuple[Rung, ...]:
    """The rungs from the finest one up, finest first."""
    return RUNGS[RUNGS.index(finest) :]
