"""Limits proposed from what a sensor did: outside of its usual values, with deadband and delay by what it measures.

Usual values are those between the 1st and the 99th percentile. A limit is beyond them by half of their distance to the
median, a second one by all of it. Deadbands (parts of the usual range) and delays are those with which to begin by
EEMUA 191.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from catalog.models import Sensor
from catalog.units import quantity_of
from historian.statistics.distribution import Distribution
from historian.statistics.distribution_query import distribution
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from kernel.times import DAY, TimeRange

MIN_SAMPLES = 100
BINS = 200
FIRST, SECOND = 0.5, 1.0  # of the distance between median and usual end


class ProposedLimits(Struct, frozen=True, kw_only=True):
    """In the sensor's unit."""

    sensor: str
    unit: str
    start: int
    end: int
    count: Annotated[int, Meta(description="Usable samples")]
    exact: bool
    median: float
    low_low: float
    low: float
    high: float
    high_high: float
    deadband: float
    on_delay_s: float
    off_delay_s: float
    share_above: Annotated[float, Meta(description="Of the values, those above `high`, 0 to 1")]
    share_below: Annotated[float, Meta(description="Those below `low`")]


class _Usual(NamedTuple):
    deadband: float
    delay_s: float


_USUAL = {
    "flow": _Usual(0.05, 15), "level": _Usual(0.05, 60), "length": _Usual(0.05, 60), "pressure": _Usual(0.02, 15),
    "temperature": _Usual(0.01, 60),
}  # fmt: skip
_OTHER = _Usual(0.05, 60)


def propose_limits(tenant: TenantConnection, sensor: Sensor, days: int, now: int) -> ProposedLimits:
    """Raises BadRequest for other kinds than continuous, Conflict if there is too little data."""
    span = TimeRange(now - days * DAY, now)
    found = distribution(tenant, sensor, span, BINS, now_ms=now)
    if found.count < MIN_SAMPLES:
        raise Conflict(
            f"{sensor.tag} has {found.count} usable samples in the last {days} days; {MIN_SAMPLES} are needed.",
            slug="too-few-samples",
        )
    return limits_from(sensor, found)


def limits_from(sensor: Sensor, found: Distribution) -> ProposedLimits:
    """Pure. `found` has samples."""
    lowest, median, highest = (value_at(found, share) for share in (0.99, 0.5, 0.01))
    usual = _usual(sensor.unit)
    room = max(highest - lowest, abs(median) * 1e-3, 1e-9)
    above, below = max(highest - median, room / 10), max(median - lowest, room / 10)
    high, low = highest + FIRST * above, lowest - FIRST * below
    return ProposedLimits(
        sensor=sensor.id,
        unit=sensor.unit,
        start=found.start,
        end=found.end,
        count=found.count,
        exact=found.exact,
        median=median,
        low_low=_rounded(lowest - SECOND * below, room),
        low=_rounded(low, room),
        high=_rounded(high, room),
        high_high=_rounded(highest + SECOND * above, room),
        deadband=_rounded(usual.deadband * room, usual.deadband * room),
        on_delay_s=usual.delay_s,
        off_delay_s=usual.delay_s,
        share_above=share_above(found, high),
        share_below=max(0.0, 1 - share_above(found, low)),
    )


def value_at(found: Distribution, share: float) -> float:
    """That which is reached or exceeded for this share."""
    return float(np.interp(share, found.duration.share, found.duration.value))


def share_above(found: Distribution, limit: float) -> float:
    """Within a bin the values count as evenly spread."""
    total = np.concatenate([[0.0], np.cumsum(found.shares)])
    return float(np.clip(1 - np.interp(limit, found.edges, total), 0, 1))


def _usual(unit: str) -> _Usual:
    quantity = quantity_of(unit).casefold() if unit else ""
    return next((usual for name, usual in _USUAL.items() if name in quantity), _OTHER)


def _rounded(value: float, room: float) -> float:
    """To three digits of the usual range."""
    step = 10.0 ** np.floor(np.log10(room) - 2) if room > 0 else 0.0
    return float(round(round(value / step) * step, 12)) if step else value
