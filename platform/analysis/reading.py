"""Reads a sensor's range in rows none of which crosses a bound: from the ladder, and from raw where it does not fit."""

from __future__ import annotations

from analysis.held import Readings
from catalog.models import Sensor
from historian.read.counting import ensure_readable
from historian.read.dense import MAX_WHOLE, read_bounded
from historian.read.plan import Plan
from historian.read.planner import Ladder, plan_raw, plan_rungs
from historian.read.reading import SensorQuery, read
from historian.read.rows import COLUMNS
from historian.read.sources import Sources
from historian.rungs.aggregates import rows_of_each
from historian.rungs.rows import Ints, Rows, joined
from historian.rungs.rungs import rungs_from
from historian.rungs.sensors import hold_limit_of, interval_ms_of, is_text
from historian.rungs.units import shown_rows
from kernel.errors import BadRequest
from kernel.times import HOUR, MINUTE, SECOND, TimeRange

MAX_ROWS = 200_000  # of a rung: 22 years of hours
MAX_EXACT = 50_000  # samples on change: so many are read themselves
RAW_WIDTHS = (2 * 24 * HOUR, HOUR, 15 * MINUTE, MINUTE, SECOND, 1)  # of rows that stand for very many samples


def read_within(
    sources: Sources, sensor: Sensor, ladder: Ladder | None, bounds: Ints, widest: int, now_ms: int
) -> tuple[Readings, Plan]:
    """The rows between the first and the last bound, at most `widest` ms wide, and how they were read.

    Raises BadRequest if there are too many.
    """
    span = TimeRange(int(bounds[0]), int(bounds[-1]))
    plan = _plan(sources, sensor, ladder, span, bounds, widest)
    readings = _read(sources, sensor, ladder, span, plan, bounds, widest, now_ms)
    if is_sparse(sensor, span, plan, ladder, int(readings.rows.n.sum())):
        plan = plan_raw(span, sources.tiers)
        readings = _read(sources, sensor, ladder, span, plan, bounds, widest, now_ms)
    return readings, plan


def _plan(sources: Sources, sensor: Sensor, ladder: Ladder | None, span: TimeRange, bounds: Ints, widest: int) -> Plan:
    """Rows of the coarsest rung that crosses no bound; samples where there is none."""
    if ladder is None:
        ensure_readable(sources, [sensor], span)
        return plan_raw(span, sources.tiers)
    fitting = [rung for rung in rungs_from(ladder.finest) if _fits(rung.ms, bounds, widest)]
    rung = fitting[-1] if fitting else None
    if rung is not None and span.width // rung.ms > MAX_ROWS:
        raise BadRequest(
            f"The range is too long: it takes rows of {rung.name}, {MAX_ROWS:,} at most.",
            slug="range-too-long",
            longest_ms=MAX_ROWS * rung.ms,
        )
    buckets = span.width // rung.ms if rung else span.width + 1  # more than any rung has: samples, or the finest rung
    return plan_rungs(span, buckets, ladder, interval_ms_of(sensor), sources.tiers)


def _fits(width: int, bounds: Ints, widest: int) -> bool:
    return width <= widest and not (bounds % width).any()


def is_sparse(
    sensor: Sensor, span: TimeRange, plan: Plan, ladder: Ladder | None, samples: int, most: int = MAX_EXACT
) -> bool:
    """Whether to read samples on change themselves: they are not equally far apart, so means of rows are not exact."""
    irregular = sensor.sampling == "on_change" and sensor.kind == "continuous"
    gone = ladder is not None and span.start < ladder.raw_from
    return irregular and plan.rung is not None and not gone and samples <= most


def _read(
    sources: Sources,
    sensor: Sensor,
    ladder: Ladder | None,
    span: TimeRange,
    plan: Plan,
    bounds: Ints,
    widest: int,
    now_ms: int,
) -> Readings:
    columns = COLUMNS[sensor.kind]
    of_rungs = Plan(plan.source, tuple(piece for piece in plan.pieces if piece.rung is not None))
    [reading] = read(sources, [SensorQuery(sensor, of_rungs, columns, True, ladder)], span)
    width = next(width for width in RAW_WIDTHS if _fits(width, bounds, widest))
    found, room = [reading.rows], MAX_WHOLE
    for piece in plan.pieces:
        if piece.rung is None:
            part = read_bounded(sources, sensor, piece, max(room, 0), "states" in columns, width)
            room -= len(part)
            rows = part if isinstance(part, Rows) else rows_of_each(part, "states" in columns)
            found.append(shown_rows(sensor, rows.filled()))
    end = max(min(span.end, now_ms), span.start)
    return Readings(joined(found, is_text(sensor)), reading.before, hold_limit_of(sensor), end)
