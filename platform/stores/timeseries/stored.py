"""Samples exactly as stored, with both fields of a sensor, whatever its kind is now."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from stores.samples import ALWAYS, Sample, Window
from stores.timeseries.client import Timeseries
from stores.timeseries.statements import select
from stores.timeseries.translation import BY_SENSOR, NEWEST_FIRST, SENSORS_PER_STATEMENT

_COLUMNS = {"value": pa.float64(), "text": pa.string(), "quality": pa.float64()}


def read_stored(store: Timeseries, site: str, sensor: str, window: Window, limit: int) -> pa.Table:
    """The first points of a window: `time` (int64 ns), `value`, `text`, `quality`, each null where it is not stored.

    A point without a text has an empty one here: CSV cannot tell the two apart.
    """
    statement = select('"value", "text", "quality"', site, window, sensors=[sensor], rest=f"LIMIT {limit}")
    return store.read_csv(statement, _COLUMNS)


def sensors_with_samples(store: Timeseries, site: str, spans: Mapping[str, tuple[int, int]]) -> set[str]:
    """Those of the sensors that may have samples within their spans (ns, both included): one of each is looked for."""
    sensors = list(spans)
    statements = []
    for place in range(0, len(sensors), SENSORS_PER_STATEMENT):
        some = sensors[place : place + SENSORS_PER_STATEMENT]
        window = Window(min(spans[each][0] for each in some), max(spans[each][1] for each in some) + 1)
        statements.append(select('"value", "text"', site, window, sensors=some, rest=f"{BY_SENSOR} LIMIT 1"))
    answers = store.read(statements) if statements else []
    return {series.tags["sensor"] for answer in answers for series in answer}


def newest_stored(store: Timeseries, site: str, sensor: str) -> Sample | None:
    """The newest point of a sensor, a text or a number."""
    statement = select('"value", "text", "quality"', site, ALWAYS, sensors=[sensor], rest=f"{NEWEST_FIRST} LIMIT 1")
    [found] = store.read([statement])
    for series in found:
        t, value, text, quality = series.values[0]
        return Sample(t, text if value is None else float(value), quality or 0)
    return None
