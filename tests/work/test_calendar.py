"""Dates of maintenance by local calendars."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.times import LATEST
from work.plans.calendar import due_after
from work.plans.models import CalendarDue

BERLIN = ZoneInfo("Europe/Berlin")


def ms(*when: int, zone: ZoneInfo = BERLIN) -> int:
    return round(datetime(*when, tzinfo=zone).timestamp() * 1000)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("since", "count", "unit", "due"),
    [
        ((2026, 1, 31, 8), 1, "months", (2026, 2, 28, 8)),
        ((2024, 2, 29, 8), 1, "years", (2025, 2, 28, 8)),
        ((2026, 8, 31, 8), 6, "months", (2027, 2, 28, 8)),
        ((2026, 3, 28, 8), 1, "days", (2026, 3, 29, 8)),  # of 23 hours
        ((2026, 10, 24, 8), 1, "weeks", (2026, 10, 31, 8)),  # the clock was set back
        ((2026, 11, 15, 8), 14, "months", (2028, 1, 15, 8)),
    ],
)
def test_it_is_due_at_the_same_time_of_the_local_clock(
    since: tuple[int, ...], count: int, unit: str, due: tuple[int, ...]
) -> None:
    every = CalendarDue(count=count, unit=unit)  # type: ignore[arg-type]
    assert due_after(ms(*since), every, BERLIN) == ms(*due)


@given(
    st.integers(ms(1990, 1, 1), ms(2090, 1, 1)),
    st.integers(1, 3_660),
    st.sampled_from(["days", "weeks", "months", "years"]),
    st.sampled_from(["Europe/Berlin", "Asia/Dubai", "America/St_Johns", "Pacific/Apia"]),
)
def test_it_is_due_about_so_long_after_and_never_before(since: int, count: int, unit: str, zone: str) -> None:
    days = count * {"days": 1.0, "weeks": 7.0, "months": 30.44, "years": 365.25}[unit]
    due = due_after(since, CalendarDue(count=count, unit=unit), ZoneInfo(zone))  # type: ignore[arg-type]
    if due != LATEST:
        assert abs((due - since) / 86_400_000 - days) < 4 + days / 500
    assert due > since


def test_a_date_beyond_all_time_is_the_last_one() -> None:
    assert due_after(LATEST - 1, CalendarDue(count=3_660, unit="years"), BERLIN) == LATEST
