"""When conditions change, found over whole columns: the same as feeding each sample, only fast. Pure numpy."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from functools import singledispatch

import numpy as np
import numpy.typing as npt

from alarms.backtest.columns import Column, Flags, Ints, Steps, changes, latched, merged_times, run_starts
from alarms.rules.conditions import AnyCondition
from alarms.rules.conditions.changes import RESOLUTION, FrozenCondition, RateCondition, StaleCondition
from alarms.rules.conditions.events import EventCountCondition
from alarms.rules.conditions.limits import (
    DeviationCondition,
    LimitCondition,
    RangeCondition,
    Side,
    StateCondition,
)
from alarms.rules.conditions.several import (
    CalculatedCondition,
    DiscrepancyCondition,
    ExpressionCondition,
    Formula,
    SetPointCondition,
)
from alarms.rules.conditions.windows import Part, WindowCondition, figure_of
from catalog.expressions.compute import compute
from kernel.samples import BAD

Columns = Mapping[str, Column]
Floats = npt.NDArray[np.float64]


@singledispatch
def crossings(condition: AnyCondition, columns: Columns, start: int, end: int) -> Steps:
    """The steps of a condition that is watched from `start` to before `end`; `columns`: by input."""
    raise TypeError(f"{type(condition).__name__} cannot be back-tested.")


def limit_flags(condition: LimitCondition, v: Floats) -> tuple[Flags, Flags]:
    """Where values set it, and where they reset it."""
    if condition.side == "high":
        return v > condition.at, v <= condition.back
    return v < condition.at, v >= condition.back


def deviation_flags(condition: DeviationCondition, v: Floats) -> tuple[Flags, Flags]:
    apart = _distance(v, condition.set_point, condition.side)
    return apart > condition.far, apart <= condition.far - condition.deadband


def range_flags(condition: RangeCondition, v: Floats) -> tuple[Flags, Flags]:
    within = (v >= condition.low) & (v <= condition.high)
    return ~within, within


@crossings.register
def _limit(condition: LimitCondition, columns: Columns, start: int, end: int) -> Steps:
    column = columns[condition.input].usable()
    met = latched(*limit_flags(condition, column.v))
    return _of_values(column, met, condition.at)


@crossings.register
def _deviation(condition: DeviationCondition, columns: Columns, start: int, end: int) -> Steps:
    column = columns[condition.input].usable()
    met = latched(*deviation_flags(condition, column.v))
    return _of_values(column, met, condition.set_point)


@crossings.register
def _range(condition: RangeCondition, columns: Columns, start: int, end: int) -> Steps:
    column = columns[condition.input]
    bad = column.q >= BAD
    numbers = column.v if column.v.dtype != object else np.full(len(column), np.nan)
    outside, within = range_flags(condition, numbers)
    known = ~bad & (numbers == numbers)
    met = latched((bad & condition.quality) | (known & outside), known & within)
    changed = changes(met)
    t, on, v, q = column.t[changed], met[changed], column.v[changed].tolist(), column.q[changed].tolist()
    value = [each if flag else None for each, flag in zip(v, on.tolist(), strict=True)]
    against = [
        None if not flag or quality >= BAD else condition.low if each < condition.low else condition.high
        for each, flag, quality in zip(v, on.tolist(), q, strict=True)
    ]
    return Steps(t, on, value, against)


@crossings.register
def _state(condition: StateCondition, columns: Columns, start: int, end: int) -> Steps:
    column = columns[condition.input]
    column = column.take(column.q < BAD)
    if column.v.dtype != object:
        column = column.take(column.v == column.v)
        met = np.isin(column.v, [each for each in condition.states if not isinstance(each, str)])
    else:
        met = np.array([each in condition.states for each in column.v.tolist()], bool)
    moved = run_starts(column.v) | changes(met)
    values = column.v[moved].tolist()
    return Steps(column.t[moved], met[moved], values, (None,) * len(values))


@crossings.register
def _rate(condition: RateCondition, columns: Columns, start: int, end: int) -> Steps:
    column = columns[condition.input].usable()
    width = max(condition.window // RESOLUTION, 1)
    parts, firsts = (column.t // width).tolist(), ((column.t - condition.window) // width).tolist()
    values = column.v.tolist()
    above = _over_minimum(parts, firsts, values, condition.change) if condition.side != "falling" else ()
    negative = [-value for value in values]
    below = _over_minimum(parts, firsts, negative, condition.change) if condition.side != "rising" else ()
    met = np.zeros(len(column), bool)
    for found in (above, below):
        met[list(found)] = True
    return _of_values(column, met, condition.change)


def _over_minimum(parts: list[int], firsts: list[int], values: list[float], change: float) -> list[int]:
    """Where a value is further above the minimum of its window."""
    kept: deque[tuple[int, float]] = deque()
    found = []
    for place, value in enumerate(values):
        first = firsts[place]
        while kept and kept[0][0] < first:
            kept.popleft()
        while kept and kept[-1][1] >= value:
            kept.pop()
        if not kept or kept[-1][0] != parts[place]:
            kept.append((parts[place], value))
        if value - kept[0][1] > change:
            found.append(place)
    return found


@crossings.register
def _frozen(condition: FrozenCondition, columns: Columns, start: int, end: int) -> Steps:
    column = columns[condition.input]
    column = column.take(column.q < BAD)
    if column.v.dtype != object:
        column = column.take(column.v == column.v)
    if not len(column):
        return Steps.none()
    runs = _runs(column, condition.within)
    t, met, value = list[int](), list[bool](), list[float | str | None]()
    times, values = column.t.tolist(), column.v.tolist()
    ends = np.append(runs[1:], len(column))
    found = np.searchsorted(column.t, column.t[runs] + condition.after, "left")
    for first, late, stop in zip(runs.tolist(), found.tolist(), ends.tolist(), strict=True):
        if met and met[-1]:
            t.append(times[first])
            met.append(False)
            value.append(values[first])
        if first < late < stop:
            t.append(times[late])
            met.append(True)
            value.append(values[first])
    return Steps(np.array(t, np.int64), np.array(met, bool), value, (None,) * len(t))


def _runs(column: Column, within: float) -> npt.NDArray[np.intp]:
    """Where the value has moved from where it was held."""
    if within == 0 or column.v.dtype == object:
        return np.flatnonzero(run_starts(column.v))
    starts, held = list[int](), math.nan
    for place, value in enumerate(column.v.tolist()):
        if not abs(value - held) <= within:
            starts.append(place)
            held = value
    return np.array(starts, np.intp)


@crossings.register
def _stale(condition: StaleCondition, columns: Columns, start: int, end: int) -> Steps:
    t = columns[condition.input].t
    heard = np.concatenate([[start], t[t > start]])
    following = np.append(heard[1:], end)
    silent = following - heard > condition.after
    began, ended = heard[silent] + condition.after, following[silent]
    moments = np.stack([began, ended], axis=1).ravel()
    met = np.tile([True, False], len(began))
    inside = moments < end
    moments, met = moments[inside], met[inside]
    return Steps(moments, met, (None,) * len(moments), (None,) * len(moments))


@crossings.register
def _events(condition: EventCountCondition, columns: Columns, start: int, end: int) -> Steps:
    """Several events of one moment are as many entries of the column, which has devices as values."""
    [input] = condition.inputs
    column = columns[input]
    if condition.device:
        column = column.take(column.v == condition.device)
    times = column.t.tolist()
    count, window = condition.count, condition.window
    t, met = list[int](), list[bool]()
    ends: int | None = None  # when it is met no more
    for place, moment in enumerate(times):
        if ends is not None and ends < moment:
            t.append(ends)
            met.append(False)
            ends = None
        if place + 1 < len(times) and times[place + 1] == moment:
            continue  # what is of one moment counts together
        first = times[place - count + 1] if place + 1 >= count else None
        if first is not None and first + window > moment:
            if ends is None:
                t.append(moment)
                met.append(True)
            ends = first + window
        elif ends is not None:
            t.append(moment)
            met.append(False)
            ends = None
    if ends is not None and ends < end:
        t.append(ends)
        met.append(False)
    value = [float(count) if on else None for on in met]
    return Steps(np.array(t, np.int64), np.array(met, bool), value, [float(count)] * len(t))


@crossings.register
def _window(condition: WindowCondition, columns: Columns, start: int, end: int) -> Steps:
    column = columns[condition.input].usable()
    numbers, firsts = (
        (column.t // condition.width).tolist(),
        ((column.t - condition.window) // condition.width).tolist(),
    )
    parts: deque[Part] = deque()
    figures = []
    for value, number, first in zip(column.v.tolist(), numbers, firsts, strict=True):
        while parts and parts[0].number < first:
            parts.popleft()
        if parts and parts[-1].number == number:
            parts[-1] = parts[-1].with_value(value)
        else:
            parts.append(Part(number, value, 1, value, value))
        figures.append(figure_of(parts, condition.statistic))
    found = Column(column.t, np.array(figures, np.float64), column.q)
    return crossings(condition.inner, {condition.input: found}, start, end)


@crossings.register
def _expression(condition: ExpressionCondition, columns: Columns, start: int, end: int) -> Steps:
    t, found = _computed(condition.formula, columns)
    known = found == found
    return Steps.of_flags(t, latched(known & (found == 1.0), known & (found != 1.0)))


@crossings.register
def _calculated(condition: CalculatedCondition, columns: Columns, start: int, end: int) -> Steps:
    t, found = _computed(condition.formula, columns)
    known = found == found
    series = Column(t[known], found[known], np.zeros(int(known.sum()), np.uint8))
    return crossings(condition.inner, {condition.series: series}, start, end)


def _computed(formula: Formula, columns: Columns) -> tuple[Ints, Floats]:
    """At each moment at which one of the sensors has a usable sample; NaN where it is not defined."""
    usable = {sensor: columns[sensor].usable() for sensor in dict.fromkeys(formula.sensors)}
    t = merged_times(*(column.t for column in usable.values()))
    if not len(t):
        return t, np.zeros(0, np.float64)
    held = {sensor: column.held(t) for sensor, column in usable.items()}
    operands = {name: held[sensor] for name, sensor in zip(formula.names, formula.sensors, strict=True)}
    found = compute(formula.root, operands, dict(zip(formula.names, formula.units, strict=True)), formula.unit)
    unknown = np.isnan(np.array(list(held.values()))).any(axis=0)  # also of a branch that is not taken
    return t, np.where(unknown, np.nan, found)


@crossings.register
def _set_point(condition: SetPointCondition, columns: Columns, start: int, end: int) -> Steps:
    t, value, against = _two(condition.input, condition.set_point, columns)
    apart = _distance(value, against, condition.side)
    met = latched(apart > condition.far, apart <= condition.far - condition.deadband)
    changed = changes(met)
    on = met[changed].tolist()
    return Steps(t[changed], met[changed], _where(on, value[changed]), _where(on, against[changed]))


@crossings.register
def _discrepancy(condition: DiscrepancyCondition, columns: Columns, start: int, end: int) -> Steps:
    t, value, command = _two(condition.input, condition.command, columns)
    apart = np.abs(value - command) > condition.tolerance
    starts = np.flatnonzero(run_starts(command) | run_starts(apart))
    ends = np.append(starts[1:], len(t))
    until = np.append(t, end)[ends]
    late = apart[starts] & (t[starts] + condition.within < until)
    began, ended = t[starts][late] + condition.within, until[late]
    at = np.searchsorted(t, began, "right") - 1
    moments, met = list[int](), list[bool]()
    shown, commanded = list[float | None](), list[float | None]()
    for one, other, was, wanted in zip(
        began.tolist(), ended.tolist(), value[at].tolist(), command[at].tolist(), strict=True
    ):
        if one >= end:
            continue
        moments += (one, other)
        met += (True, False)
        shown += (was, None)
        commanded += (wanted, None)
    if moments and moments[-1] >= end:
        for each in (moments, met, shown, commanded):
            each.pop()
    return Steps(np.array(moments, np.int64), np.array(met, bool), shown, commanded)


def _two(one: str, other: str, columns: Columns) -> tuple[Ints, Floats, Floats]:
    """The values of two sensors at each moment of either, from when both are known."""
    first, second = columns[one].usable(), columns[other].usable()
    t = merged_times(first.t, second.t)
    a, b = first.held(t), second.held(t)
    known = (a == a) & (b == b)
    return t[known], a[known], b[known]


def _distance(v: Floats, set_point: Floats | float, side: Side) -> Floats:
    apart = v - set_point
    found: Floats = np.abs(apart) if side == "both" else apart if side == "above" else -apart
    return found


def _of_values(column: Column, met: Flags, against: float) -> Steps:
    changed = changes(met)
    on, v = met[changed].tolist(), column.v[changed]
    return Steps(column.t[changed], met[changed], _where(on, v), [against if flag else None for flag in on])


def _where(on: list[bool], v: Floats) -> list[float | None]:
    return [each if flag else None for each, flag in zip(v.tolist(), on, strict=True)]
