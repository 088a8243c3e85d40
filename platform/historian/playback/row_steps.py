"""What rows say about a sensor's values at moments: the steps, and the spans that they leave undetermined. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from historian.playback.step_series import Moments, StepSeries
from historian.read.row_table import RowTable
from historian.rungs.rungs import Rung
from kernel.times import TimeRange

MAX_SAMPLES_FORWARD = 500  # up to which reading all is cheaper than finding the last one


def steps_of_table(table: RowTable, span: TimeRange, moments: Moments) -> StepSeries:
    """The last sample of each row, or the first one if the state did not change in between."""
    start, offset = table.start, table.columns["tlast"]
    chosen = np.flatnonzero(offset >= 0)
    t = start[chosen] + offset[chosen]
    if "tfirst" in table.columns:
        steady = chosen[_is_steady(table)[chosen]]
        t = np.concatenate([start[steady] + table.columns["tfirst"][steady], t])
        chosen = np.concatenate([steady, chosen])
        order = np.argsort(t, kind="stable")
        t, chosen = t[order], chosen[order]
    within = (t >= span.start) & (t < span.end)
    t, chosen = t[within], chosen[within]
    values = table.columns["last_s" if "last_s" in table.columns else "last"][chosen]
    return StepSeries(np.searchsorted(moments, t), t, values, np.zeros(len(t), np.int64))


def _is_steady(table: RowTable) -> npt.NDArray[np.bool_]:
    """Which rows of a state have one value only, and no bad samples."""
    columns = table.columns
    good = columns["n_bad"] == 0
    if "states" in columns:
        one = np.array([text.count('":') == 1 for text in columns["states"].tolist()], bool)
        return np.asarray(good & one, bool)
    return np.asarray(good & (columns["min"] == columns["max"]), bool)


def undetermined(table: RowTable, moments: Moments, span: TimeRange, rung: Rung) -> Iterator[tuple[TimeRange, bool]]:
    """Spans in which to find the last sample before a moment that rows do not determine, and whether they are sparse.

    These are within a row, between its first and last sample, unless it is steady, and after rows with bad samples.
    """
    tfirst, tlast, n, n_bad = (table.columns[name] for name in ("tfirst", "tlast", "n", "n_bad"))
    filled = n + n_bad > 0
    start, tfirst, tlast, n_bad, count = (a[filled] for a in (table.start, tfirst, tlast, n_bad, n + n_bad))
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
    over = over[over >= 0]
    for place in over[n_bad[over] > 0].tolist():
        end = int(start[place]) + rung.ms
        if end > span.start:
            yield TimeRange(max(int(start[place]), span.start), end), bool(count[place] <= MAX_SAMPLES_FORWARD)
