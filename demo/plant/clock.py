"""The plant's calendar. Dubai keeps UTC+4 all year, so a plant day that begins at 00:00 UTC begins at 04:00 there:
the quietest hour, when one chiller is enough in any season and the lead machine changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from demo.plant.noise import Floats, Ints

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WEEK = 7 * DAY
OFFSET = 4 * HOUR
_MONDAY = 3 * DAY  # 1970-01-01 was a Thursday


def local_hour(t: Ints) -> Floats:
    return np.asarray(((t + OFFSET) % DAY) / HOUR, dtype=np.float64)


def weekday(t: Ints) -> Ints:
    """0 is Monday, in the plant's zone."""
    return ((t + OFFSET + _MONDAY) % WEEK) // DAY


def week_start(week: int) -> int:
    """Local Monday, 00:00, at which week number `week` starts."""
    return week * WEEK - _MONDAY - OFFSET


def week_of(t: int) -> int:
    return (t + OFFSET + _MONDAY) // WEEK


def season(t: Ints) -> Floats:
    """-1 at the year's coldest (about 27 January), +1 at its hottest (about 29 July)."""
    day = t / DAY
    return np.asarray(np.cos(2.0 * np.pi * (day - 209.0) / 365.2425), dtype=np.float64)


def month_start(t: int) -> int:
    """Local midnight at which t's month started."""
    local = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=t + OFFSET)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return round(first.timestamp() * 1000) - OFFSET
