"""Who is on duty, when something is active, and when quiet hours end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarms.notification.duty import is_active, next_time, on_duty, quiet_until
from alarms.notification.models import Always, DuringShifts, QuietHours, ShiftPlan, Weekly

ANNA, BEN, CLEO, DORA = "maaaaaaaaaa", "mbbbbbbbbbb", "mcccccccccc", "mdddddddddd"
VIENNA, DUBAI = "Europe/Vienna", "Asia/Dubai"


def _plan(**given: Any) -> ShiftPlan:
    meta = {"id": "spaaaaaaaaaa", "revision": 1, "created": 0, "created_by": "", "changed": 0, "changed_by": ""}
    return msgspec.convert({"name": "Operators", "zone": VIENNA, **meta, **given}, ShiftPlan)


def _at(text: str, zone: str = VIENNA, fold: int = 0) -> int:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(local.timestamp() * 1000)


DAY_AND_NIGHT = _plan(
    entries=[
        {"days": [1, 2, 3, 4, 5], "from": "06:00", "to": "22:00", "people": [ANNA]},
        {"days": [1, 2, 3, 4, 5], "from": "22:00", "to": "06:00", "people": [BEN]},
    ]
)


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        ("2026-03-20 05:59", [BEN]),  # Friday: the night that began on Thursday
        ("2026-03-20 06:00", [ANNA]),
        ("2026-03-20 22:00", [BEN]),
        ("2026-03-21 05:59", [BEN]),  # Saturday: the night that began on Friday
        ("2026-03-21 06:00", []),
        ("2026-03-23 05:00", []),  # Monday: no night began on Sunday
    ],
)
def test_a_night_shift_belongs_to_the_day_on_which_it_begins(moment: str, people: list[str]) -> None:
    assert on_duty(DAY_AND_NIGHT, _at(moment)) == people


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])  # the nights in which the clocks change
def test_a_night_shift_is_from_22_to_6_on_the_wall_also_when_the_clocks_change(day: str) -> None:
    plan = _plan(entries=[{"days": [6], "from": "22:00", "to": "06:00", "people": [BEN]}])
    began = _at(f"{day} 22:00")
    following = str(datetime.fromisoformat(day).date() + timedelta(days=1))
    ended = _at(f"{following} 06:00")
    assert (ended - began) / 3_600_000 in (7, 9)
    assert on_duty(plan, began - 1) == [] and on_duty(plan, ended) == []
    assert all(on_duty(plan, t) == [BEN] for t in range(began, ended, 600_000))


def test_groups_take_turns_and_a_shift_keeps_the_group_of_its_first_day() -> None:
    plan = _plan(
        entries=[{"days": [1, 2, 3, 4, 5, 6, 7], "from": "18:00", "to": "06:00"}],
        rotation={"days": 7, "begins": "2026-03-02", "groups": [[ANNA, BEN], [CLEO]]},
    )
    assert on_duty(plan, _at("2026-03-02 18:00")) == [ANNA, BEN]
    assert on_duty(plan, _at("2026-03-09 05:59")) == [ANNA, BEN]  # still Sunday's shift
    assert on_duty(plan, _at("2026-03-09 18:00")) == [CLEO]
    assert on_duty(plan, _at("2026-03-16 18:00")) == [ANNA, BEN]
    assert on_duty(plan, _at("2026-03-01 18:00")) == []  # before it begins
    assert on_duty(plan, _at("2026-03-09 12:00")) == []


def test_a_rotation_without_entries_is_around_the_clock() -> None:
    plan = _plan(zone=DUBAI, rotation={"days": 1, "begins": "2026-03-02", "groups": [[ANNA], [BEN]]})
    assert on_duty(plan, _at("2026-03-02 23:59", DUBAI)) == [ANNA]
    assert on_duty(plan, _at("2026-03-03 00:00", DUBAI)) == [BEN]


def test_people_of_an_entry_and_of_the_rotation_are_on_duty_once_each() -> None:
    plan = _plan(
        entries=[{"days": [1], "from": "00:00", "to": "00:00", "people": [DORA, ANNA]}],
        rotation={"days": 7, "begins": "2026-03-02", "groups": [[ANNA]]},
    )
    assert on_duty(plan, _at("2026-03-02 23:00")) == [DORA, ANNA]


def test_a_route_is_active_by_times_or_while_somebody_is_on_duty() -> None:
    t = _at("2026-03-21 12:00")
    office = msgspec.convert(
        {"kind": "weekly", "zone": DUBAI, "times": [{"days": [6], "from": "15:00", "to": "16:00"}]}, Weekly
    )
    assert is_active(Always(), {}, t)
    assert is_active(office, {}, t) and not is_active(office, {}, t + 3_600_000)
    shifts = DuringShifts(DAY_AND_NIGHT.id)
    plans = {DAY_AND_NIGHT.id: DAY_AND_NIGHT}
    assert is_active(shifts, plans, _at("2026-03-20 12:00")) and not is_active(shifts, plans, t)
    assert not is_active(shifts, {}, t)


def _quiet(start: str, end: str, zone: str = VIENNA) -> QuietHours:
    return msgspec.convert({"from": start, "to": end, "zone": zone}, QuietHours)


def test_quiet_hours_end_at_their_end() -> None:
    quiet = _quiet("22:00", "06:30")
    assert quiet_until(quiet, _at("2026-03-20 21:59")) is None
    assert quiet_until(quiet, _at("2026-03-20 22:00")) == _at("2026-03-21 06:30")
    assert quiet_until(quiet, _at("2026-03-21 06:29")) == _at("2026-03-21 06:30")
    assert quiet_until(quiet, _at("2026-03-21 06:30")) is None


def test_a_time_that_the_clock_skips_is_as_long_after_the_skip() -> None:
    assert next_time("02:30", VIENNA, _at("2026-03-29 01:00")) == _at("2026-03-29 03:30")


def test_a_time_that_the_clock_shows_twice_is_the_next_of_both() -> None:
    first, second = _at("2026-10-25 02:30"), _at("2026-10-25 02:30", fold=1)
    assert second - first == 3_600_000
    assert next_time("02:30", VIENNA, first - 1) == first
    assert next_time("02:30", VIENNA, first) == second
    assert next_time("02:30", VIENNA, second) == _at("2026-10-26 02:30")


_MOMENTS = st.integers(_at("2026-01-01 00:00"), _at("2027-01-01 00:00"))
_MINUTES = st.integers(0, 1439)


@given(_MOMENTS, _MINUTES, st.sampled_from([VIENNA, DUBAI, "America/St_Johns", "Australia/Lord_Howe"]))
def test_the_next_time_is_later_within_two_days_and_shown_by_the_clock(t: int, minute: int, zone: str) -> None:
    at = f"{minute // 60:02}:{minute % 60:02}"
    found = next_time(at, zone, t)
    assert t < found <= t + 2 * 86_400_000
    shown = datetime.fromtimestamp(found / 1000, ZoneInfo(zone))
    skipped = datetime.combine(shown.date(), datetime.strptime(at, "%H:%M").time(), ZoneInfo(zone))  # noqa: DTZ007
    assert shown.strftime("%H:%M") == at or skipped.astimezone(UTC).astimezone(ZoneInfo(zone)).time() != skipped.time()


@given(_MOMENTS, _MINUTES, _MINUTES)
def test_quiet_hours_are_over_when_they_end(t: int, start: int, end: int) -> None:
    if start == end:
        return
    quiet = _quiet(f"{start // 60:02}:{start % 60:02}", f"{end // 60:02}:{end % 60:02}", DUBAI)
    ends = quiet_until(quiet, t)
    if ends is not None:
        assert t < ends <= t + 86_400_000
        assert quiet_until(quiet, ends) is None and quiet_until(quiet, ends - 1) == ends
