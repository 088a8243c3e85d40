"""Step series from the rows of a rung that fits between two moments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.models import Sensor
from historian.playback.from_raw import last_by_frame
from historian.playback.hidden_changes import STATES, hidden_in_rows
from historian.playback.step_series import NO_STEPS, Moments, StepSeries, listed
from historian.read.last import SiteSize, by_site, read_last
from historian.read.planner import MAX_MARKED_SAMPLES, Ladder, united
from historian.read.raw import part_of_sensor, samples_of, stream_raw
from historian.rungs.rungs import SAMPLES, Rung
from historian.rungs.sensors import interval_ms_of, is_text
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import LastSamples, Raw, RowRange, Sample, SampleSource, Window, raw_of

CONCURRENCY = 2  # InfluxDB works on one answer with one core
MAX_PARTS = 10_000  # of all sensors together, read once more from raw
PARTS_PER_REQUEST = 500
MIN_SENSORS_FOR_SPLIT = 20  # sensors that one request reads as fast as two would
MARGIN = 100  # samples beyond what is due that still come with those of other parts
MAX_SAMPLES_FORWARD = 500  # samples that cost less to read than to look for the last of them backwards


def steps_from_rung(
    source: SampleSource,
    sensors: Sequence[Sensor],
    span: TimeRange,
    moments: Moments,
    rung: Rung,
    ladders: Mapping[str, Ladder],
    sizes: SiteSize,
) -> tuple[dict[str, StepSeries], bool]:
    """Of each row its last sample: at a moment that is the last before it, or at most a bucket older.

    A state that a row leaves open at a moment is looked for in raw, so that states are right to the frame. Marked
    buckets are read from raw too, and so is the last one, which may not be closed. Whether that was possible for all
    of them comes second. `span` ends with a moment: no other one lies in the last bucket.
    """
    tail = TimeRange(max(rung.floor(span.end - 1), span.start), span.end)
    tables = _read(source, sensors, TimeRange(rung.floor(span.start), tail.end), rung)
    found = {id: _steps(table, span, moments) for id, table in tables.items()}
    hidden = {id: hidden_in_rows(t, moments) for id, t in tables.items() if "tfirst" in t.column_names}
    parts: list[tuple[Sensor, TimeRange]] = []
    single: list[tuple[Sensor, TimeRange, bool]] = []
    for sensor in sensors:
        marked = [mark for mark in ladders[sensor.id].marked if mark.start < tail.start and mark.end > span.start]
        again = united([rung.around(mark) for mark in marked])
        parts += [(sensor, TimeRange(max(p.start, span.start), min(p.end, span.end))) for p in again]
        if sensor.kind in STATES and sensor.id in tables:
            single += [(sensor, *one) for one in _open(tables[sensor.id], moments, span, rung, sensor.kind)]
    whole = _affordable(parts, ladders)
    for sensor, raw in _last_of_each(source, single[:MAX_PARTS]):
        found[sensor.id] = _with(found[sensor.id], raw, moments)
    for sensor, part, raw in _raw(source, whole, ladders, moments):
        found[sensor.id] = _replaced(found.get(sensor.id, NO_STEPS), _as_steps(raw, moments), part)
    for id, sample in read_last(source, sensors, Window.of(tail), sizes).items():
        last = np.array([sample.t // NS_PER_MS], np.int64)
        one = StepSeries(np.searchsorted(moments, last), last, [sample.v], np.array([sample.q], np.int64))
        found[id] = _replaced(found.get(id, NO_STEPS), one, tail)
    complete = len(whole) == len(parts) and len(single) <= MAX_PARTS
    for id, (frames, starts) in hidden.items():
        again = [part for sensor, part in whole if sensor.id == id]  # told by their samples
        of_rows = [not any(part.start <= start < part.end for part in again) for start in starts.tolist()]
        if id in found:
            found[id] = replace(found[id], hidden=frames[np.array(of_rows, bool)])
    return {id: steps for id, steps in found.items() if len(steps.t)}, complete


def _affordable(
    parts: Sequence[tuple[Sensor, TimeRange]], ladders: Mapping[str, Ladder]
) -> list[tuple[Sensor, TimeRange]]:
    """The shortest ones, as many as hold no more samples than may be read."""
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
    """The samples of each part; where there are far more than are due, the last ones before each moment."""
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


def _last_of_each(
    source: SampleSource, asked: Sequence[tuple[Sensor, TimeRange, bool]]
) -> Iterator[tuple[Sensor, Raw]]:
    """By sensor the last sample of each of the spans that has one; True: it holds few samples, by its row."""
    found: dict[str, list[Sample]] = {sensor.id: [] for sensor, *_ in asked}
    waiting = list(asked)
    while waiting:
        some, waiting = waiting[:PARTS_PER_REQUEST], waiting[PARTS_PER_REQUEST:]
        requests = [
            LastSamples(
                sensor.site, is_text(sensor), (sensor.id,), Window.of(span), MAX_SAMPLES_FORWARD if few else None
            )
            for sensor, span, few in some
        ]
        for (sensor, span, _), last in zip(some, source.read(requests), strict=True):
            found[sensor.id].extend(last.samples.values())
            if last.skipped:  # more came since the row was built
                waiting.append((sensor, span, False))
    for sensor in {sensor.id: sensor for sensor, *_ in asked}.values():
        yield sensor, raw_of(sorted(found[sensor.id]), is_text(sensor))


def _read(source: SampleSource, sensors: Sequence[Sensor], span: TimeRange, rung: Rung) -> dict[str, pa.Table]:
    """Each sensor's rows; large groups by two requests at once."""
    groups: list[tuple[str, bool, bool, list[str]]] = []
    kinds = {sensor.id: sensor.kind for sensor in sensors}
    for (site, text), ids in by_site(sensors).items():
        states = [id for id in ids if kinds[id] in STATES]
        numbers = [id for id in ids if kinds[id] not in STATES]
        for named in (states, numbers):
            size = -(-len(named) // CONCURRENCY) if len(named) > MIN_SENSORS_FOR_SPLIT else MIN_SENSORS_FOR_SPLIT
            groups += [(site, text, named is states, named[k : k + size]) for k in range(0, len(named), size)]

    def ask(group: tuple[str, bool, bool, list[str]]) -> dict[str, pa.Table]:
        site, text, states, ids = group
        types = {"last_s" if text else "last": pa.string() if text else pa.float64(), "tlast": pa.int64()}
        if states:
            types |= {"tfirst": pa.int64(), "n": pa.int64(), "n_bad": pa.int64()}
            types |= {"states": pa.string()} if text else {"min": pa.float64(), "max": pa.float64()}
        return source.tables(RowRange(site, rung.name, ids, Window.of(span), tuple(types)), types)

    with ThreadPoolExecutor(CONCURRENCY) as pool:
        running = [pool.submit(copy_context().run, ask, group) for group in groups]
        return {id: table for each in running for id, table in each.result().items()}


def _steps(table: pa.Table, span: TimeRange, moments: Moments) -> StepSeries:
    """Of each row its last sample; where one state held all along it began with the first."""
    start, offset = table["time"].to_numpy() // NS_PER_MS, table["tlast"].to_numpy()
    chosen = np.flatnonzero(offset >= 0)
    t = start[chosen] + offset[chosen]
    if "tfirst" in table.column_names:
        steady = chosen[_is_steady(table)[chosen]]
        t = np.concatenate([start[steady] + table["tfirst"].to_numpy()[steady], t])
        chosen = np.concatenate([steady, chosen])
        order = np.argsort(t, kind="stable")
        t, chosen = t[order], chosen[order]
    within = (t >= span.start) & (t < span.end)
    t, chosen = t[within], chosen[within]
    values = table["last_s" if "last_s" in table.column_names else "last"].take(pa.array(chosen))
    v = values.to_pylist() if pa.types.is_string(values.type) else values.to_numpy()
    return StepSeries(np.searchsorted(moments, t), t, v, np.zeros(len(t), np.int64))


def _is_steady(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Which rows of a state hold one and no bad sample."""
    good = table["n_bad"].to_numpy() == 0
    if "states" in table.column_names:
        one = np.array([text.count('":') == 1 for text in table["states"].to_pylist()], bool)
        return np.asarray(good & one, bool)
    return np.asarray(good & (table["min"].to_numpy() == table["max"].to_numpy()), bool)


def _open(
    table: pa.Table, moments: Moments, span: TimeRange, rung: Rung, kind: str
) -> Iterator[tuple[TimeRange, bool]]:
    """Where to look for the last sample before a moment that rows do not tell, and whether few samples lie there.

    That is within a row, between its first and last sample, if it is not steady; and after any row of bad samples.
    """
    start, tfirst, tlast, n, n_bad = (table[name].to_numpy() for name in ("time", "tfirst", "tlast", "n", "n_bad"))
    start = start // NS_PER_MS
    filled = n + n_bad > 0
    start, tfirst, tlast, n_bad, count = (a[filled] for a in (start, tfirst, tlast, n_bad, n + n_bad))
    steady = _is_steady(table)[filled]
    asked = moments[(moments >= span.start) & (moments < span.end)]
    row = np.searchsorted(start, asked, "right") - 1
    asked, row = asked[row >= 0], row[row >= 0]
    since = asked - start[row]
    inside = since < rung.ms
    unknown = inside & ~steady[row] & ((n_bad[row] > 0) | ((since >= tfirst[row]) & (since < tlast[row])))
    for moment, place in zip(asked[unknown].tolist(), row[unknown].tolist(), strict=True):
        yield TimeRange(max(int(start[place]), span.start), moment + 1), bool(count[place] <= MAX_SAMPLES_FORWARD)
    # What holds after a row: of a moment in it the row before matters too, where nothing in it is as old.
    over = np.unique(np.concatenate([row[~inside], row[inside] - 1]))
    for place in over[over >= 0].tolist():
        end = int(start[place]) + rung.ms
        if n_bad[place] and end > span.start:
            yield TimeRange(max(int(start[place]), span.start), end), bool(count[place] <= MAX_SAMPLES_FORWARD)


def _as_steps(raw: Raw, moments: Moments) -> StepSeries:
    return StepSeries(np.searchsorted(moments, raw.t_ms), raw.t_ms, raw.v, raw.q.astype(np.int64))


def _with(steps: StepSeries, raw: Raw, moments: Moments) -> StepSeries:
    """`steps` with samples added; of one time the sample counts."""
    more = _as_steps(raw, moments)
    t = np.concatenate([steps.t, more.t])
    order = np.argsort(t, kind="stable")
    values = [*listed(steps.v), *listed(more.v)]
    frame, q = np.concatenate([steps.frame, more.frame]), np.concatenate([steps.q, more.q])
    return StepSeries(frame[order], t[order], [values[place] for place in order.tolist()], q[order])


def _replaced(steps: StepSeries, others: StepSeries, span: TimeRange) -> StepSeries:
    """`steps` with those within `span` replaced by `others`."""
    start, stop = np.searchsorted(steps.t, [span.start, span.end]).tolist()
    values = [*listed(steps.v[:start]), *listed(others.v), *listed(steps.v[stop:])]
    frame, t, q = (
        np.concatenate([getattr(steps, name)[:start], getattr(others, name), getattr(steps, name)[stop:]])
        for name in ("frame", "t", "q")
    )
    return StepSeries(frame, t, values, q)
