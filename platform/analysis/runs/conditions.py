"""When a sensor meets a rule: from rows that decide it, and from samples where a row does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.reading import read_within
from analysis.runs.finding import Steps, Truth
from analysis.runs.models import RunRule
from catalog.models import Sensor
from historian.read.plan import RAW, Piece, Plan
from historian.read.planner import Ladder, merge_spans
from historian.read.reading import SensorQuery, read
from historian.read.rows import COLUMNS
from historian.read.sources import Sources
from historian.rungs.rows import Ints, Rows
from historian.rungs.rungs import RUNGS, Rung
from historian.rungs.states import name_of
from kernel.errors import BadRequest
from kernel.times import TimeRange

MAX_ROWS = 20_000
MAX_UNDECIDED = 200  # spans that are read from samples
MAX_SAMPLES = 250_000  # in them


@dataclass(frozen=True, slots=True)
class Condition:
    steps: Steps
    complete: bool


@dataclass(frozen=True, slots=True)
class _Parts:
    """Spans from a sample `first` to a sample `last` within which the rule is met, or not."""

    first: Ints
    last: Ints
    truth: Truth

    def and_(self, other: _Parts) -> _Parts:
        first = np.concatenate([self.first, other.first])
        order = np.argsort(first, kind="stable")
        last, truth = np.concatenate([self.last, other.last]), np.concatenate([self.truth, other.truth])
        return _Parts(first[order], last[order], truth[order])


def condition(
    sources: Sources, sensor: Sensor, ladder: Ladder | None, rule: RunRule, span: TimeRange, now_ms: int
) -> Condition:
    """Raises BadRequest if it changes too often in the range."""
    rung = next((rung for rung in RUNGS if span.width <= rung.ms * MAX_ROWS), RUNGS[-1])
    around = rung.around(span)
    bounds = np.arange(around.start, around.end + 1, rung.ms, dtype=np.int64)
    readings, plan = read_within(sources, sensor, ladder, bounds, rung.ms, now_ms)
    rows, truth = readings.rows, _decided(readings.rows, rule)
    clear = ~np.isnan(truth)
    parts = _Parts(rows.tfirst[clear], rows.tlast[clear], truth[clear])
    complete = plan.complete
    if not clear.all():
        rest = rows.take(~clear)
        if ladder is not None and span.start < ladder.raw_from:
            parts, complete = parts.and_(_ends(rest, rule)), False
        else:
            parts = parts.and_(_samples(sources, sensor, ladder, rest, rung, span, rule))
    before = readings.before
    earlier = _Parts(before.t_ms[-1:], before.t_ms[-1:], _met(before.v[-1:], rule))
    whole = earlier.and_(parts)
    return Condition(Steps.held(whole.first, whole.last, whole.truth, readings.limit), complete)


def _samples(
    sources: Sources,
    sensor: Sensor,
    ladder: Ladder | None,
    rows: Rows,
    rung: Rung,
    span: TimeRange,
    rule: RunRule,
) -> _Parts:
    """The samples of rows that do not decide it."""
    spans = merge_spans(TimeRange(rung.floor(t), rung.floor(t) + rung.ms) for t in rows.tfirst.tolist())
    if len(spans) > MAX_UNDECIDED or int(rows.n.sum()) > MAX_SAMPLES:
        raise BadRequest(
            f"{sensor.tag} meets the rule or stops meeting it too often in this range. Ask for a shorter one.",
            slug="too-many-changes",
        )
    plan = Plan(RAW, tuple(Piece(RAW, each) for each in spans))
    [reading] = read(sources, [SensorQuery(sensor, plan, COLUMNS[sensor.kind], False, ladder)], span)
    return _Parts(reading.rows.tfirst, reading.rows.tlast, _met(reading.rows.last, rule))


def _ends(rows: Rows, rule: RunRule) -> _Parts:
    """The first and the last sample of each row, where the others have been deleted."""
    first, last = _met(rows.first, rule), _met(rows.last, rule)
    return _Parts(rows.tfirst, rows.tfirst, first).and_(_Parts(rows.tlast, rows.tlast, last))


def _decided(rows: Rows, rule: RunRule) -> Truth:
    """Of each row whether all its samples meet the rule (1), none does (0), or only some (NaN)."""
    if rows.first.dtype == object:
        assert rows.held is not None  # texts always have states
        return np.array([_of_states(held, rule) for held in rows.held], np.float64)
    if rule.by == "state":
        same = rows.min == rows.max
        return np.where(same, _met(rows.min, rule), np.nan)
    low, high = _met(rows.min, rule), _met(rows.max, rule)
    decided = np.where(low == high, low, np.nan)
    if rule.above is not None and rule.below is not None:  # both ends may be outside, on either side
        across = (rows.min <= rule.above) & (rows.max >= rule.below)
        decided = np.where(across, np.nan, decided)
    return decided


def _of_states(held: Mapping[str, int] | None, rule: RunRule) -> float:
    if held is None:
        return np.nan
    met = {state in (rule.states or ()) for state in held}
    return float(met.pop()) if len(met) == 1 else np.nan


def _met(values: npt.NDArray[Any], rule: RunRule) -> Truth:
    if rule.by == "state":
        wanted = set(rule.states or ())
        return np.array([name_of(value) in wanted for value in values.tolist()], np.float64)
    numbers = values.astype(np.float64)
    met = np.ones(len(numbers), bool)
    if rule.above is not None:
        met &= numbers > rule.above
    if rule.below is not None:
        met &= numbers < rule.below
    return met.astype(np.float64)
