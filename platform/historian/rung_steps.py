"""Steps from the rows of a rung that fits between two moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.models import Sensor
from historian.asof import SiteSize, by_site, read_last
from historian.ladder.rungs import Rung, measurement_of
from historian.planner import MOST_MARKS, Ladder
from historian.raw_steps import NO_STEPS, Moments, Steps, runs_of_sensors
from historian.readers import Raw, is_text, raw_of, select_raw
from kernel.times import TimeRange
from stores.timeseries import LADDER, Timeseries, Window, select
from stores.timeseries.statements import NS_PER_MS

AT_ONCE = 2  # InfluxDB works on one answer with one core
MOST_PARTS = 2_000  # buckets, marked or with a state that changes, read once more from raw
PARTS_A_REQUEST = 500
FEW = 20  # sensors that one request reads as fast as two would


def steps_from_rung(
    store: Timeseries,
    sensors: Sequence[Sensor],
    span: TimeRange,
    moments: Moments,
    rung: Rung,
    ladders: Mapping[str, Ladder],
    sizes: SiteSize,
) -> tuple[dict[str, Steps], bool]:
    """Of each row its last sample: at a moment that is the last before it, or at most a bucket older.

    A state that changes within a bucket is read from raw there, so that states are right to the frame; so are marked
    buckets and the last one, which may not be closed. Whether that was possible for all of them comes second.
    """
    tail = TimeRange(max(rung.floor(span.end - 1), span.start), span.end)
    tables = _read(store, sensors, TimeRange(rung.floor(span.start), tail.end), rung)
    found = {id: _steps(table, span, moments) for id, table in tables.items()}
    parts: list[tuple[Sensor, TimeRange]] = []
    for sensor in sensors:
        marked = [mark for mark in ladders[sensor.id].marked if mark.start < tail.start and mark.end > span.start]
        again = [rung.around(mark) for mark in marked] + _unsteady(tables.get(sensor.id), sensor.kind, rung)
        parts += [(sensor, TimeRange(max(p.start, span.start), min(p.end, span.end))) for p in _united(again)]
    whole = [part for part in parts if part[1].width <= rung.ms * MOST_MARKS][:MOST_PARTS]
    for sensor, part, raw in _raw(store, whole):
        others = Steps(np.searchsorted(moments, raw.t_ms), raw.t_ms, raw.v, raw.q.astype(np.int64))
        found[sensor.id] = _replaced(found.get(sensor.id, NO_STEPS), others, part)
    for id, series in read_last(store, sensors, Window.of(tail), 'GROUP BY "sensor"', sizes):
        t, value, quality = series.values[0]
        last = np.array([t // NS_PER_MS], np.int64)
        one = Steps(np.searchsorted(moments, last), last, [value], np.array([quality or 0], np.int64))
        found[id] = _replaced(found.get(id, NO_STEPS), one, tail)
    return {id: steps for id, steps in found.items() if len(steps.t)}, len(whole) == len(parts)


def _raw(store: Timeseries, parts: Sequence[tuple[Sensor, TimeRange]]) -> Iterator[tuple[Sensor, TimeRange, Raw]]:
    for place in range(0, len(parts), PARTS_A_REQUEST):
        some = parts[place : place + PARTS_A_REQUEST]
        results = store.read([select_raw(sensor, part) for sensor, part in some])
        for (sensor, part), result in zip(some, results, strict=True):
            yield sensor, part, raw_of(result[0].values if result else [], is_text(sensor))


def _read(store: Timeseries, sensors: Sequence[Sensor], span: TimeRange, rung: Rung) -> dict[str, pa.Table]:
    """Each sensor's rows; large groups by two requests at once."""
    groups: list[tuple[str, str, bool, list[str]]] = []
    kinds = {sensor.id: sensor.kind for sensor in sensors}
    for (site, field), ids in by_site(sensors).items():
        states = [id for id in ids if kinds[id] == "discrete"]
        numbers = [id for id in ids if kinds[id] != "discrete"]
        for named in (states, numbers):
            size = -(-len(named) // AT_ONCE) if len(named) > FEW else FEW
            groups += [(site, field, named is states, named[k : k + size]) for k in range(0, len(named), size)]

    def ask(group: tuple[str, str, bool, list[str]]) -> list[tuple[str, pa.Table]]:
        site, field, states, ids = group
        text = field == "text"
        columns = {"last_s" if text else "last": pa.string() if text else pa.float64(), "tlast": pa.int64()}
        if text:
            columns |= {"first_s": pa.string(), "states": pa.string()}
        elif states:
            columns |= {"min": pa.float64(), "max": pa.float64()}
        named = ",".join(f'"{name}"' for name in columns)
        statement = select(
            named, measurement_of(site, rung), Window.of(span), sensors=ids, policy=LADDER, rest='GROUP BY "sensor"'
        )
        return list(runs_of_sensors(store.read_csv(statement, {"tags": pa.string(), **columns})))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(pair for found in pool.map(ask, groups) for pair in found)


def _steps(table: pa.Table, span: TimeRange, moments: Moments) -> Steps:
    offset = table["tlast"].to_numpy()
    t = table["time"].to_numpy() // NS_PER_MS + offset
    chosen = np.flatnonzero((offset >= 0) & (t >= span.start) & (t < span.end))
    values = table["last_s" if "last_s" in table.column_names else "last"].take(pa.array(chosen))
    t = t[chosen]
    v = values.to_pylist() if pa.types.is_string(values.type) else values.to_numpy()
    return Steps(np.searchsorted(moments, t), t, v, np.zeros(len(t), np.int64))


def _unsteady(table: pa.Table | None, kind: str, rung: Rung) -> list[TimeRange]:
    """The buckets of a state's rows in which more than one held."""
    if table is None or kind not in ("discrete", "text"):
        return []
    if kind == "text":
        changed = np.array([text.count('":') != 1 for text in table["states"].to_pylist()], bool)
    else:
        changed = table["min"].to_numpy() != table["max"].to_numpy()
    starts = table["time"].to_numpy()[changed & (table["tlast"].to_numpy() >= 0)] // NS_PER_MS
    return [TimeRange(start, start + rung.ms) for start in starts.tolist()]


def _united(spans: Iterable[TimeRange]) -> list[TimeRange]:
    united: list[TimeRange] = []
    for span in sorted(spans, key=lambda span: span.start):
        if united and span.start <= united[-1].end:
            united[-1] = TimeRange(united[-1].start, max(united[-1].end, span.end))
        else:
            united.append(span)
    return united


def _replaced(steps: Steps, others: Steps, span: TimeRange) -> Steps:
    """`steps` with those within `span` replaced by `others`."""
    start, stop = np.searchsorted(steps.t, [span.start, span.end]).tolist()
    values = [*_listed(steps.v[:start]), *_listed(others.v), *_listed(steps.v[stop:])]
    frame, t, q = (
        np.concatenate([getattr(steps, name)[:start], getattr(others, name), getattr(steps, name)[stop:]])
        for name in ("frame", "t", "q")
    )
    return Steps(frame, t, values, q)


def _listed(values: Sequence[float | str] | npt.NDArray[Any]) -> Sequence[float | str]:
    return values.tolist() if isinstance(values, np.ndarray) else values
