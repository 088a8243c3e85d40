"""Floods: more than 10 alarms within 10 minutes, until fewer than 5."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alarms.lists.floods import BEGINS_ABOVE, ENDS_BELOW, WINDOW_MS, Flood, current_flood, floods
from kernel.times import MINUTE, SECOND


def test_ten_alarms_are_no_flood_and_eleven_are() -> None:
    times = [place * SECOND for place in range(11)]
    assert floods(times[:10], MINUTE) == []
    assert current_flood(times, MINUTE) == Flood(0, None, 11)


def test_eleven_alarms_in_more_than_ten_minutes_are_no_flood() -> None:
    assert floods([place * MINUTE for place in range(100)], 200 * MINUTE) == []


def test_a_flood_ends_when_fewer_than_five_are_within_ten_minutes() -> None:
    times = [place * SECOND for place in range(20)]
    assert floods(times, 60 * MINUTE) == [Flood(0, 15 * SECOND + WINDOW_MS, 20)]
    assert current_flood(times, 15 * SECOND + WINDOW_MS - 1) == Flood(0, None, 20)
    assert current_flood(times, 15 * SECOND + WINDOW_MS) is None


def test_alarms_after_a_flood_may_begin_another() -> None:
    first, second = ([start + place * SECOND for place in range(12)] for start in (0, 60 * MINUTE))
    assert [each.start for each in floods(first + second, 61 * MINUTE)] == [0, 60 * MINUTE]


def test_what_is_raised_after_the_moment_does_not_count() -> None:
    assert current_flood([place * SECOND for place in range(11)], 9 * SECOND) is None


@given(st.lists(st.integers(0, 3_000).map(lambda s: s * SECOND), max_size=80).map(sorted), st.integers(0, 4_000))
def test_a_flood_is_what_a_look_at_every_second_finds(times: list[int], until: int) -> None:
    assert (current_flood(times, until * SECOND) is not None) == slow_flood(times, until)


def slow_flood(times: list[int], until: int) -> bool:
    flooded = False
    for moment in range(until + 1):
        count = sum(moment * SECOND - WINDOW_MS < t <= moment * SECOND for t in times)
        flooded = count >= ENDS_BELOW if flooded else count > BEGINS_ABOVE
    return flooded
