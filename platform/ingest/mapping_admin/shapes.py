"""The shape of a sensor's values: at which level, how much and how fast they change. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stores.samples import Raw

MIN_SAMPLES = 10
_NS = 1e9


@dataclass(frozen=True, slots=True)
class Shape:
    """`low`, `middle` and `high`: percentiles 10, 50 and 90; `step`: the median change; `whole`: only whole numbers."""

    low: float
    middle: float
    high: float
    step: float
    interval_s: float
    whole: bool


def shape_of(samples: Raw) -> Shape | None:
    """None for too few samples, and for texts."""
    if samples.v.dtype == object:
        return None
    good = samples.usable()
    if len(good) < MIN_SAMPLES:
        return None
    values = good.v.astype(np.float64)
    low, middle, high = (float(each) for each in np.percentile(values, (10, 50, 90)))
    step, interval = float(np.median(np.abs(np.diff(values)))), float(np.median(np.diff(good.t))) / _NS
    return Shape(low, middle, high, step, interval, bool(np.all(values == np.round(values))))


def likeness(a: Shape, b: Shape) -> float:
    """From 0 to 1: how far their ranges overlap, and how alike their spread, step and interval are."""
    scale = max(abs(a.low), abs(a.high), abs(b.low), abs(b.high), 1e-12)
    span = max(a.high, b.high) - min(a.low, b.low)
    shared = min(a.high, b.high) - max(a.low, b.low)
    overlap = 1.0 if span <= 1e-9 * scale else max(0.0, shared / span)
    near = max(0.0, 1.0 - abs(a.middle - b.middle) / scale)
    parts = (
        (3.0, overlap),
        (3.0, near),
        (2.0, _ratio(a.high - a.low, b.high - b.low)),
        (1.0, _ratio(a.step, b.step)),
        (1.0, _ratio(a.interval_s, b.interval_s)),
        (1.0, float(a.whole == b.whole)),
    )
    return round(sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts), 3)


def _ratio(a: float, b: float) -> float:
    """1 for equal sizes, 0.5 for a factor of ten."""
    if a <= 0 or b <= 0:
        return float(a <= 0 and b <= 0)
    return 1.0 / (1.0 + abs(math.log10(a / b)))
