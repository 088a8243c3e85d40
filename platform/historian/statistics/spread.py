"""The cumulative distribution of values that are known as intervals: rows of rungs, or samples. Pure numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from historian.rungs.rows import Floats

Bools = npt.NDArray[np.bool_]
_UNIFORM = 1 / 12  # variance of a uniform distribution of width 1


@dataclass(frozen=True, slots=True)
class Spread:
    """Intervals `low` to `high`, each with a weight whose values all lie in it; samples are intervals of no width.

    `mean`, `std`: of an interval's values. `moments`: whether they are those of the weight as well, so that they bound
    it; weights of time have other means than the samples.
    """

    low: Floats
    high: Floats
    mean: Floats
    std: Floats
    weight: Floats
    moments: bool

    @property
    def trusted(self) -> Bools:
        """Where mean and deviation are precise enough for bounds: not where values differ in their last digits only, or
        their squares have no digits."""
        size = np.maximum(np.abs(self.low), np.abs(self.high))
        with np.errstate(over="ignore"):
            width = self.high - self.low
            return np.asarray(self.moments & (size < 1e150) & (width > 1e-6 * size) & (width > 1e-140), bool)

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    @property
    def exact(self) -> bool:
        return bool((self.low == self.high).all())


@dataclass(frozen=True, slots=True)
class Cumulative:
    """The share of the weight below each of some values: an estimate, and bounds that always hold."""

    share: Floats
    low: Floats
    high: Floats


def cumulative(spread: Spread, values: Floats) -> Cumulative:
    """The share of the weight below each value, exact for samples.

    Of an interval that contains the value, the estimate depends on the standard deviation: from that of noise (a normal
    distribution, cut off at the interval's ends) over that of a ramp (uniform on either side of the mean) to that of a
    switch (nothing but the two ends). The bounds follow from the ends (all or nothing) and, with `moments`,
    from the inequalities of Markov and Cantelli for the mean and the variance.
    """
    total, trusted = spread.total, spread.trusted
    found = np.zeros((3, len(values)))
    for place, value in enumerate(values.tolist()):
        below = float(spread.weight[spread.high < value].sum())
        found[:, place] = below
        inside = (spread.low < value) & (spread.high >= value)
        if inside.any():
            weight = spread.weight[inside]
            parts = _inside(spread.low[inside], spread.high[inside], spread.mean[inside], spread.std[inside], value)
            low, high = _bounds(*parts, trusted[inside])
            estimate = np.clip(_estimate(*parts), low, high)
            found[:, place] += [float((weight * each).sum()) for each in (estimate, low, high)]
    shares = np.clip(found / total, 0.0, 1.0)
    return Cumulative(*np.maximum.accumulate(shares, axis=1))


Parts = tuple[Floats, Floats, Floats]


def _inside(low: Floats, high: Floats, mean: Floats, std: Floats, value: float) -> Parts:
    """The value, the mean and the deviation as shares of the interval's width, from its low end."""
    with np.errstate(over="ignore", invalid="ignore"):
        half = high / 2 - low / 2  # halves, as the width of the largest numbers is none
        at, middle = (value / 2 - low / 2) / half, (mean / 2 - low / 2) / half
        deviation = std / 2 / half
    at, middle = np.clip(np.nan_to_num(at), 0.0, 1.0), np.clip(np.nan_to_num(middle), 0.0, 1.0)
    largest = np.sqrt(middle * (1 - middle))  # of any distribution with this mean (Bhatia and Davis, 2000)
    return at, middle, np.minimum(np.nan_to_num(deviation, nan=1.0, posinf=1.0), largest)


def _bounds(at: Floats, mean: Floats, std: Floats, trusted: Bools) -> tuple[Floats, Floats]:
    low, high = np.zeros_like(at), np.ones_like(at)
    variance, apart = std**2, (at - mean) ** 2
    cantelli = variance / np.maximum(variance + apart, 1e-300)
    left, right = trusted & (at < mean), trusted & (at > mean)
    high[left] = np.minimum(cantelli, (1 - mean) / np.maximum(1 - at, 1e-300))[left]
    low[right] = np.maximum(1 - cantelli, (at - mean) / np.maximum(at, 1e-300))[right]
    return low, np.minimum(np.maximum(high, low), 1.0)


def _estimate(at: Floats, mean: Floats, std: Floats) -> Floats:
    lower = 1 - mean  # the share below the mean of a distribution that is uniform on either side of it
    ramp = np.where(
        at <= mean,
        lower * at / np.maximum(mean, 1e-300),
        lower + mean * (at - mean) / np.maximum(1 - mean, 1e-300),
    )
    deviation = np.maximum(std, 1e-12)
    ends = _normal(-mean / deviation), _normal((1 - mean) / deviation)
    noise = (_normal((at - mean) / deviation) - ends[0]) / np.maximum(ends[1] - ends[0], 1e-300)
    steady = np.clip(std**2 / _UNIFORM, 0.0, 1.0) ** 3
    switched = np.clip((std**2 - _UNIFORM) / np.maximum(mean * lower - _UNIFORM, 1e-12), 0.0, 1.0)
    return (1 - switched) * (steady * ramp + (1 - steady) * noise) + switched * lower


def _normal(z: Floats) -> Floats:
    """The normal distribution's function, within 3e-4 (Page, 1977)."""
    z = np.clip(z, -8.0, 8.0)
    return np.asarray(0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))), np.float64)
