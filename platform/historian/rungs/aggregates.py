"""Computes rows from samples, and each rung from the one below. Pure numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from historian.rungs.counters import EVERY_FALL_RESETS, CounterRule
from historian.rungs.rows import Floats, Ints, Rows, blank_rows
from historian.rungs.states import held_in_buckets, merge_held, name_of
from kernel.samples import BAD
from stores.samples import Raw

LARGEST = float(np.finfo(np.float64).max)


def rows_of_each(raw: Raw, with_states: bool = False) -> Rows:
    """Every usable sample as a row of its own, of zero width; `t` is its time. The columns share their memory."""
    raw = raw.usable()
    t, count = raw.t_ms, len(raw)
    one, zero = np.ones(count, np.int64), np.zeros(count)
    numbers = zero if raw.v.dtype == object else raw.v
    none = np.zeros(count, np.int64)
    held = np.empty(count, object) if with_states else None
    if held is not None:
        held[:] = [{name_of(value): 0} for value in raw.v.tolist()]
    return Rows(t, one, none, t, t, t, t, raw.v, raw.v, numbers, numbers, numbers, zero, zero, held)  # type: ignore[arg-type]


def rows_of(
    raw: Raw,
    width: int,
    with_states: bool = False,
    limit: int | None = None,
    rule: CounterRule = EVERY_FALL_RESETS,
) -> Rows:
    """The rows of buckets `width` ms wide, from samples in ascending order. Texts always have states.

    `limit`: how long (ms) a state is held without a further sample; None: indefinitely. `rule`: what a decrease of a
    counter means.
    """
    t, text = raw.t_ms, raw.v.dtype == object
    starts, stops = _runs(t // width * width)
    usable = raw.q < BAD
    good_t, good_v = (t, raw.v) if usable.all() else (t[usable], raw.v[usable])
    good_starts, good_stops = _runs(good_t // width * width)
    begins = _begins(good_stops)
    where = np.searchsorted(starts, good_starts)
    n = np.zeros(len(starts), np.int64)
    n[where] = good_stops - begins
    rows = blank_rows(starts, n, stops - _begins(stops) - n, text)
    if len(good_t):
        rows.tfirst[where], rows.tlast[where] = good_t[begins], good_t[good_stops - 1]
        rows.first[where], rows.last[where] = good_v[begins], good_v[good_stops - 1]
        if not text:
            _add_numbers(rows, where, good_t, good_v, begins, good_stops, rule)  # type: ignore[arg-type]
    if not (with_states or text):
        return rows
    held = np.array([{} for _ in starts], object)
    held[where] = held_in_buckets(good_t, good_v, begins, good_stops, limit)
    return replace(rows, held=held)


def merged(rows: Rows, width: int, limit: int | None = None, rule: CounterRule = EVERY_FALL_RESETS) -> Rows:
    """The rows of a coarser rung from those of the one below, which must be complete.

    `limit` and `rule` as for `rows_of`.
    """
    if not len(rows):
        return rows
    starts, stops = _runs(rows.t // width * width)
    begins = _begins(stops)
    n, n_bad = np.add.reduceat(rows.n, begins), np.add.reduceat(rows.n_bad, begins)
    out = blank_rows(starts, n, n_bad, rows.first.dtype == object)
    full = rows.filled()
    if len(full):
        good_starts, good_stops = _runs(full.t // width * width)
        where = np.searchsorted(starts, good_starts)
        first, last = _begins(good_stops), good_stops - 1
        out.tfirst[where], out.tlast[where] = full.tfirst[first], full.tlast[last]
        out.first[where], out.last[where] = full.first[first], full.last[last]
        if full.first.dtype != object:
            _merge_numbers(out, where, full, first, good_stops, rule)
    if rows.held is None:
        return out
    return replace(out, held=merge_held(rows, begins, stops, limit))


def increments(v: Floats, before: float | None, rule: CounterRule = EVERY_FALL_RESETS) -> Floats:
    """The increase of a counter with each sample. `before`: its previous value; without it the first adds nothing."""
    return rule.growth(np.concatenate([[v[0] if before is None else before], v[:-1]]), v)


def grown_by_row(rows: Rows, before: float | None, rule: CounterRule = EVERY_FALL_RESETS) -> Floats:
    """The increase of a counter with each non-empty row, including the increase since the previous row."""
    since = np.concatenate([[rows.first[0] if before is None else before], rows.last[:-1]]).astype(np.float64)
    return np.asarray(rows.inc + rule.growth(since, rows.first.astype(np.float64)), np.float64)


def mean_of(rows: Rows) -> float:
    """The mean of the samples of non-empty rows; between minimum and maximum even if their sum overflows float64."""
    count = float(rows.n.sum())
    with np.errstate(over="ignore"):
        mean = float(rows.sum.sum() / count)
    if not np.isfinite(mean):
        mean = float((rows.sum / count).sum())
    return min(max(mean, float(rows.min.min())), float(rows.max.max()))


def deviations(n: Ints, total: Floats, m2: Floats, groups: Ints) -> Floats:
    """`m2` of groups of rows that start at `groups`, by Chan, Golub and LeVeque (1979): independent of merge order."""
    with np.errstate(over="ignore", invalid="ignore"):
        counts = np.add.reduceat(n, groups)
        sizes = np.diff(np.append(groups, len(n)))
        mean = np.add.reduceat(total, groups) / counts
        apart = total / n - np.repeat(mean, sizes)
        return _finite(np.add.reduceat(m2 + n * apart * apart, groups))


def _runs(keys: Ints) -> tuple[Ints, Ints]:
    """The distinct values of ascending keys, and where each one's run stops."""
    if not len(keys):
        return keys, np.zeros(0, np.int64)
    if keys[0] == keys[-1]:
        return keys[-1:], np.array([len(keys)])
    stops = np.append(np.flatnonzero(keys[1:] != keys[:-1]) + 1, len(keys))
    return keys[stops - 1], stops


def _begins(stops: Ints) -> Ints:
    """The starts of runs, given their stops."""
    return np.concatenate([np.zeros(min(len(stops), 1), np.int64), stops[:-1]])


def _add_numbers(rows: Rows, where: Ints, t: Ints, v: Floats, begins: Ints, stops: Ints, rule: CounterRule) -> None:
    counts = stops - begins
    low, high = np.minimum.reduceat(v, begins), np.maximum.reduceat(v, begins)
    lowest = np.flatnonzero(v == np.repeat(low, counts))
    highest = np.flatnonzero(v == np.repeat(high, counts))
    rows.min[where], rows.max[where] = low, high
    rows.tmin[where] = t[lowest[np.searchsorted(lowest, begins)]]
    rows.tmax[where] = t[highest[np.searchsorted(highest, stops) - 1]]
    with np.errstate(over="ignore", invalid="ignore"):
        total = _finite(np.add.reduceat(v, begins))
        apart = v - np.repeat(total / counts, counts)
        rows.sum[where] = total
        rows.m2[where] = _finite(np.add.reduceat(apart * apart, begins))
        grown = increments(v, None, rule)
        grown[begins] = 0.0
        rows.inc[where] = _finite(np.add.reduceat(grown, begins))


def _merge_numbers(out: Rows, where: Ints, full: Rows, begins: Ints, stops: Ints, rule: CounterRule) -> None:
    counts = stops - begins
    low, high = np.minimum.reduceat(full.min, begins), np.maximum.reduceat(full.max, begins)
    lowest = np.flatnonzero(full.min == np.repeat(low, counts))
    highest = np.flatnonzero(full.max == np.repeat(high, counts))
    out.min[where], out.max[where] = low, high
    out.tmin[where] = full.tmin[lowest[np.searchsorted(lowest, begins)]]
    out.tmax[where] = full.tmax[highest[np.searchsorted(highest, stops) - 1]]
    with np.errstate(over="ignore", invalid="ignore"):
        out.sum[where] = _finite(np.add.reduceat(full.sum, begins))
        grown = grown_by_row(full, None, rule)
        grown[begins] = full.inc[begins]
        out.inc[where] = _finite(np.add.reduceat(grown, begins))
    out.m2[where] = deviations(full.n, full.sum, full.m2, begins)


def _finite(values: Floats) -> Floats:
    """InfluxDB cannot store infinity: overflows are clipped to float64's limits."""
    if np.isfinite(values).all():
        return values
    return np.nan_to_num(values, nan=LARGEST, posinf=LARGEST, neginf=-LARGEST)
