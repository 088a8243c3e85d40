"""Reads the samples that decide whether a rule is met: all of them, or those that rows of the ladder do not decide."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alarms.backtest.columns import Column, Flags, run_starts
from alarms.backtest.crossings import deviation_flags, limit_flags, range_flags
from alarms.rules.compiled import CompiledRule
from alarms.rules.conditions import EVENT, AnyCondition
from alarms.rules.conditions.limits import DeviationCondition, LimitCondition, RangeCondition, StateCondition
from alarms.rules.conditions.several import (
    CalculatedCondition,
    DiscrepancyCondition,
    ExpressionCondition,
    SetPointCondition,
)
from alarms.seams import past_events
from catalog.models import Sensor
from historian.read.concurrency import concurrently
from historian.read.ladders import ladders_of
from historian.read.plan import RAW, Plan, pieces_of_samples
from historian.read.planner import Ladder, plan_rungs
from historian.read.raw import samples_of, stream_all
from historian.read.reading import SensorQuery, read
from historian.read.sources import Sources, sources_of
from historian.rungs.rows import Rows
from historian.rungs.rungs import rungs_from
from historian.rungs.sensors import interval_ms_of, is_text
from historian.rungs.units import shown_raw
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from stores.samples import Part, Raw, joined_raw, no_samples

MAX_ROWS = 10_000  # of a rung
MAX_RUNS, MAX_UNDECIDED = 1_000, 0.3  # runs of rows that do not decide, and their part of all samples
RUNS_PER_READ, ROWS_BETWEEN_RUNS = 50, 2
MAX_EVENTS = 100_000
MAX_SAMPLES = 4_000_000  # of one sensor: 70 MB
ROW_COLUMNS = ("min", "max", "first", "tfirst", "last", "tlast", "n", "n_bad")


class OutOfTime(Exception):
    """The time limit was reached, or there are too many samples."""


class Deadline:
    """`seconds` from now on."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def check(self) -> None:
        """Raises OutOfTime."""
        if time.monotonic() > self._until:
            raise OutOfTime


class Reader:
    """The columns of rules of one tenant. `complete` becomes False where late samples are still being processed, or
    samples that would be needed have been deleted.
    """

    def __init__(self, tenant: TenantConnection, span: TimeRange, deadline: Deadline, now: int) -> None:
        self._tenant, self._span, self._deadline, self._now = tenant, span, deadline, now
        self._sources: Sources = sources_of(tenant)
        self._ladders: Mapping[str, Ladder] = {}
        self._shared: dict[str, Column] = {}
        self.complete = True

    def prepare(self, sensors: list[Sensor]) -> None:
        """Learns the state of their ladders in one round trip."""
        self._ladders = ladders_of(self._tenant, sensors)

    def columns(self, rule: CompiledRule, sensors: Mapping[str, Sensor]) -> dict[str, Column]:
        """Of each input of the rule; from `sensors` by id. Raises OutOfTime."""
        found: dict[str, Column] = {}
        for input in rule.inputs:
            self._deadline.check()
            if input.startswith(EVENT):
                found[input] = self._events(input)
            elif input in sensors:
                found[input] = self._column(sensors[input], rule)
            else:
                found[input] = Column.empty()
        return found

    def samples(self, sensor: Sensor) -> Column:
        """All of them. Raises OutOfTime, also for more than can be held."""
        middle = (self._span.start + self._span.end) // 2
        halves = [TimeRange(self._span.start, middle), TimeRange(middle, self._span.end)]
        parts = [part for found in concurrently(lambda half: self._streamed(sensor, half), halves) for part in found]
        if self._is_gone(sensor):
            self.complete = False
        plan = SensorQuery(sensor, Plan(RAW, ()), (), True, self._ladders.get(sensor.id))
        [reading] = read(self._sources, [plan], self._span)
        raw = joined_raw(parts) if parts else no_samples(is_text(sensor))
        return self._with_initial(Column.of(shown_raw(sensor, raw)), reading.before)

    def _streamed(self, sensor: Sensor, span: TimeRange) -> list[Raw]:
        parts, count = list[Raw](), 0
        for part in stream_all(self._sources, sensor, span):
            self._deadline.check()
            parts.append(part)
            count += len(part)
            if count > MAX_SAMPLES // 2:
                raise OutOfTime
        return parts

    def _column(self, sensor: Sensor, rule: CompiledRule) -> Column:
        arms = rule.armed is not None and sensor.id in rule.armed.inputs
        if sensor.id not in rule.condition.inputs:
            if sensor.id not in self._shared:  # what arms one target often arms the next
                self._shared = {sensor.id: self._decisive(sensor, _constant, False)}
            return self._shared[sensor.id]
        decides = deciding(rule.condition)
        quality = isinstance(rule.condition, RangeCondition) and rule.condition.quality
        return self._decisive(sensor, _constant if arms and decides is not None else decides, quality)

    def _decisive(self, sensor: Sensor, decides: Callable[[Rows], Flags] | None, quality: bool) -> Column:
        column = self._thinned(sensor, decides, quality) if decides is not None else None
        return self.samples(sensor) if column is None else column

    def _thinned(self, sensor: Sensor, decides: Callable[[Rows], Flags], quality: bool) -> Column | None:
        """Samples among which are all at which the condition changes; None: all samples are needed."""
        ladder, span = self._ladders.get(sensor.id), self._span
        if ladder is None or is_text(sensor):
            return None
        fitting = [rung for rung in rungs_from(ladder.finest) if span.width <= rung.ms * MAX_ROWS]
        rung = fitting[0] if fitting else rungs_from(ladder.finest)[-1]
        plan = plan_rungs(span, max(span.width // rung.ms, 1), ladder, interval_ms_of(sensor), self._sources.tiers)
        if plan.rung is None:
            return None
        [reading] = read(self._sources, [SensorQuery(sensor, plan, ROW_COLUMNS, True, ladder)], span)
        rows = reading.rows
        if quality and reading.bad:
            return None
        decided = decides(rows)
        runs = _runs(~decided)
        undecided = sum(int(rows.n[first:stop].sum()) for first, stop in runs)
        if len(runs) > MAX_RUNS or undecided > MAX_UNDECIDED * max(int(rows.n.sum()), 1):
            return None if not self._is_gone(sensor) else self._ends_only(sensor, rows, reading.before)
        keep = np.ones(len(rows), bool)
        for first, stop in runs:
            keep[first:stop] = False
        kept = rows.take(keep)
        parts = [Column(kept.tfirst, kept.first, np.zeros(len(kept), np.uint8))]
        parts += self._raw_of_runs(sensor, rows, runs)
        if not plan.complete or (runs and self._is_gone(sensor)):
            self.complete = False
        return self._with_initial(_merged(parts), reading.before)

    def _raw_of_runs(self, sensor: Sensor, rows: Rows, runs: list[tuple[int, int]]) -> list[Column]:
        found = []
        for at in range(0, len(runs), RUNS_PER_READ):
            self._deadline.check()
            requests = [
                (piece.source, samples_of(sensor, piece.span))
                for first, stop in runs[at : at + RUNS_PER_READ]
                for piece in pieces_of_samples(
                    TimeRange(int(rows.tfirst[first]), int(rows.tlast[stop - 1]) + 1), self._sources.tiers
                )
            ]
            answers: list[dict[str, Part]] = self._sources.read(requests)
            found += [
                Column.of(shown_raw(sensor, answer[sensor.id].samples)) for answer in answers if sensor.id in answer
            ]
        return found

    def _ends_only(self, sensor: Sensor, rows: Rows, before: Raw) -> Column:
        """Where samples have been deleted: the first and last of each row."""
        self.complete = False
        none = np.zeros(len(rows), np.uint8)
        column = _merged([Column(rows.tfirst, rows.first, none), Column(rows.tlast, rows.last, none)])
        return self._with_initial(column, before)

    def _with_initial(self, column: Column, before: Raw) -> Column:
        """With the value that was held when the range began, at its start."""
        start = self._span.start
        if not len(before) or (len(column) and column.t[0] <= start):
            return column
        return Column(
            np.concatenate([[start], column.t]),
            np.concatenate([before.v[-1:], column.v]),
            np.concatenate([before.q[-1:], column.q]),
        )

    def _is_gone(self, sensor: Sensor) -> bool:
        ladder = self._ladders.get(sensor.id)
        return ladder is not None and self._span.start < ladder.raw_from

    def _events(self, input: str) -> Column:
        found = past_events().find(self._tenant, input.removeprefix(EVENT), self._span, MAX_EVENTS, self._now)
        if len(found) >= MAX_EVENTS:
            self.complete = False
        ordered = sorted((event.t, event.device) for event in found)
        devices: npt.NDArray[Any] = np.empty(len(ordered), object)
        devices[:] = [device for _, device in ordered]
        return Column(np.array([t for t, _ in ordered], np.int64), devices, np.zeros(len(ordered), np.uint8))


def deciding(condition: AnyCondition) -> Callable[[Rows], Flags] | None:
    """In which rows of an input the first sample decides what the others say, too. None: in none."""
    match condition:
        case LimitCondition():
            return lambda rows: _same(*limit_flags(condition, rows.min), *limit_flags(condition, rows.max))
        case DeviationCondition(set_point=middle):
            return lambda rows: _same_around(
                rows, middle, middle, *deviation_flags(condition, rows.min), *deviation_flags(condition, rows.max)
            )
        case RangeCondition(low=low, high=high):
            return lambda rows: _same_around(
                rows, low, high, *range_flags(condition, rows.min), *range_flags(condition, rows.max)
            )
        case StateCondition() | ExpressionCondition() | SetPointCondition() | DiscrepancyCondition():
            return _constant
        case CalculatedCondition(inner=LimitCondition() | DeviationCondition()):
            return _constant
    return None


def _constant(rows: Rows) -> Flags:
    """A value that is held says the same as one that is sent again."""
    constant: Flags = rows.min == rows.max
    return constant


def _same(up_of_min: Flags, down_of_min: Flags, up_of_max: Flags, down_of_max: Flags) -> Flags:
    same: Flags = (up_of_min == up_of_max) & (down_of_min == down_of_max)
    return same


def _same_around(
    rows: Rows, low: float, high: float, up_of_min: Flags, down_of_min: Flags, up_of_max: Flags, down_of_max: Flags
) -> Flags:
    """Values that say the same may lie on both sides of others that do not, unless these others lie outside."""
    one_side = (rows.max < low) | (rows.min > high) | (down_of_min & down_of_max)
    decided: Flags = (_same(up_of_min, down_of_min, up_of_max, down_of_max) & one_side) | (rows.min == rows.max)
    return decided


def _runs(wanted: Flags) -> list[tuple[int, int]]:
    """Runs of true flags as (first, stop), joined over a few others."""
    places = np.flatnonzero(wanted)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > ROWS_BETWEEN_RUNS + 1)
    firsts = places[np.concatenate([[0], breaks + 1])]
    lasts = places[np.concatenate([breaks, [len(places) - 1]])]
    return list(zip(firsts.tolist(), (lasts + 1).tolist(), strict=True))


def _merged(parts: list[Column]) -> Column:
    """In order of time; of several samples in one millisecond the first."""
    t = np.concatenate([part.t for part in parts])
    order = np.argsort(t, kind="stable")
    t = t[order]
    first = run_starts(t)
    chosen = order[first]
    return Column(
        t[first], np.concatenate([part.v for part in parts])[chosen], np.concatenate([part.q for part in parts])[chosen]
    )
