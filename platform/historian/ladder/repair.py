"""Building a part of the ladder again: the finest rung from raw, each other one from the one below.

Live buckets that closed, late samples and years of history all take this path; they differ in the span alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from historian.ladder.lines import lines_of
from historian.read.raw import field_of, raw_of, stream_raw
from historian.read.rows import COLUMNS, rows_of_series, select_rows
from historian.rungs.aggregates import merged
from historian.rungs.counters import stored_rule
from historian.rungs.folding import fold_rows
from historian.rungs.rows import Rows, empty_rows, joined
from historian.rungs.rungs import COARSEST, Rung, rungs_from
from historian.rungs.sensors import hold_limit_of, interval_ms_of, is_text
from kernel.times import DAY, TimeRange
from stores.timeseries import LADDER, RAW, Series, Timeseries, Window, select
from stores.timeseries.statements import EARLIEST_NS, LATEST_NS, NS_PER_MS

CONCURRENCY = 2  # InfluxDB answers and writes one request on one core
ROWS_PER_WRITE = 5_000
MAX_SAMPLES = 5_000  # of one sensor that come together with those of others; of more its samples are streamed
SAMPLES_PER_CHUNK = 250_000
CHUNK_MS = 10 * DAY  # of a range, where nobody knows how many samples it holds: tried first
MAX_CHUNK_MS = 400 * DAY
BY_SENSOR = 'GROUP BY "sensor"'
Ints = npt.NDArray[np.int64]
Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Stores:
    """A tenant's InfluxDB, read and written by the users that may. `check` is called before each write."""

    reader: Timeseries
    writer: Timeseries
    check: Check = lambda: None


def repair_buckets(stores: Stores, sensors: Sequence[Sensor], finest: Rung, span: TimeRange) -> None:
    """Build a few buckets of several sensors of one site and kind, and the buckets of every rung that hold them."""
    rungs = rungs_from(finest)
    statements = [_raw(sensors, span, f"LIMIT {MAX_SAMPLES + 1}")]
    above = list(pairwise(rungs))  # (child, parent)
    statements += [
        select_rows(child, sensors, parent.around(span), COLUMNS[sensors[0].kind], BY_SENSOR) for child, parent in above
    ]
    raw, *siblings = [_by_sensor(result) for result in stores.reader.read(statements)]
    lines = []
    for sensor in sensors:
        rows = _finest_rows(stores.reader, sensor, raw.get(sensor.id), finest, span)
        lines.append(lines_of(sensor, finest, _with_empty(rows, _starts(finest.around(span), finest), sensor)))
        for (child, parent), found in zip(above, siblings, strict=True):
            around = child.around(span)
            beside = rows_of_series(found.get(sensor.id), COLUMNS[sensor.kind], is_text(sensor))
            beside = beside.take(((beside.t < around.start) | (beside.t >= around.end)) & (beside.n + beside.n_bad > 0))
            rows = merged(
                joined([beside, rows], is_text(sensor)), parent.ms, hold_limit_of(sensor), stored_rule(sensor)
            )
            lines.append(lines_of(sensor, parent, _with_empty(rows, _starts(parent.around(span), parent), sensor)))
    stores.check()
    stores.writer.write_lines(LADDER, b"".join(lines), "ms")


def repair_range(stores: Stores, sensor: Sensor, finest: Rung, span: TimeRange) -> int:
    """Build all rungs of a sensor over whole buckets of the coarsest one. How many samples there were."""
    if COARSEST.around(span) != span:
        raise ValueError("a range is made of whole buckets of the coarsest rung")
    rungs = rungs_from(finest)
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        folded = pool.map(lambda half: _stream_rows(stores.reader, sensor, finest, half), _halves(span))
        rows = [joined(list(folded), is_text(sensor))]
        for rung in rungs[1:]:
            rows.append(merged(rows[-1], rung.ms, hold_limit_of(sensor), stored_rule(sensor)))
        filled = _filled(stores.reader, sensor, rungs, span)
        whole = [_with_empty(made, known, sensor) for made, known in zip(rows, filled, strict=True)]
        posts = list(_posts(sensor, rungs, whole))
        for place in range(0, len(posts), CONCURRENCY):
            stores.check()
            some = posts[place : place + CONCURRENCY]
            list(pool.map(lambda lines: stores.writer.write_lines(LADDER, lines, "ms"), some))
    return int(rows[-1].n.sum() + rows[-1].n_bad.sum())


def _posts(sensor: Sensor, rungs: Sequence[Rung], rows: Sequence[Rows]) -> Iterator[bytes]:
    """Lines of some thousand rows at a time; the coarser rungs, which are short, go together."""
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


def part_of(store: Timeseries, sensor: Sensor, span: TimeRange, most: int = SAMPLES_PER_CHUNK) -> TimeRange:
    """The end of a range, about so many samples long at most; it begins at a bucket of the coarsest rung.

    They are counted, as a sensor may report far more often, or less often, than it says.
    """
    interval = interval_ms_of(sensor)
    length = CHUNK_MS if interval is None else min(int(most * interval), MAX_CHUNK_MS)
    while True:
        part = TimeRange(max(COARSEST.floor(span.end - max(length, COARSEST.ms)), span.start), span.end)
        samples = 0
        for start, count in reversed(_counts(store, sensor, part)):
            samples += count
            if samples > most and start + COARSEST.ms < part.end:
                return TimeRange(start + COARSEST.ms, part.end)
        if interval is not None or part.start == span.start or length == MAX_CHUNK_MS:
            return part
        length = min(4 * length, MAX_CHUNK_MS)


def _counts(store: Timeseries, sensor: Sensor, span: TimeRange) -> list[tuple[int, int]]:
    """Start and number of samples of each of the coarsest buckets that has any, ascending."""
    statement = select(
        f'count("{field_of(sensor)}")',
        sensor.site,
        Window.of(span),
        sensors=[sensor.id],
        rest=f"GROUP BY time({COARSEST.ms}ms) fill(none)",
    )
    return [(row[0] // NS_PER_MS, row[1]) for series in store.read([statement])[0] for row in series.values]


def extents(store: Timeseries, sensors: Sequence[Sensor]) -> dict[str, TimeRange]:
    """From the first to past the last sample or row of each sensor of one site that has any."""
    site, ids = sensors[0].site, [sensor.id for sensor in sensors]
    always = Window(EARLIEST_NS, LATEST_NS)
    statements = [
        select(f'{which}("{field}")', measurement, always, sensors=ids, policy=policy, rest=BY_SENSOR)
        for which in ("first", "last")
        for policy, measurement, field in ((RAW, site, "quality"), (LADDER, f"{site}.{COARSEST.name}", "n"))
    ]
    found: dict[str, list[int]] = {}
    for result in store.read(statements):
        for series in result:
            found.setdefault(series.tags["sensor"], []).append(series.values[0][0] // NS_PER_MS)
    return {id: COARSEST.around(TimeRange(min(times), max(times) + 1)) for id, times in found.items()}


def _raw(sensors: Sequence[Sensor], span: TimeRange, limit: str) -> str:
    ids = [sensor.id for sensor in sensors]
    columns = f'"{field_of(sensors[0])}","quality"'
    return select(columns, sensors[0].site, Window.of(span), sensors=ids, rest=f"{BY_SENSOR} {limit}")


def _by_sensor(result: Iterable[Series]) -> dict[str, Series]:
    return {series.tags["sensor"]: series for series in result}


def _finest_rows(store: Timeseries, sensor: Sensor, found: Series | None, finest: Rung, span: TimeRange) -> Rows:
    """Of the samples that were found, unless there are more of them."""
    values = found.values if found is not None else []
    if len(values) > MAX_SAMPLES:
        return _stream_rows(store, sensor, finest, span)
    return fold_rows([raw_of(values, is_text(sensor))], finest.ms, sensor)


def _stream_rows(store: Timeseries, sensor: Sensor, finest: Rung, span: TimeRange) -> Rows:
    """Built part by part: one bucket alone may hold millions of samples."""
    return fold_rows(stream_raw(store, sensor, span), finest.ms, sensor)


def _starts(span: TimeRange, rung: Rung) -> Ints:
    return np.arange(span.start, span.end, rung.ms, dtype=np.int64)


def _with_empty(rows: Rows, starts: Ints, sensor: Sensor) -> Rows:
    """With a row of n = 0 for those of the buckets that hold no samples (any more)."""
    missing = np.setdiff1d(starts, rows.t)
    if not len(missing):
        return rows
    text = is_text(sensor)
    return joined([rows, empty_rows(missing, text)], text) if len(rows) else empty_rows(missing, text)


def _filled(store: Timeseries, sensor: Sensor, rungs: Sequence[Rung], span: TimeRange) -> list[Ints]:
    """By rung the starts of the buckets that stored rows say hold samples."""
    results = store.read([select_rows(rung, [sensor], span, ("n", "n_bad")) for rung in rungs])
    return [
        np.array([row[0] // NS_PER_MS for series in result for row in series.values if row[1] or row[2]], np.int64)
        for result in results
    ]
