"""Step series from raw samples: from all of them, or from the last one before each moment."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.models import Sensor
from historian.playback.step_series import Moments, StepSeries
from historian.read.last import SiteSize, by_site, read_last
from historian.read.raw import COLUMN_TYPES, PRESENT
from historian.rungs.samples import Raw, joined_raw
from kernel.samples import BAD
from kernel.times import TimeRange
from stores.timeseries import Series, Timeseries, Window, select
from stores.timeseries.statements import NS_PER_MS

MAX_SAMPLES = 1_000_000  # of all sensors together


def by_samples(
    store: Timeseries, sensors: Sequence[Sensor], span: TimeRange, moments: Moments, limit: int
) -> dict[str, StepSeries] | None:
    """From every sample. None where a sensor has `limit` or more, or all have very many: windows are the better way."""
    steps: dict[str, StepSeries] = {}
    total = 0
    for (site, field), ids in by_site(sensors).items():
        rest = f'GROUP BY "sensor" LIMIT {limit}'
        statement = select(f'"{field}","quality"', site, Window.of(span), sensors=ids, where=PRESENT[field], rest=rest)
        columns = {"tags": pa.string(), field: COLUMN_TYPES[field], "quality": pa.uint8()}
        tables: list[pa.Table] = []
        for table in store.stream_csv(statement, columns):
            tables.append(table)
            total += table.num_rows
            if total > MAX_SAMPLES:
                return None
        for sensor, rows in runs_of_sensors(pa.concat_tables(tables)) if tables else ():
            if rows.num_rows >= limit:
                return None
            rows = rows.filter(pc.is_valid(rows[field]))
            t = rows["time"].to_numpy() // NS_PER_MS
            quality = rows["quality"].fill_null(0).to_numpy().astype(np.int64)
            steps[sensor] = StepSeries(np.searchsorted(moments, t), t, rows[field].to_pylist(), quality)
    return steps


def last_by_frame(parts: Iterable[Raw], moments: Moments) -> Raw:
    """Of samples, however many, the last one before each moment, and the first two changes since the moment before.

    No other sample matters: the last one holds, and two changes tell that a state came and went.
    """
    kept: list[Raw] = []
    for raw in parts:
        frames = np.searchsorted(moments, raw.t_ms)
        last = np.flatnonzero(np.diff(frames, append=len(moments) + 1))
        changes = np.flatnonzero(raw.v[1:] != raw.v[:-1]) + 1
        of_frame = frames[changes]
        first_two = np.ones(len(changes), bool)
        first_two[2:] = of_frame[2:] != of_frame[:-2]
        chosen = np.union1d(last, changes[first_two])
        kept.append(Raw(raw.t[chosen], raw.v[chosen], raw.q[chosen]))
    return joined_raw(kept)


def runs_of_sensors(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each sensor; its id is in the column `tags`, as `sensor=<id>`."""
    if not table.num_rows:
        return
    runs = pc.run_end_encode(table["tags"].combine_chunks())
    start = 0
    for tags, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield tags.removeprefix("sensor="), table.slice(start, end - start)
        start = end


def by_windows(
    store: Timeseries, sensors: Sequence[Sensor], span: TimeRange, moments: Moments, site_size: SiteSize
) -> dict[str, StepSeries]:
    """From the last sample between any two moments. The last window of all may be longer, and InfluxDB may cut it."""
    width = int(moments[1] - moments[0]) if len(moments) > 1 else 1
    rest = f'GROUP BY time({width}ms,{span.start % width}ms),"sensor" fill(none)'

    def frames_of(starts: Sequence[int]) -> npt.NDArray[np.int64]:
        frames = (np.array(starts, np.int64) // NS_PER_MS - span.start) // width + 1
        return np.minimum(frames, len(moments) - 1)

    steps = {}
    for id, series in read_last(store, sensors, Window.of(span), rest, site_size):
        starts, values, quality = zip(*series.values, strict=True)
        frames = frames_of(starts)
        known = np.array([q or 0 for q in quality], np.int64)
        steps[id] = StepSeries(frames, moments[frames], values, known)
    for id, series in _extremes(store, [s for s in sensors if s.kind == "discrete" and s.id in steps], span, rest):
        starts, low, high = zip(*series.values, strict=True)
        extremes = dict(zip(frames_of(starts).tolist(), zip(low, high, strict=True), strict=True))
        steps[id] = dataclasses.replace(steps[id], hidden=_passed(steps[id], extremes))
    return steps


def _extremes(store: Timeseries, sensors: Sequence[Sensor], span: TimeRange, rest: str) -> Iterator[tuple[str, Series]]:
    """The smallest and the largest state of each window: what shows that one came and went."""
    usable = f'"quality" < {BAD}'
    statements = [
        select(f'min("{field}"),max("{field}")', site, Window.of(span), sensors=ids, where=usable, rest=rest)
        for (site, field), ids in by_site(sensors).items()
    ]
    for result in store.read(statements) if statements else []:
        yield from ((series.tags["sensor"], series) for series in result)


def _passed(steps: StepSeries, extremes: Mapping[int, tuple[float, float]]) -> npt.NDArray[np.int64]:
    """The frames whose smallest or largest state holds neither at the frame's moment nor at the one before."""
    before, found = None, []
    for frame, value in zip(steps.frame.tolist(), steps.v, strict=True):
        if before is not None and set(extremes.get(frame, ())) - {before, value}:
            found.append(frame)
        before = value
    return np.array(found, np.int64)
