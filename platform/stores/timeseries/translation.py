"""Requests for samples and rows as InfluxQL, and InfluxDB's series as their answers. Pure.

Samples are points of a site's measurement in the policy `raw`, tagged with their sensor, with the fields `value` or
`text` and `quality`; rows are points of the measurement `<site>.<rung>` in the policy `ladder`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np

from kernel.samples import BAD
from kernel.times import NS_PER_MS
from stores.samples import (
    ALWAYS,
    Count,
    Extent,
    Extremes,
    HasMore,
    Last,
    LastOfWindows,
    LastRows,
    LastSamples,
    LowHigh,
    Part,
    Raw,
    Request,
    RowColumns,
    RowExtent,
    RowRange,
    Sample,
    SampleRange,
    Windows,
    raw_of,
    row_columns_of,
)
from stores.samples.requests import MIN_SENSORS_FOR_SITE
from stores.timeseries.answers import Series
from stores.timeseries.packed import TIME, Table, column_of, columns_of
from stores.timeseries.statements import LADDER, RAW, quoted, row_measurement, select

SENSORS_PER_STATEMENT = 50  # 1,000 take 67 ms by 50, and 490 ms all in one
BY_SENSOR = 'GROUP BY "sensor"'
NEWEST_FIRST = "ORDER BY time DESC"
USABLE = f'"quality" < {BAD}'
FILLED: dict[str | None, str] = {None: "", "usable": '"n" > 0', "any": '("n" > 0 OR "n_bad" > 0)'}
Results = Sequence[list[Series]]


class Translation:
    """One request: its statements, and how their results are decoded."""

    def __init__(self, request: Any, statements: list[str], decode: Callable[[Any, Results], Any]) -> None:
        self._request, self.statements, self._decode = request, statements, decode

    def result(self, results: Results) -> Any:
        return self._decode(self._request, results)


def translated(request: Request[Any]) -> Translation:
    statements_of, result_of = _TRANSLATIONS[type(request)]
    return Translation(request, statements_of(request), result_of)


def field_of(text: bool) -> str:
    return "text" if text else "value"


def _chunks(sensors: Sequence[str]) -> Iterable[Sequence[str]]:
    if len(sensors) <= SENSORS_PER_STATEMENT:
        return [sensors]
    return [sensors[at : at + SENSORS_PER_STATEMENT] for at in range(0, len(sensors), SENSORS_PER_STATEMENT)]


def _chunks_or_site(sensors: Sequence[str], site_size: int) -> Iterable[Sequence[str]]:
    """No sensor named: the whole site."""
    if len(sensors) > MIN_SENSORS_FOR_SITE and 0 < site_size <= 2 * len(sensors):
        return [()]
    return _chunks(sensors)


def _time(windows: Windows) -> str:
    return f"time({windows.width_ms}ms,{windows.offset_ms}ms)"


def _of_each(sensors: Sequence[str], results: Results) -> Iterable[tuple[str, Series]]:
    """The series of each sensor that was asked for; one that was asked for alone is not grouped by its tag."""
    if len(sensors) == 1:
        return ((series.tags.get("sensor", sensors[0]), series) for result in results for series in result)
    wanted = set(sensors)
    found = ((series.tags["sensor"], series) for result in results for series in result)
    return (pair for pair in found if pair[0] in wanted)


# -- samples


def _ranges(request: SampleRange) -> list[str]:
    columns, where = f'"{field_of(request.text)}","quality"', USABLE if request.usable else ""
    clauses = [] if len(request.sensors) == 1 else [BY_SENSOR]
    if request.newest:
        clauses += [NEWEST_FIRST, f"LIMIT {request.limit}"] if request.limit else [NEWEST_FIRST]
    elif request.limit is not None:
        clauses.append(f"LIMIT {request.limit + 1}")
    rest = " ".join(clauses)
    return [
        select(columns, request.site, request.window, sensors=some, where=where, rest=rest)
        for some in _chunks(request.sensors)
    ]


def _parts(request: SampleRange, results: Results) -> dict[str, Part]:
    return {sensor: _part(request, series) for sensor, series in _of_each(request.sensors, results)}


def _part(request: SampleRange, series: Series) -> Part:
    rows, resume = series.rows, None
    if request.newest:
        rows = rows[::-1]
    elif request.limit is not None and len(rows) > request.limit:
        rows, resume = rows[: request.limit], _time_of(rows, request.limit - 1)
    return Part(_raw(rows, request.text), resume)


def _time_of(rows: list[list[Any]] | Table, place: int) -> int:
    return int(rows[place][0] if isinstance(rows, list) else rows[TIME][place])


def _raw(rows: list[list[Any]] | Table, text: bool) -> Raw:
    if isinstance(rows, list):
        return raw_of(rows, text)
    return Raw(column_of(rows, 0, np.int64), column_of(rows, 1, np.float64), column_of(rows, 2, np.uint8))


def _lasts(request: LastSamples) -> list[str]:
    field = field_of(request.text)
    if request.few is not None:
        columns, rest, chunks = f'"{field}","quality"', f"{BY_SENSOR} LIMIT {request.few + 1}", _chunks(request.sensors)
    else:
        columns, rest = f'last("{field}"),"quality"', BY_SENSOR
        chunks = _chunks_or_site(request.sensors, request.site_size)
    return [select(columns, request.site, request.window, sensors=some, rest=rest) for some in chunks]


def _last(request: LastSamples, results: Results) -> Last:
    found: dict[str, Sample] = {}
    skipped: list[str] = []
    for sensor, series in _of_each(request.sensors, results):
        if request.few is not None and len(series.values) > request.few:
            skipped.append(sensor)
            continue
        for t, value, quality in reversed(series.values):
            if value is not None:
                found[sensor] = Sample(t, value, quality or 0)
                break
    return Last(found, frozenset(skipped))


def _lasts_of_windows(request: LastOfWindows) -> list[str]:
    columns, rest = (
        f'last("{field_of(request.text)}"),"quality"',
        f'GROUP BY {_time(request.windows)},"sensor" fill(none)',
    )
    chunks = _chunks_or_site(request.sensors, request.site_size)
    return [select(columns, request.site, request.window, sensors=some, rest=rest) for some in chunks]


def _last_of_windows(request: LastOfWindows, results: Results) -> dict[str, Raw]:
    return {sensor: raw_of(series.values, request.text) for sensor, series in _of_each(request.sensors, results)}


def _extremes(request: Extremes) -> list[str]:
    rest = f'GROUP BY {_time(request.windows)},"sensor" fill(none)'
    return [
        select('min("value"),max("value")', request.site, request.window, sensors=some, where=USABLE, rest=rest)
        for some in _chunks(request.sensors)
    ]


def _low_high(request: Extremes, results: Results) -> dict[str, LowHigh]:
    found = {}
    for sensor, series in _of_each(request.sensors, results):
        start, low, high = zip(*series.values, strict=True)
        found[sensor] = LowHigh(np.array(start, np.int64), np.array(low, np.float64), np.array(high, np.float64))
    return found


def _counts(request: Count) -> list[str]:
    rest = f"GROUP BY {_time(request.windows)} fill(none)" if request.windows else ""
    column = f'count("{field_of(request.text)}")'
    return [select(column, request.site, request.window, sensors=[request.sensor], rest=rest)]


def _count(request: Count, results: Results) -> list[tuple[int, int]]:
    return [(start // NS_PER_MS, int(number)) for series in results[0] for start, number in series.values]


def _beyond(request: HasMore) -> list[str]:
    column, rest = f'"{field_of(request.text)}"', f"LIMIT 1 OFFSET {request.than}"
    return [select(column, request.site, request.window, sensors=[request.sensor], rest=rest)]


def _is_beyond(request: HasMore, results: Results) -> bool:
    return bool(results[0])


def _ends(request: Extent) -> list[str]:
    return _first_and_last(request.sensors, RAW, request.site, "quality")


# -- rows


def _rows(request: RowRange) -> list[str]:
    clauses = [] if len(request.sensors) == 1 else [BY_SENSOR]
    if request.last:
        clauses += [NEWEST_FIRST, "LIMIT 1"]
    rest, where = " ".join(clauses), FILLED[request.filled]
    columns = row_columns(request.columns) if request.texts else _of_one_size(request.columns)
    return [
        select(columns, row_measurement(request.site, request.rung), request.window,
               sensors=some, policy=LADDER, where=where, rest=rest)
        for some in _chunks(request.sensors)
    ]  # fmt: skip


def _of_one_size(columns: Iterable[str]) -> str:
    """Whole numbers as floats: otherwise those of a row take one to nine bytes each (see `packed`)."""
    return ",".join(f"{quoted(column)}::float" for column in columns)


def row_columns(columns: Iterable[str]) -> str:
    return ",".join(map(quoted, columns))


def _row_values(request: RowRange, results: Results) -> dict[str, RowColumns]:
    return {sensor: _row_columns(request, series) for sensor, series in _of_each(request.sensors, results)}


def _row_columns(request: RowRange, series: Series) -> RowColumns:
    if series.table is None:
        return row_columns_of(series.values, request.text_places)
    return RowColumns(column_of(series.table, 0, np.int64), columns_of(series.table, np.float64))


def _last_rows(request: LastRows) -> list[str]:
    first, *others = request.columns
    columns = ",".join([f"last({quoted(first)})", *map(quoted, others)])
    name, where = row_measurement(request.site, request.rung), FILLED[request.filled]
    return [
        select(columns, name, request.window, sensors=some, policy=LADDER, where=where, rest=BY_SENSOR)
        for some in _chunks_or_site(request.sensors, request.site_size)
    ]


def _last_row_values(request: LastRows, results: Results) -> dict[str, list[Any]]:
    return {sensor: series.values[0] for sensor, series in _of_each(request.sensors, results)}


def _row_ends(request: RowExtent) -> list[str]:
    return _first_and_last(request.sensors, LADDER, row_measurement(request.site, request.rung), "n")


def _first_and_last(sensors: Sequence[str], policy: str, measurement: str, field: str) -> list[str]:
    return [
        select(f'{which}("{field}")', measurement, ALWAYS, sensors=some, policy=policy, rest=BY_SENSOR)
        for which in ("first", "last")
        for some in _chunks(sensors)
    ]


def _extent(request: Extent | RowExtent, results: Results) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for sensor, series in _of_each(request.sensors, results):
        t = series.values[0][0]
        first, last = found.get(sensor, (t, t))
        found[sensor] = min(first, t), max(last, t)
    return found


_TRANSLATIONS: Final[dict[type, tuple[Callable[[Any], list[str]], Callable[[Any, Results], Any]]]] = {
    SampleRange: (_ranges, _parts),
    LastSamples: (_lasts, _last),
    LastOfWindows: (_lasts_of_windows, _last_of_windows),
    Extremes: (_extremes, _low_high),
    Count: (_counts, _count),
    HasMore: (_beyond, _is_beyond),
    Extent: (_ends, _extent),
    RowRange: (_rows, _row_values),
    LastRows: (_last_rows, _last_row_values),
    RowExtent: (_row_ends, _extent),
}
