"""Computes the statistics of a reading. Pure."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog.models import Sensor
from historian.read.reading import Reading
from historian.rungs.aggregates import LARGEST, deviations, grown_by_row, mean_of
from historian.rungs.counters import counter_rule
from historian.rungs.rows import Rows


class Statistics(Struct, frozen=True, kw_only=True):
    """Statistics of all usable samples of a range. Texts have only count and states."""

    sensor: str
    start: int
    end: int
    rung: Annotated[str, Meta(description="The coarsest rung that was read; raw where samples alone were")]
    complete: Annotated[bool, Meta(description="False while late samples are still being processed")]
    count: int
    bad: Annotated[int, Meta(description="Samples of bad quality; no other figure includes them")]
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
        dict[str, float] | UnsetType, Meta(description="The requested ones, computed from samples")
    ] = UNSET


def figures_of(sensor: Sensor, reading: Reading) -> dict[str, object]:
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
