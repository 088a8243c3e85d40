"""Reads what a distribution is made of: every sample where there are few, otherwise rows of the ladder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from catalog.models import Sensor
from historian.read.ladders import ladders_of
from historian.read.plan import RAW, Plan, Tier
from historian.read.planner import Ladder, plan_raw, plan_rungs
from historian.read.reading import Reading, SensorQuery, read
from historian.read.rows import COLUMNS
from historian.read.sources import sources_of
from historian.rungs.rows import Floats, Rows
from historian.rungs.rungs import rungs_from
from historian.rungs.sensors import interval_ms_of
from historian.statistics.distribution import Distribution, Duration, Weight, bin_edges, duration_curve, histogram
from historian.statistics.spread import Spread
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from web.pacing import note_read

MAX_ROWS = 10_000  # of a rung: three years of three hours
MAX_SAMPLES = 100_000  # that are read instead of rows


def distribution(tenant: TenantConnection, sensor: Sensor, span: TimeRange, bins: int, *, now_ms: int) -> Distribution:
    """Histogram and duration curve of a continuous sensor.

    Exact up to 100,000 samples, and wherever a range is read from samples anyway. Longer ranges are computed from the
    finest rung that has at most 10,000 rows in them: each row gives the number of its samples, their minimum, maximum,
    mean and standard deviation. Shares are then estimates; `error` and the curve's `low` and `high` say how far off
    they can be at most, whatever the samples are (see `cumulative`). A signal that keeps still within a row has an
    error near 0, one that crosses its whole range within each row has a large one, as the rows hardly divide it.

    Shares are of the samples. A sensor that reports on change has shares of the time in which each value held, until
    the next one; the row of a rung counts from its first sample to that of the next row.

    Raises BadRequest for other kinds: discrete sensors and texts have time in states, counters an increase.
    """
    if sensor.kind != "continuous":
        raise BadRequest(
            f"{sensor.tag} is {sensor.kind}; only continuous sensors have a distribution. Time in states and increases "
            f"are in /api/v1/sensors/{sensor.id}/statistics.",
            slug="method-does-not-fit",
        )
    note_read(tenant)
    sources = sources_of(tenant)
    ladder = ladders_of(tenant, [sensor]).get(sensor.id)
    held = sensor.sampling == "on_change"

    def reading_of(plan: Plan) -> Reading:
        [found] = read(sources, [SensorQuery(sensor, plan, COLUMNS[sensor.kind], held, ladder)], span)
        return found

    reading = reading_of(plan_rows(span, sensor, ladder, sources.tiers))
    gone = ladder is not None and span.start < ladder.raw_from
    if reading.rung is not None and reading.samples <= MAX_SAMPLES and not gone:
        reading = reading_of(plan_raw(span, sources.tiers))
    weight: Weight = "time" if held else "samples"
    spread = spread_of(reading, span, min(span.end, max(now_ms, span.start)), held)
    return _described(sensor, span, reading, spread, weight, bins)


def plan_rows(span: TimeRange, sensor: Sensor, ladder: Ladder | None, tiers: Sequence[Tier]) -> Plan:
    """A plan from the finest rung with at most MAX_ROWS rows in the range, or from the coarsest of all."""
    if ladder is None:
        return plan_raw(span, tiers)
    rungs = rungs_from(ladder.finest)
    rung = next((each for each in rungs if span.width // each.ms <= MAX_ROWS), rungs[-1])
    return plan_rungs(span, max(span.width // rung.ms, 1), ladder, interval_ms_of(sensor), tiers)


def spread_of(reading: Reading, span: TimeRange, end: int, held: bool) -> Spread:
    """The rows as intervals. `held`: weighted by time, up to `end` (ms), rather than by their samples."""
    rows = reading.rows
    mean, std = _moments(rows)
    parts = [rows.min, rows.max, mean, std, rows.n.astype(np.float64)]
    if held:
        parts[4] = _lasting(rows, span, end)
        if len(reading.before) and (lasting := min(int(rows.tfirst[0]) if len(rows) else end, end) - span.start) > 0:
            before = float(reading.before.v[-1])
            parts = [
                np.append(part, value)
                for part, value in zip(parts, (before, before, before, 0.0, lasting), strict=True)
            ]
    low, high, mean, std, weight = (part[parts[4] > 0] for part in parts)
    return Spread(low, high, mean, std, weight, moments=not held)


def _moments(rows: Rows) -> tuple[Floats, Floats]:
    with np.errstate(over="ignore"):
        mean = np.clip(rows.sum / np.maximum(rows.n, 1), rows.min, rows.max)
        return mean, np.sqrt(np.maximum(rows.m2, 0.0) / np.maximum(rows.n, 1))


def _lasting(rows: Rows, span: TimeRange, end: int) -> Floats:
    """The time (ms) from each row's first sample to that of the next one, or to `end`, within the range."""
    starts = np.clip(rows.tfirst, span.start, end)
    return np.diff(np.append(starts, end)).astype(np.float64)


def _described(
    sensor: Sensor, span: TimeRange, reading: Reading, spread: Spread, weight: Weight, bins: int
) -> Distribution:
    edges: list[float] = []
    shares: list[float] = []
    error, curve = 0.0, Duration([], [], [], [])
    if len(spread.weight):
        found = bin_edges(float(spread.low.min()), float(spread.high.max()), bins)
        shares, error = histogram(spread, found)
        edges, curve = found.tolist(), duration_curve(spread)
    return Distribution(
        sensor=sensor.id,
        start=span.start,
        end=span.end,
        rung=reading.rung.name if reading.rung else RAW.name,
        complete=reading.plan.complete,
        exact=spread.exact,
        error=error,
        weight=weight,
        total=spread.total,
        count=reading.samples,
        bad=reading.bad,
        edges=edges,
        shares=shares,
        duration=curve,
    )
