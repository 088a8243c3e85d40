"""Requests for a sensor's samples."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.models import Sensor
from historian.read.plan import pieces_of_samples
from historian.read.sources import Sources
from historian.rungs.sensors import is_text
from kernel.times import TimeRange
from stores.samples import Part, Raw, SampleRange, SampleSource, Window, no_samples


def samples_of(
    sensor: Sensor,
    span: TimeRange | Window,
    limit: int | None = None,
    *,
    newest: bool = False,
    usable: bool = False,
) -> SampleRange:
    """A request for a sensor's samples in a range."""
    window = span if isinstance(span, Window) else Window.of(span)
    return SampleRange(sensor.site, is_text(sensor), (sensor.id,), window, limit, newest, usable)


def part_of_sensor(parts: dict[str, Part], sensor: Sensor) -> Part:
    """The part of the answer for a sensor; an empty one if it has no samples."""
    return parts.get(sensor.id) or Part(no_samples(is_text(sensor)), None)


def stream_raw(source: SampleSource, sensor: Sensor, span: TimeRange) -> Iterator[Raw]:
    """Stream a sensor's samples in a range, in parts of some ten thousand."""
    return (raw for _, raw in source.stream(samples_of(sensor, span)))


def stream_all(sources: Sources, sensor: Sensor, span: TimeRange) -> Iterator[Raw]:
    """The same from every source that has a part of the range, in chronological order."""
    for piece in pieces_of_samples(span, sources.tiers):
        yield from stream_raw(sources.place(piece.source), sensor, piece.span)


def read_page(source: SampleSource, sensor: Sensor, window: Window, limit: int) -> Part:
    """The first `limit` samples of a window given in ns."""
    [parts] = source.read([samples_of(sensor, window, limit)])
    return part_of_sensor(parts, sensor)
