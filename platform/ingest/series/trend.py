"""The trend of a number that is known once a day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import median

MIN_POINTS = 3


def slope(points: Sequence[tuple[int, int]]) -> float | None:
    """The change per unit of the first number: the median of the slopes between all pairs of points, after the largest
    step between two neighbours was made as large as the second largest. None for fewer than three points.

    The estimator of Theil (1950) and Sen, Estimates of the regression coefficient based on Kendall's tau, Journal of
    the American Statistical Association 63 (1968), 1379-1389. It ignores outliers, but not a jump, such
    as the day of an import: all points behind it are higher. The step is made smaller for that.
    """
    if len(points) < MIN_POINTS:
        return None
    return median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(_without_jump(points), 2))


def _without_jump(points: Sequence[tuple[int, int]]) -> list[tuple[int, float]]:
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in pairwise(points)]
    second, first = sorted(slopes)[-2:]
    (x1, _), (x2, _) = list(pairwise(points))[slopes.index(first)]
    jump = (first - second) * (x2 - x1)
    return [(x, y - jump if x >= x2 else y) for x, y in points]


def days_until(limit: int, known: int, per_day: float | None) -> float | None:
    """After how many days a number that grows like this reaches the limit; None if it does not grow."""
    if known >= limit:
        return 0.0
    if per_day is None or per_day <= 0:
        return None
    return (limit - known) / per_day
