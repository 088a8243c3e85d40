"""Figures of any range: from the coarsest rungs that cover it, and from raw at its edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog.models import Sensor
from historian.carried import carries
from historian.counting import ensure_readable
from historian.ladder.counters import counter_rule
from historian.ladder.known import ladders_of
from historian.ladder.rows import LARGEST, Rows, deviations, grown_by_row, mean_of
from historian.ladder.states import Held, add_held, held_for, held_over, name_of
from historian.ladder.store import COLUMNS
from historian.planner import plan_raw, plan_rungs, spoken
from historian.readers import hold_limit_of, interval_ms_of, stream_raw
from historian.reading import Asked, Reading, read
from historian.shown import shown_values
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange, iso
from web.pacing import note_read
from web.stores import reader

MOST_SORTED = 2_000_000  # samples from which percentiles are taken


class Statistics(Struct, frozen=True, kw_only=True):
    """Figures of all usable samples of a range. Of text only count and states."""

    sensor: str
    start: int
    end: int
    rung: Annotated[str, Meta(description="The coarsest rung that was read; raw where samples alone were")]
    complete: Annotated[bool, Meta(description="False while late data is still being worked in")]
    count: int
    bad: Annotated[int, Meta(description="Samples of bad quality; they enter nothing else")]
    min: float | None = None
    tmin: Annotated[int | None, Meta(description="When it was smallest for the first time")] = None
    max: float | None = None
    tmax: Annotated[int | None, Meta(description="When it was largest for the last time")] = None
    mean: Annotated[float | None, Meta(description="Of the samples, not weighted by time")] = None
    sum: float | None = None
    std: Annotated[float | None, Meta(description="Standard deviation of the samples, as of a whole population")] = None
    increase: Annotated[float | UnsetType, Meta(description="Counters: how much it grew, resets accounted for")] = UNSET
    states: Annotated[
        dict[str, int] | UnsetType | None,
        Meta(
            description="Discrete and text: ms in each state, held until the next sample, but of a periodic sensor for "
            "three intervals at most; null: too many states"
        ),
    ] = UNSET
    unknown: Annotated[
        int | UnsetType | None,
        Meta(description="Discrete and text: ms of the range in no known state; with `states` all of it"),
    ] = UNSET
    percentiles: Annotated[
        dict[str, float] | UnsetType, Meta(description="Those asked for, from the samples themselves")
    ] = UNSET


def statistics(
    tenant: TenantConnection, sensor: Sensor, span: TimeRange, percentiles: Sequence[float] = (), *, now_ms: int
) -> Statistics:
    """BadRequest for percentiles of text, or of more samples than can be sorted."""
    note_read(tenant)
    ladder = ladders_of(tenant, [sensor]).get(sensor.id)
    plan = plan_rungs(span, 1, ladder, interval_ms_of(sensor)) if ladder else plan_raw(span)
    asked = Asked(sensor, plan, COLUMNS[sensor.kind], carries(sensor), ladder)
    [reading] = read(reader(tenant), [asked], span)
    figures = _figures(sensor, reading) if len(reading.rows) else {}
    if sensor.kind in ("discrete", "text"):
        held = figures["states"] = _states(reading, span, min(span.end, now_ms), hold_limit_of(sensor))
        figures["unknown"] = None if held is None else span.width - sum(held.values())
    if percentiles:
        figures["percentiles"] = _percentiles(tenant, reading, asked, span, percentiles)
    return Statistics(
        sensor=sensor.id,
        start=span.start,
        end=span.end,
        rung=plan.rung.name if plan.rung else "raw",
        complete=plan.complete,
        count=reading.samples,
        bad=reading.bad,
        **figures,  # type: ignore[arg-type]
    )


def _figures(sensor: Sensor, reading: Reading) -> dict[str, object]:
    rows, count = reading.rows, reading.samples
    if sensor.kind == "text":
        return {}
    lowest = int(np.argmin(rows.min))
    highest = len(rows) - 1 - int(np.argmax(rows.max[::-1]))
    with np.errstate(over="ignore"):
        total = float(rows.sum.sum())
    figures: dict[str, object] = {
        "min": float(rows.min[lowest]),
        "tmin": int(rows.tmin[lowest]),
        "max": float(rows.max[highest]),
        "tmax": int(rows.tmax[highest]),
        "mean": mean_of(rows),
        "sum": total if abs(total) < LARGEST else None,
        "std": math.sqrt(max(float(deviations(rows.n, rows.sum, rows.m2, _all(rows))[0]), 0.0) / count),
    }
    if sensor.kind == "counter":
        before = float(reading.before.v[-1]) if len(reading.before) else None
        figures["increase"] = float(grown_by_row(rows, before, counter_rule(sensor)).sum())
    return figures


def _all(rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.zeros(min(len(rows), 1), np.int64)


def _states(reading: Reading, span: TimeRange, end: int, limit: int | None) -> Held | None:
    """From the range's start, where what held before it is known, to its end or now."""
    rows, total = reading.rows, Held()
    first = int(rows.tfirst[0]) if len(rows) else end
    if len(reading.before) and first > span.start:
        t = int(reading.before.t_ms[-1])
        if (lasting := held_for(first - t, limit) - (span.start - t)) > 0:
            add_held(total, {name_of(reading.before.v[-1]): lasting})
    if len(rows):
        held = held_over(rows, range(len(rows)), limit, max(end, int(rows.tlast[-1])))
        if held is None:
            return None
        add_held(total, held)
    return total


def _percentiles(
    tenant: TenantConnection, reading: Reading, asked: Asked, span: TimeRange, wanted: Sequence[float]
) -> dict[str, float]:
    sensor, samples = asked.sensor, reading.samples
    if sensor.kind == "text":
        raise BadRequest(f"{sensor.tag} holds text; it has no percentiles.", slug="method-does-not-fit")
    if asked.ladder and span.start < asked.ladder.raw_from:
        raise BadRequest(
            f"Percentiles are taken from the samples themselves; those before {iso(asked.ladder.raw_from)} are gone.",
            slug="samples-gone",
            raw_from=asked.ladder.raw_from,
        )
    if not asked.plan.complete:  # the rungs do not know yet how many there are
        ensure_readable(reader(tenant), [sensor], span)
    if samples > MOST_SORTED:
        longest = int(span.width * MOST_SORTED / samples)
        raise BadRequest(
            f"Percentiles are taken from the samples themselves, {MOST_SORTED:,} at most; here are {samples:,}. "
            f"A range of {spoken(longest)} would do.",
            slug="too-many-samples",
            samples=samples,
            limit=MOST_SORTED,
            longest_ms=longest,
        )
    parts = [raw.usable().v.astype(np.float64) for raw in stream_raw(reader(tenant), sensor, span)]
    values = shown_values(sensor, np.concatenate([np.zeros(0), *parts]))
    if not len(values):
        return {}
    found = np.percentile(values, list(wanted))
    return {f"{each:g}": float(value) for each, value in zip(wanted, found, strict=True)}
