"""Histogram and duration curve of values, from their cumulative distribution. Pure."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct

from historian.rungs.rows import Floats
from historian.statistics.spread import Spread, cumulative

Weight = Literal["samples", "time"]
SHARES = np.linspace(0.0, 1.0, 101)
GRID = 201  # values at which a duration curve is computed that is made of rows
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


class Duration(Struct, frozen=True):
    """The duration curve: for each of 101 shares of the weight, 0 to 1, the value that is reached or exceeded for it.

    `low` and `high` are bounds that always hold; where samples themselves were read they are the value.
    """

    share: list[float]
    value: list[float]
    low: list[float]
    high: list[float]


class Distribution(Struct, frozen=True, kw_only=True):
    """How the usable values of a continuous sensor are distributed over a range; empty lists if there are none."""

    sensor: str
    start: int
    end: int
    rung: Annotated[str, Meta(description="The coarsest rung that was read; raw where samples alone were")]
    complete: Annotated[bool, Meta(description="False while late samples are still being processed")]
    exact: Annotated[bool, Meta(description="Whether the shares are exact; otherwise they are estimates from rollups")]
    error: Annotated[
        float,
        Meta(
            description="No share of values below an edge differs from the sum of `shares` up to it by more than this; "
            "0 if exact"
        ),
    ]
    weight: Annotated[
        Weight,
        Meta(
            description="What the shares are of: of the samples, or of the time in which they held (sensors that "
            "report on change)"
        ),
    ]
    total: Annotated[float, Meta(description="All of the weight: a number of samples, or ms")]
    count: Annotated[int, Meta(description="Usable samples")]
    bad: Annotated[int, Meta(description="Samples of bad quality; no other figure includes them")]
    edges: Annotated[list[float], Meta(description="Of the bins, ascending, one more than `shares`; round numbers")]
    shares: Annotated[
        list[float],
        Meta(
            description="Share of each bin, 0 to 1; the upper edge counts with the next bin, the last one with its own"
        ),
    ]
    duration: Duration


def bin_edges(low: float, high: float, bins: int) -> Floats:
    """Edges of at most `bins` bins of one round width (1, 2, 2.5 or 5 times a power of ten) from `low` to `high`."""
    if low == high:
        room = abs(low) * 0.01 or 0.5
        return np.array([low - room, high + room])
    plain = 2 * np.unique(np.linspace(low / 2, high / 2, bins + 1))  # halves, as the largest numbers have no width
    if len(plain) < 2:
        return np.array([low, high])
    plain[0], plain[-1] = low, high  # the smallest numbers have no half
    width = high - low
    least = width / max(bins - 1, 1)
    if not (math.isfinite(width) and least > 1e-290):  # numbers without room for round ones
        return plain
    power = 10.0 ** math.floor(math.log10(least))
    step = next(each * power for each in _STEPS if each * power >= least * (1 - 1e-9))
    first, last = math.floor(low / step), math.ceil(high / step)
    if last - first > bins or max(abs(first), abs(last)) > 2**40:
        return plain
    edges = np.array([float(f"{place * step:.12g}") for place in range(first, last + 1)])
    return edges if edges[0] <= low and edges[-1] >= high and (np.diff(edges) > 0).all() else plain


def histogram(spread: Spread, edges: Floats) -> tuple[list[float], float]:
    """The share of each bin, and how far the sum up to any edge may be off."""
    found = cumulative(spread, edges[1:-1])
    shares = np.diff(np.concatenate([[0.0], found.share, [1.0]]))
    error = max(
        float(np.max(found.share - found.low, initial=0.0)), float(np.max(found.high - found.share, initial=0.0))
    )
    return shares.tolist(), 0.0 if spread.exact else error


def duration_curve(spread: Spread) -> Duration:
    if spread.exact:
        values = _reached(spread.low, spread.weight).tolist()
        return Duration(SHARES.tolist(), values, values, values)
    least, most = float(spread.low.min()), float(spread.high.max())
    steps = np.arange(GRID, dtype=np.float64)
    grid = np.asarray(least + (most / (GRID - 1) - least / (GRID - 1)) * steps, np.float64)
    grid[-1] = most
    found = cumulative(spread, grid)
    above = ((found.share, None), (found.high, 0), (found.low, 1))
    curves = [_inverse(grid, np.asarray(1 - each, np.float64), shift) for each, shift in above]
    value, low, high = (np.clip(each, least, most) for each in curves)
    low = np.maximum(low, _reached(spread.low, spread.weight))
    high = np.maximum(np.minimum(high, _reached(spread.high, spread.weight)), low)
    return Duration(SHARES.tolist(), np.clip(value, low, high).tolist(), low.tolist(), high.tolist())


def _reached(values: Floats, weight: Floats) -> Floats:
    """For each share, the largest of the values that is reached or exceeded for it."""
    order = np.argsort(-values, kind="stable")
    summed = np.cumsum(weight[order])
    places = np.searchsorted(summed, SHARES * summed[-1] * (1 - 1e-12))
    return np.asarray(values[order][np.minimum(places, len(values) - 1)], np.float64)


def _inverse(grid: Floats, reached: Floats, shift: int | None) -> Floats:
    """The grid's value at which each share is reached. `reached` descends. `shift`: None interpolates, 0 takes the last
    value at which the share is reached for certain, 1 the first at which it is not."""
    if shift is None:
        return np.interp(-SHARES, -reached, grid)
    last = np.searchsorted(-reached, -SHARES + 1e-12, "right") - 1  # the last with reached >= share
    return np.asarray(grid[np.clip(last + shift, 0, len(grid) - 1)], np.float64)
