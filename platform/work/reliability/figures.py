"""MTBF, MTTR and their trend. Pure; hours.

EN 15341:2019 and ISO 14224:2016 (annex C): MTBF is operating time (`operating.py`) by number of failures, MTTR the mean
time to restoration. With r failures in operating time T, twice-sided at 90 %, for a constant rate of failures (IEC
60605-4, time-truncated): 2T / chi2(0.95; 2r + 2) <= MTBF <= 2T / chi2(0.05; 2r). Times to restoration are taken as
log-normal (MIL-HDBK-472): of n logarithms with mean m and variance s2, ln MTTR = m + s2/2 -+ t(0.95; n - 1) sqrt(s2/n +
s2^2 / (2(n - 1))), the modified Cox method (Olsson, J. Statistics Education 13(1), 2005). Laplace's test (IEC 61649,
MIL-HDBK-189C) of n failures at t_i in 0 .. T: u = (mean(t_i) - T/2) / (T sqrt(1 / (12 n))).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kernel.times import HOUR, TimeRange
from work.reliability.failures import Failure, downtime_ms, within
from work.reliability.models import ConfidenceInterval, FailureTrend
from work.reliability.operating import Operating

CONFIDENCE = 0.90
TAIL = (1 - CONFIDENCE) / 2
Z_LIMIT = 1.6449  # of the standard normal distribution, twice-sided at 90 %
MIN_RESTORED, MIN_FAILURES_FOR_TREND = 3, 4
MIN_RESTORATION_H = 1 / 60  # a minute: shorter ones have no logarithm that means anything


def figures_of(failures: Sequence[Failure], assets: int, span: TimeRange, operating: Operating) -> dict[str, Any]:
    """The members of ReliabilityFigures, of the failures of so many assets in that operating time."""
    found, operating_h = within(failures, span), operating.hours
    period_h = assets * span.width / HOUR
    downtime_h = downtime_ms(failures, span) / HOUR
    restorations = [hours for each in found if (hours := each.restoration_h) is not None]
    return {
        "failures": len(found),
        "operating_h": operating_h,
        "basis": operating.basis,
        "downtime_h": downtime_h,
        "mtbf_h": operating_h / len(found) if found else None,
        "mtbf_interval": mtbf_interval(operating_h, len(found)),
        "mttr_h": math.fsum(restorations) / len(restorations) if restorations else None,
        "mttr_interval": mttr_interval(restorations),
        "availability": max(0.0, 1 - downtime_h / period_h) if period_h > 0 else None,
        "restored": len(restorations),
    }


def mtbf_interval(operating_h: float, failures: int) -> ConfidenceInterval | None:
    """None without operating time."""
    from scipy.special import chdtri  # loads 20 MB, which few processes need

    if operating_h <= 0:
        return None
    low = 2 * operating_h / float(chdtri(2 * failures + 2, TAIL))
    high = 2 * operating_h / float(chdtri(2 * failures, 1 - TAIL)) if failures else None
    return ConfidenceInterval(low=low, high=high)


def mttr_interval(restorations_h: Sequence[float]) -> ConfidenceInterval | None:
    """None of fewer than three."""
    from scipy.special import stdtrit

    n = len(restorations_h)
    if n < MIN_RESTORED:
        return None
    logs = [math.log(max(each, MIN_RESTORATION_H)) for each in restorations_h]
    mean = math.fsum(logs) / n
    variance = math.fsum((each - mean) ** 2 for each in logs) / (n - 1)
    half = float(stdtrit(n - 1, 1 - TAIL)) * math.sqrt(variance / n + variance**2 / (2 * (n - 1)))
    middle = mean + variance / 2
    if middle + half > math.log(1e12):  # so spread out that they set no upper limit
        return ConfidenceInterval(low=math.exp(middle - half), high=None)
    return ConfidenceInterval(low=math.exp(middle - half), high=math.exp(middle + half))


def trend_of(failures: Sequence[Failure], span: TimeRange) -> FailureTrend:
    found = within(failures, span)
    if len(found) < MIN_FAILURES_FOR_TREND or span.width <= 0:
        return FailureTrend(u=None, verdict="unknown")
    mean = math.fsum((each.at - span.start) / span.width for each in found) / len(found)
    u = (mean - 0.5) * math.sqrt(12 * len(found))
    return FailureTrend(u=u, verdict="worse" if u > Z_LIMIT else "better" if u < -Z_LIMIT else "steady")
