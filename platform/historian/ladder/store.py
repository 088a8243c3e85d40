"""Rows of the ladder in InfluxDB: a measurement a rung, a point a row, every field always written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.models import Sensor
from historian.ladder.rows import NONE, Rows, no_rows
from historian.ladder.rungs import Rung, measurement_of
from historian.ladder.states import decode, encode
from kernel.times import TimeRange
from stores.timeseries import LADDER, Series, Window, quoted, select
from stores.timeseries.lines import as_text, join_lines, quoted_value
from stores.timeseries.statements import NS_PER_MS

_TIMES = ("tfirst", "tlast", "tmin", "tmax")
_NUMBERS = ("min", "tmin", "max", "tmax", "first", "tfirst", "last", "tlast", "sum", "m2", "n", "n_bad")
COLUMNS: dict[str, tuple[str, ...]] = {
    "continuous": _NUMBERS,
    "counter": (*_NUMBERS, "inc"),
    "discrete": (*_NUMBERS, "states"),
    "text": ("first_s", "tfirst", "last_s", "tlast", "n", "n_bad", "states"),
}
_TEXT_COLUMNS = {"first_s": "first", "last_s": "last"}
_STRINGS = {*_TEXT_COLUMNS, "states"}
_WHOLE = {*_TIMES, "n", "n_bad"}
FEW_ROWS = 16  # rows up to which Python writes them faster than Arrow, each of whose columns costs 20 us


def select_rows(
    rung: Rung, sensors: Sequence[Sensor], span: TimeRange, columns: Iterable[str], rest: str = "", where: str = ""
) -> str:
    """A statement for the rows of sensors of one site whose buckets begin in `span`."""
    named = ",".join(quoted(column) for column in columns)
    ids = [sensor.id for sensor in sensors]
    site = measurement_of(sensors[0].site, rung)
    return select(named, site, Window.of(span), sensors=ids, policy=LADDER, rest=rest, where=where)


def rows_of_series(series: Series | None, columns: Sequence[str], text: bool = False) -> Rows:
    """What `select_rows` answered for one sensor. Columns that were not asked for are zeros.

    Rows that lack one were written when the sensor was of another kind: they are no rows of it.
    """
    values = series.values if series is not None else []
    if not values:
        return no_rows(text)
    strings = [place for place, name in enumerate(columns, 1) if name in _TEXT_COLUMNS or name == "states"]
    if strings:
        values = [row for row in values if None not in row]
        if not values:
            return no_rows(text)
        given = dict(zip(columns, _typed(values, columns), strict=True))
        t = np.array([row[0] for row in values], np.int64) // NS_PER_MS
    else:
        # Times are whole minutes, which float64 holds to the ns. One pass over all numbers is three times faster.
        width = len(columns) + 1
        table = np.fromiter(chain.from_iterable(values), np.float64, len(values) * width).reshape(-1, width)
        lacking = np.isnan(table)
        if lacking.any():
            table = table[~lacking.any(axis=1)]
        t = table[:, 0].astype(np.int64) // NS_PER_MS
        given = {name: table[:, place] for place, name in enumerate(columns, 1)}
    return _rows(t, given, text)


def _typed(values: list[list[Any]], columns: Sequence[str]) -> Iterable[npt.NDArray[Any]]:
    for name, column in zip(columns, list(zip(*values, strict=True))[1:], strict=True):
        if name == "states":
            held: npt.NDArray[Any] = np.empty(len(column), object)
            held[:] = [decode(text) for text in column]
            yield held
        else:
            yield np.array(column, object if name in _TEXT_COLUMNS else np.float64)


def _rows(t: npt.NDArray[np.int64], given: dict[str, npt.NDArray[Any]], text: bool) -> Rows:
    none = np.zeros(len(t))

    def number(name: str) -> npt.NDArray[np.float64]:
        return given.get(name, none)

    def whole(name: str) -> npt.NDArray[np.int64]:
        return number(name).astype(np.int64)

    times = {}
    for name in _TIMES:
        offsets = whole(name)
        times[name] = np.where(offsets < 0, NONE, t + offsets) if name in given else offsets
    first, last = ("first_s", "last_s") if text else ("first", "last")
    n = whole("n")
    if "n" not in given and (known := [name for name in _TIMES if name in given]):
        n = (given[known[0]] >= 0).astype(np.int64)  # so that rows without usable samples are told apart
    return Rows(
        t, n, whole("n_bad"), times["tfirst"], times["tlast"], times["tmin"], times["tmax"], number(first),
        number(last), number("min"), number("max"), number("sum"), number("m2"), number("inc"), given.get("states"),
    )  # fmt: skip


def lines_of(sensor: Sensor, rung: Rung, rows: Rows) -> bytes:
    """The rows as line protocol, times in ms."""
    names, head = COLUMNS[sensor.kind], f"{measurement_of(sensor.site, rung)},sensor={sensor.id} "
    if len(rows) <= FEW_ROWS:
        fields = [[f"{name}={text}" for text in _texts(rows, name)] for name in names]
        lines = (f"{head}{','.join(each)} {t}\n" for *each, t in zip(*fields, rows.t.tolist(), strict=True))
        return "".join(lines).encode()
    parts: list[Any] = [head]
    for place, name in enumerate(names):
        parts[-1] += f"{',' if place else ''}{name}="
        parts += [_arrow(rows, name), "i" if name in _WHOLE else ""]
    parts[-1] += " "
    return join_lines(*(pa.scalar(part) if isinstance(part, str) else part for part in [*parts, as_text(rows.t)]))


def _texts(rows: Rows, name: str) -> list[str]:
    values = _field(rows, name).tolist()
    if name in _STRINGS:
        return list(map(quoted_value, values))
    return [f"{value}i" for value in values] if name in _WHOLE else list(map(repr, values))


def _arrow(rows: Rows, name: str) -> Any:
    column = _field(rows, name)
    return pa.array(map(quoted_value, column.tolist()), pa.string()) if name in _STRINGS else as_text(column)


def _field(rows: Rows, name: str) -> npt.NDArray[Any]:
    if name == "states":
        if rows.held is None:
            raise ValueError("rows of states without the time in each state")
        return np.array([encode(held) for held in rows.held], object)
    column: npt.NDArray[Any] = getattr(rows, _TEXT_COLUMNS.get(name, name))
    return np.where(column == NONE, NONE, column - rows.t) if name in _TIMES else column
