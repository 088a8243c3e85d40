"""The initial value of a range: the last usable sample before it, of a sensor that holds its value."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Sensor
from historian.read.planner import Ladder
from historian.read.raw import raw_of, select_raw
from historian.read.rows import select_rows
from historian.rungs.rungs import COARSEST, Rung
from historian.rungs.samples import NO_NUMBERS, NO_TEXTS, Raw
from historian.rungs.sensors import hold_limit_of, is_text
from kernel.samples import BAD
from kernel.times import EARLIEST, TimeRange
from stores.timeseries import Series
from stores.timeseries.statements import NS_PER_MS

LATEST_FIRST = "ORDER BY time DESC LIMIT 1"
USABLE = f'"quality" < {BAD}'


@dataclass(frozen=True, slots=True)
class InitialValue:
    """One sample or none."""

    sample: Raw


def holds_value(sensor: Sensor) -> bool:
    """A continuous signal has no value between its samples."""
    return sensor.kind != "continuous"


def initial_value_statements(sensor: Sensor, span: TimeRange, ladder: Ladder | None) -> list[str]:
    """A counter's value or a reported change holds for as long as it takes, what is sampled at an interval for three.

    How far back is not known, and to search all of raw would open every shard: raw is searched to the start of the
    coarsest rung's bucket, and from there on that rung; where raw is gone, the finest rung stands in for it.
    """
    limit = hold_limit_of(sensor)
    if limit is not None and sensor.kind != "counter":
        return [_raw(sensor, TimeRange(span.start - limit, span.start))]
    edge = COARSEST.floor(span.start)
    if ladder is None or any(mark.start < edge for mark in ladder.marked):
        if ladder is None or not ladder.is_raw_gone:
            return [_raw(sensor, TimeRange(EARLIEST, span.start))]
        edge = min(edge, ladder.raw_from)
    statements = [_raw(sensor, TimeRange(edge, span.start))]
    finest = ladder.finest
    if edge < ladder.raw_from and edge < finest.floor(span.start):
        statements.append(_rows(sensor, finest, TimeRange(edge, finest.floor(span.start))))
    return [*statements, _rows(sensor, COARSEST, TimeRange(EARLIEST - COARSEST.ms, edge))]


def initial_value_of(sensor: Sensor, results: list[list[Series]], ladder: Ladder | None) -> InitialValue:
    """What `initial_value_statements` found: raw if there is any, else the first row."""
    text = is_text(sensor)
    raw, *rungs = [result[0].values if result else [] for result in results] or [[]]
    rows = [row for rows in rungs for row in rows]
    if not raw and rows:
        t, value, offset = rows[0]
        raw = [[t + offset * NS_PER_MS, value, 0]]
    return InitialValue(raw_of(raw, text) if raw else (NO_TEXTS if text else NO_NUMBERS))


def _raw(sensor: Sensor, span: TimeRange) -> str:
    return select_raw(sensor, span, LATEST_FIRST, USABLE)


def _rows(sensor: Sensor, rung: Rung, span: TimeRange) -> str:
    columns = ("last_s", "tlast") if is_text(sensor) else ("last", "tlast")
    return select_rows(rung, [sensor], span, columns, LATEST_FIRST, '"n" > 0')
