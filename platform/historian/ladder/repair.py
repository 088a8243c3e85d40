"""Rebuilds a part of the ladder: the finest rung from raw samples, each other rung from the one below.

Closed live buckets, late samples and years of history all take this path, with different spans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from historian.ladder.lines import lines_of
from historian.read.raw import part_of_sensor, stream_raw
from historian.read.rows import COLUMNS, rows_of_values, rows_request
from historian.rungs.aggregates import merged
from historian.rungs.counters import stored_rule
from historian.rungs.folding import fold_rows
from historian.rungs.rows import Rows, empty_rows, joined
from historian.rungs.rungs import COARSEST, Rung, rungs_from
from historian.rungs.sensors import hold_limit_of, interval_ms_of, is_text
from kernel.times import DAY, NS_PER_MS, TimeRange
from stores.samples import Count, Extent, Part, RowColumns, RowExtent, SampleRange, SampleSource, Window, Windows
from stores.timeseries import LADDER, Timeseries

CONCURRENCY = 2  # InfluxDB processes each request on one core
ROWS_PER_WRITE = 5_000
MAX_SAMPLES = 5_000  # per sensor, in a request for several sensors; beyond it the sensor's samples are streamed
SAMPLES_PER_CHUNK = 250_000
CHUNK_MS = 10 * DAY  # first guess for a range of unknown density
MAX_CHUNK_MS = 400 * DAY
Ints = npt.NDArray[np.int64]
Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Stores:
    """Where a tenant's samples are read and its rows are written. `check` is called before each write."""

    reader: SampleSource
    writer: Timeseries
    check: Check = lambda: None


def repair_buckets(stores: Stores, sensors: Sequence[Sensor], finest: Rung, span: TimeRange) -> None:
    """Rebuild a few buckets for sensors of one site and kind, and the buckets of coarser rungs that contain them."""
    rungs = rungs_from(finest)
    ids, text = [sensor.id for sensor in sensors], is_text(sensors[0])
    above = list(pairwise(rungs))  # (child, parent)
    raw, *siblings = stores.reader.read(
        [
            SampleRange(sensors[0].site, text, ids, Window.of(span), MAX_SAMPLES),
            *(rows_request(child, sensors, parent.around(span), COLUMNS[sensors[0].kind]) for child, parent in above),
        ]
    )
    lines = []
    for sensor in sensors:
        rows = _finest_rows(stores.reader, sensor, part_of_sensor(raw, sensor), finest, span)
        lines.append(lines_of(sensor, finest, _with_empty(rows, _starts(finest.around(span), finest), sensor)))
        for (child, parent), found in zip(above, siblings, strict=True):
            around = child.around(span)
            beside = rows_of_values(found.get(sensor.id), COLUMNS[sensor.kind], text)
            beside = beside.take(((beside.t < around.start) | (beside.t >= around.end)) & (beside.n + beside.n_bad > 0))
            rows = merged(joined([beside, rows], text), parent.ms, hold_limit_of(sensor), stored_rule(sensor))
            lines.append(lines_of(sensor, parent, _with_empty(rows, _starts(parent.around(span), parent), sensor)))
    stores.check()
    stores.writer.write_lines(LADDER, b"".join(lines), "ms")


def repair_range(stores: Stores, sensor: Sensor, finest: Rung, span: TimeRange) -> int:
    """Rebuild all rungs of a sensor over whole buckets of the coarsest one. Returns the number of samples."""
    if COARSEST.around(span) != span:
        raise ValueError("a range is made of whole buckets of the coarsest rung")
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        folded = pool.map(lambda half: _stream_rows(stores.reader, sensor, finest, half), _halves(span))
        rungs, rows = rungs_from(finest), all_rungs(sensor, finest, joined(list(folded), is_text(sensor)))
        filled = _filled(stores.reader, sensor, rungs, span)
        whole = [_with_empty(built, known, sensor) for built, known in zip(rows, filled, strict=True)]
        parts = list(batches(sensor, rungs, whole))
        for place in range(0, len(parts), CONCURRENCY):
            stores.check()
            some = parts[place : place + CONCURRENCY]
            list(pool.map(lambda lines: stores.writer.write_lines(LADDER, lines, "ms"), some))
    return int(rows[-1].n.sum() + rows[-1].n_bad.sum())


def all_rungs(sensor: Sensor, finest: Rung, rows: Rows) -> list[Rows]:
    """The rows of every rung, from those of the finest one over whole buckets of the coarsest."""
    every = [rows]
    for rung in rungs_from(finest)[1:]:
        every.append(merged(every[-1], rung.ms, hold_limit_of(sensor), stored_rule(sensor)))
    return every


def batches(sensor: Sensor, rungs: Sequence[Rung], rows: Sequence[Rows]) -> Iterator[bytes]:
    """Lines in batches of some thousand rows; the short, coarser rungs share a batch."""
    waiting, count = b"", 0
    for rung, of_rung in zip(rungs, rows, strict=True):
        for place in range(0, len(of_rung), ROWS_PER_WRITE):
            part = of_rung.take(slice(place, place + ROWS_PER_WRITE))
            if count + len(part) > ROWS_PER_WRITE and waiting:
                yield waiting
                waiting, count = b"", 0
            waiting, count = waiting + lines_of(sensor, rung, part), count + len(part)
    if waiting:
        yield waiting


def _halves(span: TimeRange) -> list[TimeRange]:
    middle = COARSEST.floor(span.start + span.width // 2)
    return [half for half in (TimeRange(span.start, middle), TimeRange(middle, span.end)) if half.width]


def part_of(source: SampleSource, sensor: Sensor, span: TimeRange, max_samples: int = SAMPLES_PER_CHUNK) -> TimeRange:
    """The end of a range with at most about `max_samples` samples, aligned to the coarsest rung.

    Samples are counted, as a sensor may report far more or less often than its interval says.
    """
    interval = interval_ms_of(sensor)
    length = CHUNK_MS if interval is None else min(int(max_samples * interval), MAX_CHUNK_MS)
    while True:
        part = TimeRange(max(COARSEST.floor(span.end - max(length, COARSEST.ms)), span.start), span.end)
        samples = 0
        for start, count in reversed(_counts(source, sensor, part)):
            samples += count
            if samples > max_samples and start + COARSEST.ms < part.end:
                return TimeRange(start + COARSEST.ms, part.end)
        as_expected = interval is not None and 4 * samples >= max_samples
        if as_expected or part.start == span.start or length == MAX_CHUNK_MS:
            return part
        length = min(4 * length, MAX_CHUNK_MS)


def _counts(source: SampleSource, sensor: Sensor, span: TimeRange) -> list[tuple[int, int]]:
    """Start (ms) and number of samples of each non-empty bucket of the coarsest rung, ascending."""
    request = Count(sensor.site, is_text(sensor), sensor.id, Window.of(span), Windows(COARSEST.ms))
    [counts] = source.read([request])
    return list(counts)


def extents(source: SampleSource, sensors: Sequence[Sensor]) -> dict[str, TimeRange]:
    """The range of stored samples and rows of each sensor (of one site) that has any."""
    site, ids = sensors[0].site, [sensor.id for sensor in sensors]
    found: dict[str, list[int]] = {}
    for ends in source.read([Extent(site, ids), RowExtent(site, COARSEST.name, ids)]):
        for sensor, times in ends.items():
            found.setdefault(sensor, []).extend(t // NS_PER_MS for t in times)
    return {id: COARSEST.around(TimeRange(min(times), max(times) + 1)) for id, times in found.items()}


def _finest_rows(source: SampleSource, sensor: Sensor, found: Part, finest: Rung, span: TimeRange) -> Rows:
    """Rows from the samples read, or from a stream if there are more of them."""
    if found.resume is not None:
        return _stream_rows(source, sensor, finest, span)
    return fold_rows([found.samples], finest.ms, sensor)


def _stream_rows(source: SampleSource, sensor: Sensor, finest: Rung, span: TimeRange) -> Rows:
    """Rows built part by part, as a single bucket may hold millions of samples."""
    return fold_rows(stream_raw(source, sensor, span), finest.ms, sensor)


def _starts(span: TimeRange, rung: Rung) -> Ints:
    return np.arange(span.start, span.end, rung.ms, dtype=np.int64)


def _with_empty(rows: Rows, starts: Ints, sensor: Sensor) -> Rows:
    """The rows, and an empty row (n = 0) for each bucket that has no samples (any more)."""
    if np.array_equal(starts, rows.t):
        return rows
    missing = np.setdiff1d(starts, rows.t)
    if not len(missing):
        return rows
    text = is_text(sensor)
    return joined([rows, empty_rows(missing, text)], text) if len(rows) else empty_rows(missing, text)


def _filled(source: SampleSource, sensor: Sensor, rungs: Sequence[Rung], span: TimeRange) -> list[Ints]:
    """For each rung, the starts of stored rows that are not empty."""
    requests = [rows_request(rung, [sensor], span, ("n", "n_bad")) for rung in rungs]
    return [_starts_of_filled(found.get(sensor.id)) for found in source.read(requests)]


def _starts_of_filled(found: RowColumns | None) -> Ints:
    if found is None:
        return np.zeros(0, np.int64)
    n, n_bad = found.columns
    filled = (np.nan_to_num(n) != 0) | (np.nan_to_num(n_bad) != 0)
    return np.asarray(found.t[filled] // NS_PER_MS)
