"""Functions of consecutive values, and what fills empty windows. In the order of the statement. Pure numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ingest.sources.influxdb.query.columns import EMPTY, Column, Times, Values, is_missing, missing
from ingest.sources.influxdb.query.syntax import Fill

LOOKS_BACK = frozenset(  # to the window before the range
    {"difference", "non_negative_difference", "derivative", "non_negative_derivative", "elapsed", "moving_average"}
)
TRANSFORMS = LOOKS_BACK | {"cumulative_sum"}


def transform(name: str, column: Column, argument: int, descending: bool) -> Column:
    """`argument`: the unit (ns) of a derivative, the number of values of a moving average."""
    column = column.present()
    if column.v.dtype == object and name != "elapsed":
        return EMPTY
    return _TRANSFORMS[name](column, argument, -1 if descending else 1)


def _difference(column: Column, argument: int, sign: int) -> Column:
    return Column(column.t[1:], np.diff(column.v), column.whole)


def _derivative(column: Column, unit: int, sign: int) -> Column:
    elapsed = np.diff(column.t) * sign
    moved = elapsed != 0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.diff(column.v) / (elapsed / unit)
    return Column(column.t[1:][moved], found[moved])


def _elapsed(column: Column, unit: int, sign: int) -> Column:
    return Column(column.t[1:], np.trunc(np.diff(column.t) / unit), True)


def _moving_average(column: Column, count: int, sign: int) -> Column:
    if len(column) < count:
        return EMPTY
    return Column(column.t[count - 1 :], _sums(column.v, count) / count)


def _sums(values: Values, count: int) -> Values:
    """Of each `count` consecutive values, in linear time: the end of one block of so many and the start of the next.

    A running sum would keep the rounding errors of all that it has passed.
    """
    blocks = np.zeros((-(-len(values) // count), count))
    blocks.ravel()[: len(values)] = values
    ends, starts = np.cumsum(blocks[:, ::-1], axis=1)[:, ::-1].ravel(), np.cumsum(blocks, axis=1).ravel()
    sums = ends[: len(values) - count + 1].copy()
    spans_two = np.arange(len(sums)) % count > 0
    sums[spans_two] += starts[count - 1 : len(values)][spans_two]
    return sums


def _non_negative(inner: Callable[[Column, int, int], Column]) -> Callable[[Column, int, int], Column]:
    def only_rises(column: Column, argument: int, sign: int) -> Column:
        found = inner(column, argument, sign)
        return found.take(found.v >= 0)

    return only_rises


_TRANSFORMS: Mapping[str, Callable[[Column, int, int], Column]] = {
    "difference": _difference,
    "non_negative_difference": _non_negative(_difference),
    "derivative": _derivative,
    "non_negative_derivative": _non_negative(_derivative),
    "elapsed": _elapsed,
    "moving_average": _moving_average,
    "cumulative_sum": lambda column, _, __: Column(column.t, np.cumsum(column.v), column.whole),
}


def fill_windows(column: Column, windows: Times, fill: Fill, count: bool) -> Column:
    """A value for each window; `count`: of a count, which is 0 where there is nothing."""
    if fill.option == "none":
        return column
    text = column.v.dtype == object
    values = missing(len(windows), text)
    order = np.argsort(windows)
    places = order[np.searchsorted(windows, column.t, sorter=order)]
    values[places] = column.v
    given = np.zeros(len(windows), np.bool_)
    given[places] = True
    match fill.option:
        case "null" if count:
            values[~given] = 0.0
        case "number":
            values[~given] = str(fill.value) if text else (np.trunc(fill.value) if column.whole else fill.value)
        case "previous":
            values = _previous(values, given)
        case "linear" if not text:
            values = _linear(windows, values, given, column.whole)
    return Column(windows, values, column.whole)


def _previous(values: np.ndarray, given: np.ndarray) -> np.ndarray:
    last = np.maximum.accumulate(np.where(given, np.arange(len(values)), -1))
    filled = values.copy()
    known = (last >= 0) & ~given
    filled[known] = values[last[known]]
    return filled


def _linear(windows: Times, values: np.ndarray, given: np.ndarray, whole: bool) -> np.ndarray:
    known = given & ~is_missing(values)
    if known.sum() < 2:
        return values
    t, at = windows.astype(np.float64), np.flatnonzero(known)
    order = 1 if windows[0] <= windows[-1] else -1
    between = ~given & (np.arange(len(values)) > at[0]) & (np.arange(len(values)) < at[-1])
    found = np.interp(t[between], t[at][::order], values[at][::order])
    filled = values.copy()
    filled[between] = np.trunc(found) if whole else found
    return filled
