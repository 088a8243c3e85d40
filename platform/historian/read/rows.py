"""The columns of stored rows, all of which are always written, and parsing them into `Rows`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from historian.rungs.rows import NONE, Rows, no_rows
from historian.rungs.rungs import Rung
from historian.rungs.states import decode
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import Filled, RowColumns, RowRange, Window

TIME_COLUMNS = ("tfirst", "tlast", "tmin", "tmax")
_NUMBERS = ("min", "tmin", "max", "tmax", "first", "tfirst", "last", "tlast", "sum", "m2", "n", "n_bad")
COLUMNS: dict[str, tuple[str, ...]] = {
    "continuous": _NUMBERS,
    "counter": (*_NUMBERS, "inc"),
    "discrete": (*_NUMBERS, "states"),
    "text": ("first_s", "tfirst", "last_s", "tlast", "n", "n_bad", "states"),
}
TEXT_COLUMNS = {"first_s": "first", "last_s": "last"}
STRINGS = {*TEXT_COLUMNS, "states"}


def rows_request(
    rung: Rung,
    sensors: Sequence[Sensor],
    span: TimeRange,
    columns: Sequence[str],
    *,
    filled: Filled | None = None,
    last: bool = False,
) -> RowRange:
    """A request for the rows of one site's sensors whose buckets start in `span`."""
    ids = [sensor.id for sensor in sensors]
    texts = [name for name in columns if name in STRINGS]
    return RowRange(sensors[0].site, rung.name, ids, Window.of(span), columns, filled, last, texts)


def rows_of_values(values: RowColumns | None, columns: Sequence[str], text: bool = False) -> Rows:
    """The rows of one sensor. Columns that were not requested are zeros.

    Rows without a requested column were written when the sensor had another kind, and are ignored.
    """
    if values is None:
        return no_rows(text)
    t, given = values.t // NS_PER_MS, dict(zip(columns, values.columns, strict=True))
    lacking = np.zeros(len(t), bool)
    for column in given.values():
        lacking |= [value is None for value in column] if column.dtype == object else np.isnan(column)
    if lacking.any():
        t, given = t[~lacking], {name: column[~lacking] for name, column in given.items()}
    if "states" in given:
        held: npt.NDArray[Any] = np.empty(len(t), object)
        held[:] = [decode(states) for states in given["states"]]
        given["states"] = held
    return _rows(t, given, text)


def _rows(t: npt.NDArray[np.int64], given: dict[str, npt.NDArray[Any]], text: bool) -> Rows:
    none = np.zeros(len(t))

    def number(name: str) -> npt.NDArray[np.float64]:
        return given.get(name, none)

    def whole(name: str) -> npt.NDArray[np.int64]:
        return number(name).astype(np.int64)

    times = {}
    for name in TIME_COLUMNS:
        offsets = whole(name)
        times[name] = np.where(offsets < 0, NONE, t + offsets) if name in given else offsets
    first, last = ("first_s", "last_s") if text else ("first", "last")
    n = whole("n")
    if "n" not in given and (known := [name for name in TIME_COLUMNS if name in given]):
        n = (given[known[0]] >= 0).astype(np.int64)  # to identify rows without usable samples
    return Rows(
        t, n, whole("n_bad"), times["tfirst"], times["tlast"], times["tmin"], times["tmax"], number(first),
        number(last), number("min"), number("max"), number("sum"), number("m2"), number("inc"), given.get("states"),
    )  # fmt: skip
