"""Samples exactly as stored, with both fields of a sensor, whatever its kind is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from stores.samples import ALWAYS, Sample, Window
from stores.timeseries.client import Timeseries
from stores.timeseries.statements import LADDER, literal, quoted, select
from stores.timeseries.translation import BY_SENSOR, NEWEST_FIRST, SENSORS_PER_STATEMENT

SENSORS_PER_REQUEST = 1_000
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


def sensors_ever_stored(store: Timeseries, site: str, sensors: Sequence[str]) -> set[str]:
    """Those of the sensors that have a sample, be it a number or a text, or a row of any rung."""
    found: set[str] = set()
    for place in range(0, len(sensors), SENSORS_PER_REQUEST):
        some = sensors[place : place + SENSORS_PER_REQUEST]
        chunks = [some[at : at + SENSORS_PER_STATEMENT] for at in range(0, len(some), SENSORS_PER_STATEMENT)]
        samples = [
            select('"value", "text"', site, ALWAYS, sensors=each, rest=f"{BY_SENSOR} LIMIT 1") for each in chunks
        ]
        answers = store.read([*samples, *(_any_row(site, each) for each in chunks)])
        found |= {series.tags["sensor"] for answer in answers for series in answer}
    return found


def _any_row(site: str, sensors: Sequence[str]) -> str:
    named = " OR ".join(f'"sensor" = {literal(sensor)}' for sensor in sensors)
    return f'SELECT "n" FROM {quoted(LADDER)}./^{site}\\./ WHERE {named} {BY_SENSOR} LIMIT 1'


def newest_stored(store: Timeseries, site: str, sensor: str) -> Sample | None:
    """The newest point of a sensor, a text or a number."""
    statement = select('"value", "text", "quality"', site, ALWAYS, sensors=[sensor], rest=f"{NEWEST_FIRST} LIMIT 1")
    [found] = store.read([statement])
    for series in found:
        t, value, text, quality = series.values[0]
        return Sample(t, text if value is None else float(value), quality or 0)
    return None
