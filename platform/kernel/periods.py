"""Hours, days, weeks and months by the clock and calendar of a time zone. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from kernel.errors import BadRequest
from kernel.times import DAY, HOUR, TimeRange

By = Literal["hour", "day", "week", "month"]
BY: tuple[By, ...] = get_args(By)
MAX_PERIODS = 2_000  # in one response
_USUAL_MS: dict[By, int] = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def bounds_of(span: TimeRange, by: By, zone: ZoneInfo) -> npt.NDArray[np.int64]:
    """The bounds, in ms, of the whole periods that a range touches: one more than there are periods.

    A day starts at local midnight, or when the clock leaps over it; a week on Monday (ISO 8601). An hour starts
    whenever the clock shows a whole one, so the hour that a clock repeats is two, and a day has 23 to 25 of them.
    Raises BadRequest if there are more than MAX_PERIODS.
    """
    if span.width // _USUAL_MS[by] > MAX_PERIODS:
        raise _too_many(by)
    bounds: list[int] = []
    for start in _hours(span.start, zone) if by == "hour" else _days(span.start, by, zone):
        if not bounds or start > bounds[-1]:  # a day that a zone skipped has no length
            bounds.append(start)
        if len(bounds) > MAX_PERIODS + 1:
            raise _too_many(by)
        if start >= span.end:
            break
    return np.array(bounds, np.int64)


def _hours(at: int, zone: ZoneInfo) -> Iterator[int]:
    """The moments at which the clock shows a whole hour, from the last one at or before `at`."""
    start = at - (at + _offset(at, zone)) % HOUR
    yield start - (start + _offset(start, zone)) % HOUR
    while True:
        start += HOUR
        start -= (start + _offset(start, zone)) % -HOUR  # forward, where the clock was set by less than an hour
        yield start


def _days(at: int, by: By, zone: ZoneInfo) -> Iterator[int]:
    """The moments at which days, weeks or months start, from the last one at or before `at`."""
    day = (_EPOCH + at * _MS).astimezone(zone).date()
    if by == "week":
        day -= timedelta(days=day.weekday())
    elif by == "month":
        day = day.replace(day=1)
    while True:
        yield _midnight(day, zone)
        day = _next(day, by)


def _next(day: date, by: By) -> date:
    if by == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day + timedelta(days=7 if by == "week" else 1)


def _midnight(day: date, zone: ZoneInfo) -> int:
    """The first of two midnights; where the clock leaps over it, the moment at which it does."""
    return (datetime(day.year, day.month, day.day, tzinfo=zone) - _EPOCH) // _MS


def _offset(at: int, zone: ZoneInfo) -> int:
    """The zone's offset from UTC in ms."""
    offset = (_EPOCH + at * _MS).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // _MS


def _too_many(by: By) -> BadRequest:
    coarser = {"hour": "day", "day": "week", "week": "month"}.get(by)
    hint = f" Ask for by={coarser}, or for a shorter range." if coarser else " Ask for a shorter range."
    return BadRequest(
        f"The range has more than {MAX_PERIODS:,} {by}s, which one response takes.{hint}",
        slug="too-many-periods",
        parameter="by",
        limit=MAX_PERIODS,
    )
