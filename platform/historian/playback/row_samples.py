"""The samples within rows that do not determine a state at a moment."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from catalog.models import Sensor
from historian.playback.row_steps import MAX_SAMPLES_FORWARD
from historian.playback.rung_tables import RungReading
from historian.read.closed_parts import Chunks, ClosedParts, is_closed
from historian.read.concurrency import ConcurrentSource
from historian.read.raw import part_of_sensor, samples_of
from historian.rungs.sensors import is_text
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import LastSamples, Raw, Sample, SampleSource, Window, raw_of

PARTS_PER_REQUEST = 500
MAX_BYTES, TEXT_BYTES = 4 << 20, 100
Span = tuple[Sensor, TimeRange, bool]  # within a row; whether, by that row, it has few samples
KEPT: ClosedParts[Raw] = ClosedParts(
    lambda raw: raw.t.nbytes + raw.v.nbytes + raw.q.nbytes + (TEXT_BYTES * len(raw) if raw.v.dtype == object else 0),
    time.monotonic,
    MAX_BYTES,
)


def last_of_each(reading: RungReading, spans: Sequence[Span]) -> Iterator[tuple[Sensor, Raw]]:
    """Each sensor's last sample in each of its spans."""
    found: dict[str, list[Sample]] = {sensor.id: [] for sensor, *_ in spans}
    rows = _rows(reading, spans)
    elsewhere: list[Span] = []
    for sensor, span, few in spans:
        raw = rows.get((sensor.id, span.start // reading.rung.ms))
        if raw is None:
            elsewhere.append((sensor, span, few))
        elif (last := _last_within(raw, span)) is not None:
            found[sensor.id].append(last)
    for id, sample in _looked_up(reading.source, elsewhere):
        found[id].append(sample)
    for sensor in {sensor.id: sensor for sensor, *_ in spans}.values():
        yield sensor, raw_of(sorted(found[sensor.id]), is_text(sensor))


def _rows(reading: RungReading, spans: Sequence[Span]) -> Mapping[tuple[str, int], Raw]:
    """All samples of rows that have few and closed long ago, by sensor and number of the row; mostly from memory."""
    chunks, found = Chunks(reading.rung, rows=1), dict[tuple[str, int], Raw]()
    wanted: dict[str, tuple[Sensor, set[int]]] = {}
    for sensor, span, few in spans:
        number = span.start // reading.rung.ms
        if few and is_closed(chunks.span(number), reading.rung, reading.ladders[sensor.id].marked, reading.now_ms):
            wanted.setdefault(sensor.id, (sensor, set()))[1].add(number)
    missing: list[tuple[Sensor, int]] = []
    for id, (sensor, numbers) in wanted.items():
        known = KEPT.get(id, reading.rung, (), reading.ladders[id], numbers)
        found |= {(id, number): raw for number, raw in known.items()}
        missing += [(sensor, number) for number in sorted(numbers - known.keys())]
    new: dict[str, dict[int, Raw]] = defaultdict(dict)
    source = ConcurrentSource(reading.source)
    for place in range(0, len(missing), PARTS_PER_REQUEST):
        some = missing[place : place + PARTS_PER_REQUEST]
        requests = [samples_of(sensor, chunks.span(number), MAX_SAMPLES_FORWARD) for sensor, number in some]
        for (sensor, number), answer in zip(some, source.read(requests), strict=True):
            part = part_of_sensor(answer, sensor)
            if part.resume is None:  # else more arrived since the row was built
                new[sensor.id][number] = found[sensor.id, number] = part.samples
    for id, parts in new.items():
        KEPT.put(id, reading.rung, (), reading.ladders[id], parts)
    return found


def _last_within(raw: Raw, span: TimeRange) -> Sample | None:
    place = int(raw.t.searchsorted(span.end * NS_PER_MS)) - 1
    if place < 0 or raw.t[place] < span.start * NS_PER_MS:
        return None
    value = raw.v[place]
    return Sample(int(raw.t[place]), value if isinstance(value, str) else float(value), int(raw.q[place]))


def _looked_up(source: SampleSource, spans: Sequence[Span]) -> Iterator[tuple[str, Sample]]:
    waiting = list(spans)
    while waiting:
        some, waiting = waiting[:PARTS_PER_REQUEST], waiting[PARTS_PER_REQUEST:]
        requests = [
            LastSamples(
                sensor.site, is_text(sensor), (sensor.id,), Window.of(span), MAX_SAMPLES_FORWARD if few else None
            )
            for sensor, span, few in some
        ]
        for (sensor, span, _), last in zip(some, source.read(requests), strict=True):
            yield from ((sensor.id, sample) for sample in last.samples.values())
            if last.skipped:  # more arrived since the row was built
                waiting.append((sensor, span, False))
