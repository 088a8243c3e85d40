"""Rows of a rung as Arrow tables: reads them, and derives steps and the spans that they leave undetermined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.models import Sensor
from historian.playback.hidden_changes import STATES
from historian.playback.step_series import Moments, StepSeries
from historian.read.last import by_site
from historian.rungs.rungs import Rung
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import RowRange, SampleSource, Window

CONCURRENCY = 2  # InfluxDB processes each request on one core
MIN_SENSORS_FOR_SPLIT = 20  # up to which one request is as fast as two
MAX_SAMPLES_FORWARD = 500  # up to which reading all is cheaper than finding the last one


def read_tables(source: SampleSource, sensors: Sequence[Sensor], span: TimeRange, rung: Rung) -> dict[str, pa.Table]:
    """Each sensor's rows; large groups are split into two concurrent requests."""
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


def steps_of_table(table: pa.Table, span: TimeRange, moments: Moments) -> StepSeries:
    """The last sample of each row, or the first one if the state did not change in between."""
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
    """Which rows of a state have one value only, and no bad samples."""
    good = table["n_bad"].to_numpy() == 0
    if "states" in table.column_names:
        one = np.array([text.count('":') == 1 for text in table["states"].to_pylist()], bool)
        return np.asarray(good & one, bool)
    return np.asarray(good & (table["min"].to_numpy() == table["max"].to_numpy()), bool)


def undetermined(table: pa.Table, moments: Moments, span: TimeRange, rung: Rung) -> Iterator[tuple[TimeRange, bool]]:
    """Spans in which to find the last sample before a moment that rows do not determine, and whether they are sparse.

    These are within a row, between its first and last sample, unless it is steady, and after rows with bad samples.
    """
    start, tfirst, tlast, n, n_bad = (table[name].to_numpy() for name in ("time", "tfirst", "tlast", "n", "n_bad"))
    start = start // NS_PER_MS
    filled = n + n_bad > 0
    start, tfirst, tlast, n_bad, count = (a[filled] for a in (start, tfirst, tlast, n_bad, n + n_bad))
    steady = _is_steady(table)[filled]
    within = moments[(moments >= span.start) & (moments < span.end)]
    row = np.searchsorted(start, within, "right") - 1
    within, row = within[row >= 0], row[row >= 0]
    since = within - start[row]
    inside = since < rung.ms
    unknown = inside & ~steady[row] & ((n_bad[row] > 0) | ((since >= tfirst[row]) & (since < tlast[row])))
    for moment, place in zip(within[unknown].tolist(), row[unknown].tolist(), strict=True):
        yield TimeRange(max(int(start[place]), span.start), moment + 1), bool(count[place] <= MAX_SAMPLES_FORWARD)
    # The value after a row. For a moment within a row the previous row matters, too, if all its samples are later.
    over = np.unique(np.concatenate([row[~inside], row[inside] - 1]))
    for place in over[over >= 0].tolist():
        end = int(start[place]) + rung.ms
        if n_bad[place] and end > span.start:
            yield TimeRange(max(int(start[place]), span.start), end), bool(count[place] <= MAX_SAMPLES_FORWARD)
