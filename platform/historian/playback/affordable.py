"""How many frames a playback can have: fewer where between its frames there would be too many samples to read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.models import Sensor
from historian.read.planner import Ladder, expected_samples
from historian.rungs.sensors import interval_ms_of
from kernel.times import TimeRange

MAX_SCANNED = 5_000_000  # samples that InfluxDB reads for one playback, at about four million per second
MAX_LOOKUPS = 12_000  # last samples before a moment, of all sensors and frames; 300 of one moment take about 40 ms
MAX_LOOKUP_FRAMES = 200


def affordable_frames(span: TimeRange, frames: int, sensors: Sequence[Sensor], ladders: Mapping[str, Ladder]) -> int:
    """`frames`, or as many as leave room for a row of the finest rung between two of them, if too many samples would be
    read otherwise; of sensors without a ladder as many as can be looked up one by one. At least 2."""
    fine = [each for each in sensors if each.id in ladders and ladders[each.id].finest.ms > span.width // (frames - 1)]
    if expected(fine, span) > MAX_SCANNED:
        frames = min(frames, span.width // max(ladders[each.id].finest.ms for each in fine) + 1)
    bare = [each for each in sensors if each.id not in ladders]
    if is_too_much(bare, span):
        frames = min(frames, MAX_LOOKUP_FRAMES, MAX_LOOKUPS // len(bare))
    return max(frames, 2)


def is_too_much(sensors: Sequence[Sensor], span: TimeRange) -> bool:
    """Whether all of their samples are too many to go through."""
    return expected(sensors, span) > MAX_SCANNED


def expected(sensors: Sequence[Sensor], span: TimeRange) -> float:
    return sum(expected_samples(span, interval_ms_of(sensor)) or 0.0 for sensor in sensors)
