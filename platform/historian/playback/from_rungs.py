"""Step series from rows of a rung that fits between two moments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from catalog.models import Sensor
from historian.playback.from_raw import last_by_frame
from historian.playback.hidden_changes import STATES, hidden_in_rows
from historian.playback.row_samples import PARTS_PER_REQUEST, last_of_each
from historian.playback.row_steps import steps_of_table, undetermined
from historian.playback.rung_tables import RungReading, read_tables
from historian.playback.step_series import (
    NO_STEPS,
    Moments,
    StepSeries,
    merge_samples,
    replace_steps,
    steps_of_samples,
)
from historian.read.closed_source import ClosedSource
from historian.read.last import SiteSize, read_last
from historian.read.planner import MAX_MARKED_SAMPLES, Ladder, merge_spans
from historian.read.raw import part_of_sensor, samples_of, stream_raw
from historian.rungs.rungs import SAMPLES, Rung
from historian.rungs.sensors import interval_ms_of
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import Raw, SampleSource, Window

MAX_PARTS = 10_000  # of all sensors together, read from raw in addition
MARGIN = 100  # samples beyond the expected number that are still read together with other parts


def steps_from_rung(
    source: SampleSource,
    sensors: Sequence[Sensor],
    span: TimeRange,
    moments: Moments,
    rung: Rung,
    ladders: Mapping[str, Ladder],
    sizes: SiteSize,
    now_ms: int,
) -> tuple[dict[str, StepSeries], bool]:
    """Use the last sample of each row: at any moment that is the last sample before it, or at most one bucket older.

    A state that a row does not determine at a moment is looked up in raw, so that states are exact in every frame.
    Marked buckets are read from raw, too, and so is the last one, which may not be closed. Also returns whether that
    was possible for all of them. `span` ends with a moment, the only one in the last bucket.
    """
    tail = TimeRange(max(rung.floor(span.end - 1), span.start), span.end)
    reading = RungReading(source, rung, TimeRange(rung.floor(span.start), tail.end), ladders, now_ms)
    tables = read_tables(reading, sensors)
    found = {id: steps_of_table(table, span, moments) for id, table in tables.items()}
    hidden = {id: hidden_in_rows(t, moments) for id, t in tables.items() if "tfirst" in t.columns}
    parts: list[tuple[Sensor, TimeRange]] = []
    single: list[tuple[Sensor, TimeRange, bool]] = []
    for sensor in sensors:
        marked = [mark for mark in ladders[sensor.id].marked if mark.start < tail.start and mark.end > span.start]
        again = merge_spans([rung.around(mark) for mark in marked])
        parts += [(sensor, TimeRange(max(p.start, span.start), min(p.end, span.end))) for p in again]
        if sensor.kind in STATES and sensor.id in tables:
            single += [(sensor, *one) for one in undetermined(tables[sensor.id], moments, span, rung)]
    whole = _affordable(parts, ladders)
    for sensor, raw in last_of_each(reading, single[:MAX_PARTS]):
        found[sensor.id] = merge_samples(found[sensor.id], raw, moments)
    for sensor, part, raw in _raw(source, whole, ladders, moments):
        found[sensor.id] = replace_steps(found.get(sensor.id, NO_STEPS), steps_of_samples(raw, moments), part)
    remembering = ClosedSource(source, sensors, ladders, now_ms)
    for id, sample in read_last(remembering, sensors, Window.of(tail), sizes).items():
        last = np.array([sample.t // NS_PER_MS], np.int64)
        value = np.array([sample.v], object if isinstance(sample.v, str) else np.float64)
        one = StepSeries(np.searchsorted(moments, last), last, value, np.array([sample.q], np.int64))
        found[id] = replace_steps(found.get(id, NO_STEPS), one, tail)
    complete = len(whole) == len(parts) and len(single) <= MAX_PARTS
    for id, (frames, starts) in hidden.items():
        again = [part for sensor, part in whole if sensor.id == id]  # covered by their samples
        of_rows = [not any(part.start <= start < part.end for part in again) for start in starts.tolist()]
        if id in found:
            found[id] = replace(found[id], hidden=frames[np.array(of_rows, bool)])
    return {id: steps for id, steps in found.items() if len(steps.t)}, complete


def _affordable(
    parts: Sequence[tuple[Sensor, TimeRange]], ladders: Mapping[str, Ladder]
) -> list[tuple[Sensor, TimeRange]]:
    """The shortest parts, as many as fit the limit of samples to read."""
    chosen, samples = [], 0.0
    for sensor, part in sorted(parts, key=lambda part: part[1].width)[:MAX_PARTS]:
        samples += _expected(sensor, part, ladders)
        if samples > MAX_MARKED_SAMPLES:
            break
        chosen.append((sensor, part))
    return chosen


def _expected(sensor: Sensor, part: TimeRange, ladders: Mapping[str, Ladder]) -> float:
    return part.width / (interval_ms_of(sensor) or ladders[sensor.id].finest.ms / SAMPLES)


def _raw(
    source: SampleSource, parts: Sequence[tuple[Sensor, TimeRange]], ladders: Mapping[str, Ladder], moments: Moments
) -> Iterator[tuple[Sensor, TimeRange, Raw]]:
    """The samples of each part; if there are far more than expected, the last ones before each moment."""
    for place in range(0, len(parts), PARTS_PER_REQUEST):
        some = parts[place : place + PARTS_PER_REQUEST]
        limits = [2 * int(_expected(*each, ladders)) + MARGIN for each in some]
        requests = [samples_of(*each, limit) for each, limit in zip(some, limits, strict=True)]
        for (sensor, part), answer in zip(some, source.read(requests), strict=True):
            found = part_of_sensor(answer, sensor)
            if found.resume is not None:
                yield sensor, part, last_by_frame(stream_raw(source, sensor, part), moments)
            else:
                yield sensor, part, found.samples
