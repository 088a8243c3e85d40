"""Reading raw samples from a tenant's InfluxDB: many small ranges in one round trip, or one large range in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from catalog.models import Sensor
from historian.rungs.samples import NO_NUMBERS, NO_TEXTS, Raw
from historian.rungs.sensors import is_text
from kernel.times import TimeRange
from stores.timeseries import Series, Timeseries, Window, select


def field_of(sensor: Sensor) -> str:
    return "text" if is_text(sensor) else "value"


COLUMN_TYPES = {"text": pa.string(), "value": pa.float64()}
# CSV writes no text like an empty one: numbers of a sensor that became a text have to be left out by InfluxDB.
PRESENT = {"text": """("text" != '' OR "text" = '')""", "value": ""}


def read_bulk(store: Timeseries, sensor: Sensor, span: TimeRange) -> Raw:
    """All of a sensor's samples in a range at once: where they were counted, or are few by what is known of them."""
    return _raw_of_table(store.read_csv(*_bulk(sensor, span)), field_of(sensor))


def stream_raw(store: Timeseries, sensor: Sensor, span: TimeRange) -> Iterator[Raw]:
    """The same samples, however many, in parts of some ten thousand."""
    for table in store.stream_csv(*_bulk(sensor, span)):
        yield _raw_of_table(table, field_of(sensor))


def _bulk(sensor: Sensor, span: TimeRange) -> tuple[str, dict[str, pa.DataType]]:
    name = field_of(sensor)
    return _select(sensor, Window.of(span), "", PRESENT[name]), {name: COLUMN_TYPES[name], "quality": pa.uint8()}


def _raw_of_table(table: pa.Table, name: str) -> Raw:
    values = table[name]
    if values.null_count:
        table = table.filter(values.is_valid())
        values = table[name]
    return Raw(
        table["time"].to_numpy(),
        values.to_numpy(),
        table["quality"].fill_null(0).to_numpy(),
    )


def read_page(store: Timeseries, sensor: Sensor, window: Window, limit: int) -> tuple[Raw, int | None]:
    """The first `limit` samples of a window given in ns; and if there are more, the time in ns of the last of them."""
    [result] = store.read([_select(sensor, window, f"LIMIT {limit + 1}")])
    rows = _rows(result)
    return raw_of(rows[:limit], is_text(sensor)), rows[limit - 1][0] if len(rows) > limit else None


def _rows(result: list[Series]) -> list[list[Any]]:
    """Time, value and quality. The value is missing where the other field has one: the sensor changed its kind."""
    return result[0].values if result else []


def raw_of(rows: Sequence[Sequence[Any]], text: bool) -> Raw:
    """Columns of rows as InfluxDB answers them."""
    if not rows:
        return NO_TEXTS if text else NO_NUMBERS
    t, v, q = zip(*rows, strict=True)
    if None in v:
        return raw_of([row for row in rows if row[1] is not None], text)
    if None in q:
        q = tuple(quality or 0 for quality in q)
    return Raw(np.array(t, np.int64), np.array(v, object if text else np.float64), np.array(q, np.uint8))


def select_raw(sensor: Sensor, span: TimeRange, rest: str = "", where: str = "") -> str:
    """A statement for a sensor's samples in a range: time, value, quality."""
    return _select(sensor, Window.of(span), rest, where)


def _select(sensor: Sensor, window: Window, rest: str, where: str = "") -> str:
    return select(f'"{field_of(sensor)}","quality"', sensor.site, window, sensors=[sensor.id], where=where, rest=rest)
