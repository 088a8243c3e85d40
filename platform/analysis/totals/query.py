"""Totals of a sensor."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from analysis.held import Readings, means
from analysis.reading import read_within
from analysis.totals import tally
from analysis.totals.models import Period, Totals
from catalog.models import Sensor
from historian.read.ladders import ladders_of
from historian.read.plan import RAW
from historian.read.sources import sources_of
from historian.rungs.counters import counter_rule
from historian.rungs.rows import Floats, Ints
from kernel.periods import By, bounds_of
from kernel.tenancy import TenantConnection
from kernel.times import HOUR, MINUTE, TimeRange
from web.pacing import note_read

WIDEST_ROW_MS: dict[By, int] = {"hour": 15 * MINUTE, "day": HOUR, "week": HOUR, "month": HOUR}


def totals(tenant: TenantConnection, sensor: Sensor, span: TimeRange, by: By, zone: ZoneInfo, *, now_ms: int) -> Totals:
    """The totals of the periods that a range touches. Raises BadRequest if they, or what must be read, are too many."""
    note_read(tenant)
    bounds = bounds_of(span, by, zone)
    ladder = ladders_of(tenant, [sensor]).get(sensor.id)
    readings, plan = read_within(sources_of(tenant), sensor, ladder, bounds, WIDEST_ROW_MS[by], now_ms)
    return Totals(
        sensor=sensor.id,
        kind=sensor.kind,
        unit=sensor.unit,
        by=by,
        zone=zone.key,
        start=int(bounds[0]),
        end=int(bounds[-1]),
        rung=plan.rung.name if plan.rung else RAW.name,
        complete=plan.complete,
        results=_periods(sensor, readings, bounds),
    )


def _periods(sensor: Sensor, readings: Readings, bounds: Ints) -> list[Period]:
    count = tally.counts(readings.rows, bounds).tolist()
    figures: list[dict[str, object]]
    if sensor.kind == "counter":
        grown = tally.increases(readings, bounds, counter_rule(sensor))
        figures = [{"increase": each} for each in _nullable(grown)]
    elif sensor.kind == "continuous":
        found = means(readings, bounds)
        low, high = tally.extremes(readings.rows, bounds)
        columns = zip(_nullable(found.mean), _nullable(low), _nullable(high), found.known.tolist(), strict=True)
        figures = [
            {"mean": mean, "min": least, "max": most, "unknown": width - known}
            for (mean, least, most, known), width in zip(columns, np.diff(bounds).tolist(), strict=True)
        ]
    else:
        figures = [
            {"states": held, "unknown": None if held is None else width - sum(held.values())}
            for held, width in zip(tally.states(readings, bounds), np.diff(bounds).tolist(), strict=True)
        ]
    starts, ends = bounds[:-1].tolist(), bounds[1:].tolist()
    return [
        Period(start=start, end=end, count=number, **each)  # type: ignore[arg-type]
        for start, end, number, each in zip(starts, ends, count, figures, strict=True)
    ]


def _nullable(values: Floats) -> Sequence[float | None]:
    return [None if value != value or value in (np.inf, -np.inf) else value for value in values.tolist()]
