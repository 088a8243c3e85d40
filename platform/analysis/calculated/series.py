"""Reads a calculated series: exactly where there are few samples, on a grid of means where there are many (ADR 87)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from analysis.calculated.definition import Definition
from analysis.held import Readings, means
from analysis.reading import read_within
from catalog.expressions.compute import compute
from catalog.models import Sensor
from historian.read.counting import count
from historian.read.ladders import ladders_of
from historian.read.plan import RAW, Plan, rows_of
from historian.read.planner import Ladder, plan_raw, plan_rungs
from historian.read.reading import Reading, SensorQuery, read
from historian.read.rows import COLUMNS
from historian.read.sources import Sources, sources_of
from historian.rungs.aggregates import rows_of_each
from historian.rungs.rows import Floats, Ints
from historian.rungs.rungs import RUNGS, Rung
from historian.rungs.sensors import hold_limit_of, usual_interval_ms_of
from historian.shape.downsampling import Downsampling
from historian.shape.gaps import listed_gaps
from historian.shape.methods import Method
from historian.shape.series import BandView, Line
from kernel.tenancy import TenantConnection
from kernel.times import NS_PER_MS, TimeRange
from stores.samples import Raw, no_samples
from web.pacing import note_read

METHODS: tuple[Method, ...] = ("auto", "minmax", "minmaxlttb", "band", "mean", "last")
MAX_EXACT = 100_000  # samples of all sensors together
MAX_CELLS = 60_000  # of all sensors together


@dataclass(frozen=True, slots=True)
class _Values:
    """What was computed: `v` at `t`, NaN where it is not known, each until the next. `rung`: the grid; None: exact."""

    t: Ints
    v: Floats
    rung: Rung | None
    complete: bool


def read_series(
    tenant: TenantConnection,
    sensor: Sensor,
    definition: Definition,
    span: TimeRange,
    points: int,
    method: Method,
    *,
    now_ms: int,
) -> Line | BandView:
    """`sensor`: what the series is called. Raises BadRequest for too many samples of a sensor without a ladder."""
    note_read(tenant)
    distinct = {each.id: each for each in definition.sensors.values()}
    ladders, sources = ladders_of(tenant, list(distinct.values())), sources_of(tenant)
    values = _exact(sources, definition, distinct, ladders, span)
    if values is None:
        values = _on_grid(sources, definition, distinct, ladders, span, now_ms)
    return _rendered(sensor, values, span, points, method, now_ms)


def _exact(
    sources: Sources,
    definition: Definition,
    sensors: Mapping[str, Sensor],
    ladders: Mapping[str, Ladder],
    span: TimeRange,
) -> _Values | None:
    """At each moment at which one of the sensors has a sample, or is no longer known. None: there are too many."""
    gone = any(span.start < ladder.raw_from for ladder in ladders.values())
    if gone or _expected(sources, list(sensors.values()), ladders, span) > MAX_EXACT:
        return None
    plan = plan_raw(span, sources.tiers)
    queries = [SensorQuery(each, plan, COLUMNS[each.kind], True, ladders.get(id)) for id, each in sensors.items()]
    readings = dict(zip(sensors, read(sources, queries, span), strict=True))
    if any(reading.rung is not None for reading in readings.values()):
        return None
    held = {id: _Held.of(reading, hold_limit_of(sensors[id])) for id, reading in readings.items()}
    moments = [np.array([span.start], np.int64), *(moment for each in held.values() for moment in each.changes())]
    t = np.unique(np.concatenate(moments))
    t = t[(t >= span.start) & (t < span.end)]
    columns = {name: held[each.id].at(t) for name, each in definition.sensors.items()}
    return _Values(t, compute(definition.root, columns, definition.units, definition.unit), None, True)


def _expected(sources: Sources, sensors: Sequence[Sensor], ladders: Mapping[str, Ladder], span: TimeRange) -> float:
    """About how many samples the sensors have; without a known interval the ladder tells, or they are counted."""
    usual = {sensor.id: usual_interval_ms_of(sensor) for sensor in sensors}
    expected = sum(span.width / interval for interval in usual.values() if interval)
    unknown = [sensor for sensor in sensors if usual[sensor.id] is None]
    if unknown and expected <= MAX_EXACT:
        queries = [
            SensorQuery(
                each, plan_rungs(span, 1, ladders[each.id], None, sources.tiers), ("n",), False, ladders[each.id]
            )
            for each in unknown
            if each.id in ladders
        ]
        expected += sum(reading.samples for reading in read(sources, queries, span)) if queries else 0
        without = [each for each in unknown if each.id not in ladders]
        expected += count(sources, without, span) if without else 0
    return expected


@dataclass(frozen=True, slots=True)
class _Held:
    """A sensor's samples, each of which holds until the next one or its limit."""

    t: Ints
    v: Floats
    limit: int | None

    @classmethod
    def of(cls, reading: Reading, limit: int | None) -> _Held:
        before = reading.before
        t = np.concatenate([before.t_ms[-1:], reading.rows.tfirst])
        return cls(t, np.concatenate([before.v[-1:].astype(np.float64), reading.rows.last]), limit)

    def changes(self) -> list[Ints]:
        """The moments of its samples, and those at which it stops being known."""
        if self.limit is None or not len(self.t):
            return [self.t]
        silent = np.append(np.diff(self.t) > self.limit, True)
        return [self.t, self.t[silent] + self.limit]

    def at(self, moments: Ints) -> Floats:
        """NaN where it is not known."""
        if not len(self.t):
            return np.full(len(moments), np.nan)
        place = np.searchsorted(self.t, moments, "right") - 1
        known = place >= 0
        if self.limit is not None:
            known &= moments < self.t[place] + self.limit
        return np.where(known, self.v[place], np.nan)


def _on_grid(
    sources: Sources,
    definition: Definition,
    sensors: Mapping[str, Sensor],
    ladders: Mapping[str, Ladder],
    span: TimeRange,
    now_ms: int,
) -> _Values:
    """From each sensor's mean in cells of one width; of discrete ones and counters the value at the cell's end."""
    fitting = [rung for rung in RUNGS if len(sensors) * span.width <= rung.ms * MAX_CELLS]
    rung = fitting[0] if fitting else RUNGS[-1]
    around = rung.around(span)
    bounds = np.arange(around.start, around.end + 1, rung.ms, dtype=np.int64)
    cells, complete = {}, True
    for id, sensor in sensors.items():
        readings, plan = read_within(sources, sensor, ladders.get(id), bounds, rung.ms, now_ms)
        complete &= plan.complete
        cells[id] = means(readings, bounds).mean if sensor.kind == "continuous" else _at_ends(readings, bounds)
    columns = {name: cells[each.id] for name, each in definition.sensors.items()}
    v = compute(definition.root, columns, definition.units, definition.unit)
    return _Values(np.maximum(bounds[:-1], span.start), v, rung, complete)


def _at_ends(readings: Readings, bounds: Ints) -> Floats:
    """The last value of each cell, if it is known at some moment within it."""
    rows, before = readings.rows, readings.before
    t = np.concatenate([before.t_ms[-1:], rows.tlast])
    v = np.concatenate([before.v[-1:].astype(np.float64), rows.last.astype(np.float64)])
    if not len(t):
        return np.full(len(bounds) - 1, np.nan)
    place = np.searchsorted(t, bounds[1:], "left") - 1
    until = readings.end if readings.limit is None else np.minimum(t[place] + readings.limit, readings.end)
    known = (place >= 0) & ((bounds[:-1] < until) | (t[place] >= bounds[:-1]))
    return np.where(known, v[place], np.nan)


def _rendered(
    sensor: Sensor, values: _Values, span: TimeRange, points: int, method: Method, now_ms: int
) -> Line | BandView:
    known = ~np.isnan(values.v)
    t, v = values.t[known], values.v[known]
    rows = rows_of_each(Raw(t * NS_PER_MS, v, np.zeros(len(t), np.uint8)))
    plan = Plan(rows_of(values.rung) if values.rung else RAW, (), values.complete)
    reading = Reading(rows, plan, values.rung, no_samples(False), 0)
    view = Downsampling(sensor, reading, span, now_ms).render("minmax" if method == "auto" else method, points)
    return msgspec.structs.replace(view, gaps=listed_gaps(_gaps(values, span, now_ms), view.resolution_ms))


def _gaps(values: _Values, span: TimeRange, now_ms: int) -> Ints:
    """Runs of unknown values as rows `[from, to]`; the future is no gap."""
    end = max(min(span.end, now_ms), span.start)
    missing = np.concatenate([[False], np.isnan(values.v), [False]])
    starts, stops = np.flatnonzero(missing[1:] & ~missing[:-1]), np.flatnonzero(~missing[1:] & missing[:-1])
    edges = np.minimum(np.append(values.t, end), end)
    gaps = np.stack([edges[starts], edges[stops]], axis=1) if len(starts) else np.zeros((0, 2), np.int64)
    return np.asarray(gaps[gaps[:, 1] > gaps[:, 0]], np.int64)
