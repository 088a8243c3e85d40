"""Local hours, days, weeks and months, compared with a walk through every minute of the local clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import BadRequest
from kernel.periods import MAX_PERIODS, By, bounds_of
from kernel.times import DAY, HOUR, MINUTE, TimeRange

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = [
    "UTC", "Europe/Vienna", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana",
    "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia", "Atlantic/Azores", "Asia/Dubai",
]  # fmt: skip


def at(text: str, zone: str = "UTC") -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return (moment - EPOCH) // timedelta(milliseconds=1)


def hours_long(start: str, end: str, by: By, zone: str) -> list[float]:
    bounds = bounds_of(TimeRange(at(start, zone), at(end, zone)), by, ZoneInfo(zone)).tolist()
    return [(after - before) / HOUR for before, after in pairwise(bounds)]


def test_days_have_23_and_25_hours_when_clocks_change() -> None:
    assert hours_long("2026-03-28", "2026-03-31", "day", "Europe/Vienna") == [24, 23, 24]
    assert hours_long("2026-10-24", "2026-10-27", "day", "Europe/Vienna") == [24, 25, 24]
    assert hours_long("2026-04-04", "2026-04-07", "day", "Australia/Lord_Howe") == [24, 24.5, 24]


def test_the_hour_that_the_clock_repeats_is_two_hours() -> None:
    bounds = bounds_of(TimeRange(at("2026-10-24T23:00"), at("2026-10-25T03:00")), "hour", ZoneInfo("Europe/Vienna"))
    shown = [(EPOCH + timedelta(milliseconds=t)).astimezone(ZoneInfo("Europe/Vienna")).hour for t in bounds.tolist()]
    assert shown == [1, 2, 2, 3, 4]


def test_a_day_starts_when_the_clock_leaps_over_midnight() -> None:
    """Sao Paulo, 2018-11-04: from 00:00 to 01:00."""
    assert hours_long("2018-11-03", "2018-11-06", "day", "America/Sao_Paulo") == [24, 23, 24]


def test_a_day_that_a_zone_skipped_is_none() -> None:
    """Samoa had no 30 December 2011."""
    assert hours_long("2011-12-29", "2012-01-01", "day", "Pacific/Apia") == [24, 24]


def test_weeks_start_on_monday_and_months_on_their_first_day() -> None:
    assert hours_long("2026-03-25", "2026-04-01", "week", "Europe/Vienna") == [167, 168]
    assert hours_long("2026-02-10", "2026-04-01", "month", "Europe/Vienna") == [28 * 24, 31 * 24 - 1]


def test_periods_are_whole_whatever_the_range_is() -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    start = at("2026-05-05T13:47:11", "Asia/Kathmandu")
    bounds = bounds_of(TimeRange(start, start + 1), "day", zone).tolist()
    assert bounds == [at("2026-05-05", "Asia/Kathmandu"), at("2026-05-06", "Asia/Kathmandu")]


@pytest.mark.parametrize("by", ["hour", "day", "week", "month"])
def test_too_many_periods_are_refused(by: By) -> None:
    width = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 31 * DAY}[by]
    span = TimeRange(at("1950-01-01"), at("1950-01-01") + (MAX_PERIODS + 2) * width)
    with pytest.raises(BadRequest) as refused:
        bounds_of(span, by, ZoneInfo("UTC"))
    assert refused.value.problem == "too-many-periods"


@given(
    zone=st.sampled_from(ZONES),
    minute=st.integers(at("2008-01-01") // MINUTE, at("2028-01-01") // MINUTE),
    minutes=st.integers(1, 3 * 24 * 60),
    by=st.sampled_from(["hour", "day", "week", "month"]),
)
def test_bounds_are_where_the_local_clock_enters_a_new_period(zone: str, minute: int, minutes: int, by: By) -> None:
    span = TimeRange(minute * MINUTE, (minute + minutes) * MINUTE)
    bounds = bounds_of(span, by, ZoneInfo(zone)).tolist()
    assert bounds[0] <= span.start < bounds[1] and bounds[-2] < span.end <= bounds[-1]
    assert bounds[1:-1] == slow_starts(span, by, ZoneInfo(zone))


def slow_starts(span: TimeRange, by: By, zone: ZoneInfo) -> list[int]:
    """Each minute after the range's first at which the local clock shows a period that has not been shown before, or,
    of hours, a whole one."""
    starts = []
    newest = key_of(span.start, by, zone)
    for t in range(span.start + MINUTE, span.end, MINUTE):
        key = key_of(t, by, zone)
        if by == "hour":
            if local(t, zone).minute == 0:
                starts.append(t)
        elif key > newest:
            starts.append(t)
            newest = key
    return starts


def key_of(t: int, by: By, zone: ZoneInfo) -> tuple[int, ...]:
    day = local(t, zone).date()
    if by == "week":
        return tuple(day.isocalendar()[:2])
    return (day.year, day.month) if by == "month" else (day.year, day.month, day.day)


def local(t: int, zone: ZoneInfo) -> datetime:
    return (EPOCH + timedelta(milliseconds=t)).astimezone(zone)
