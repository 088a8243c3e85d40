"""Figures of sensors in runs, from the ladder, and from raw at their edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.held import Readings, means
from analysis.reading import MAX_EXACT, is_sparse
from analysis.runs.models import RunFigures
from catalog.models import Sensor
from historian.read.planner import Ladder, plan_raw, plan_rungs
from historian.read.reading import Reading, SensorQuery, read
from historian.read.rows import COLUMNS
from historian.read.sources import Sources
from historian.rungs.aggregates import grown_by_row
from historian.rungs.counters import counter_rule
from historian.rungs.sensors import hold_limit_of, interval_ms_of
from kernel.times import HOUR, TimeRange

BUCKETS = 50  # of a run, at least: rows are short beside it


def figures_of(
    sources: Sources,
    sensors: Sequence[Sensor],
    ladders: Mapping[str, Ladder],
    span: TimeRange,
    now_ms: int,
    max_exact: int = MAX_EXACT,
) -> list[RunFigures]:
    """Of one run. `max_exact`: so many samples on change are read themselves, as for totals.

    Raises BadRequest if there are too many samples of a sensor without a ladder.
    """
    queries = []
    for sensor in sensors:
        ladder, plan = ladders.get(sensor.id), plan_raw(span, sources.tiers)
        if ladder is not None:
            plan = plan_rungs(span, BUCKETS, ladder, interval_ms_of(sensor), sources.tiers)
        queries.append(SensorQuery(sensor, plan, COLUMNS[sensor.kind], True, ladder))
    readings = read(sources, queries, span) if queries else []
    sparse = [
        place
        for place, (query, reading) in enumerate(zip(queries, readings, strict=True))
        if is_sparse(query.sensor, span, query.plan, query.ladder, reading.samples, max_exact)
    ]
    if sparse:
        exact = [replace(queries[place], plan=plan_raw(span, sources.tiers)) for place in sparse]
        for place, reading in zip(sparse, read(sources, exact, span), strict=True):
            readings[place] = reading
    return [_figures(sensor, reading, span, now_ms) for sensor, reading in zip(sensors, readings, strict=True)]


def _figures(sensor: Sensor, reading: Reading, span: TimeRange, now_ms: int) -> RunFigures:
    rows = reading.rows
    mean = total = low = high = None
    if len(rows):
        low, high = float(rows.min.min()), float(rows.max.max())
    if sensor.kind == "counter" and len(rows):
        before = float(reading.before.v[-1]) if len(reading.before) else None
        total = float(grown_by_row(rows, before, counter_rule(sensor)).sum())
    elif sensor.kind == "continuous":
        end = max(min(span.end, now_ms), span.start)
        readings = Readings(rows, reading.before, hold_limit_of(sensor), end)
        found = means(readings, np.array([span.start, span.end], np.int64))
        if found.known[0]:
            mean = float(found.mean[0])
            total = mean * float(found.known[0]) / HOUR
    return RunFigures(sensor=sensor.id, count=reading.samples, mean=mean, min=low, max=high, total=_finite(total))


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
