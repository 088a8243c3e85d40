"""Counts the raw samples that a query would read, which is about fifteen times cheaper than reading them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from catalog.models import Sensor
from historian.read.plan import pieces_of_samples
from historian.read.planner import MAX_SAMPLES, counting_spans, expected_samples, longest_range, too_many_samples
from historian.read.sources import SourceRequest, Sources
from historian.rungs.sensors import interval_ms_of, is_text
from kernel.times import TimeRange
from stores.samples import Count, Window, Windows

BUCKETS = 500


def ensure_readable(sources: Sources, sensors: Sequence[Sensor], span: TimeRange) -> None:
    """Raises BadRequest, with the longest range that works, if the sensors have too many samples together."""
    expected = sum(expected_samples(span, interval_ms_of(sensor)) or 0.0 for sensor in sensors)
    for counted in counting_spans(span, expected):
        samples = count(sources, sensors, counted)
        if samples > MAX_SAMPLES:
            raise _refusal(sources, sensors, span, counted, samples)


def count(sources: Sources, sensors: Sequence[Sensor], span: TimeRange) -> int:
    """How many samples the sensors have in `span`, together."""
    return sum(number for counts in sources.read(_counts(sources, sensors, span)) for _, number in counts)


def _refusal(
    sources: Sources, sensors: Sequence[Sensor], span: TimeRange, counted: TimeRange, samples: int
) -> Exception:
    width_ms = max(counted.width // BUCKETS, 1)
    buckets: Counter[int] = Counter()
    for counts in sources.read(_counts(sources, sensors, counted, Windows(width_ms))):
        for start, number in counts:
            buckets[start] += number
    return too_many_samples(span, counted, samples, longest_range(sorted(buckets.items()), width_ms))


def _counts(
    sources: Sources, sensors: Sequence[Sensor], span: TimeRange, windows: Windows | None = None
) -> list[SourceRequest]:
    return [
        (piece.source, Count(sensor.site, is_text(sensor), sensor.id, Window.of(piece.span), windows))
        for piece in pieces_of_samples(span, sources.tiers)
        for sensor in sensors
    ]
