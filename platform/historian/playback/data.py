"""Data for playback: the samples of each sensor that determine its value at evenly spaced moments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.models import Sensor
from historian.playback.affordable import expected, is_too_much
from historian.playback.from_raw import by_moments, by_samples, by_windows
from historian.playback.from_rungs import steps_from_rung
from historian.playback.step_series import Moments, StepSeries
from historian.read.last import SiteSize
from historian.read.planner import NO_LADDERS, Ladder, expected_samples
from historian.rungs.rungs import SAMPLES, Rung, rungs_from
from historian.rungs.sensors import interval_ms_of
from kernel.times import TimeRange
from stores.samples import SampleSource

# InfluxDB takes about 3.5 us per returned window and 0.2 us per sample in it, and 0.8 us per returned sample.
SAMPLES_PER_WINDOW = 5


@dataclass(frozen=True, slots=True)
class PlaybackData:
    """The steps of each sensor that has any, the rung read for each sensor, and whether marked buckets are behind."""

    steps: dict[str, StepSeries]
    rungs: Mapping[str, Rung] = field(default_factory=dict)
    complete: bool = True

    @property
    def rung(self) -> Rung | None:
        """The coarsest."""
        return max(self.rungs.values(), key=lambda rung: rung.ms, default=None)


def read_steps(
    source: SampleSource,
    sensors: Sequence[Sensor],
    moments: Moments,
    until: int,
    sizes: SiteSize,
    ladders: Mapping[str, Ladder] = NO_LADDERS,
    now_ms: int = 0,
) -> PlaybackData:
    """The steps after the first moment and up to `until` (ms, one of the moments), for each sensor that has any."""
    span = TimeRange(int(moments[0]) + 1, until + 1)
    if not sensors or span.width <= 0:
        return PlaybackData({})
    by_rung: dict[Rung, list[Sensor]] = defaultdict(list)
    others: list[Sensor] = []
    for sensor in sensors:
        rung = _rung_for(sensor, ladders.get(sensor.id), span, moments)
        if rung is None:
            others.append(sensor)
        else:
            by_rung[rung].append(sensor)
    steps = _from_raw(source, others, span, moments, sizes)
    complete = True
    for rung, some in by_rung.items():
        found, whole = steps_from_rung(source, some, span, moments, rung, ladders, sizes, now_ms)
        steps |= found
        complete &= whole
    return PlaybackData(steps, {sensor.id: rung for rung, some in by_rung.items() for sensor in some}, complete)


def _rung_for(sensor: Sensor, ladder: Ladder | None, span: TimeRange, moments: Moments) -> Rung | None:
    """The coarsest rung that fits between two moments; None if there are few enough samples to read them all."""
    if ladder is None:
        return None
    width = int(moments[1] - moments[0]) if len(moments) > 1 else 1
    usual = expected_samples(span, interval_ms_of(sensor) or ladder.finest.ms / SAMPLES) or 0.0
    if usual <= SAMPLES_PER_WINDOW * len(moments) and span.start >= ladder.raw_from:
        return None
    fitting = [rung for rung in rungs_from(ladder.finest) if rung.ms <= width]
    return fitting[-1] if fitting else None


def _from_raw(
    source: SampleSource, sensors: Sequence[Sensor], span: TimeRange, moments: Moments, sizes: SiteSize
) -> dict[str, StepSeries]:
    """Use every sample if that is cheap, otherwise the last one before each moment."""
    if not sensors:
        return {}
    if is_too_much(sensors, span):
        return by_moments(source, sensors, span, moments, sizes)
    if expected(sensors, span) <= SAMPLES_PER_WINDOW * len(moments) * len(sensors):
        limit = 2 * SAMPLES_PER_WINDOW * len(moments)
        steps = by_samples(source, sensors, span, moments, limit)
        if steps is not None:
            return steps
    return by_windows(source, sensors, span, moments, sizes)
