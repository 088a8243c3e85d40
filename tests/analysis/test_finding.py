"""Periods in which a condition holds, compared with a look at every moment."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.runs.finding import Found, Happened, Steps, joined, long_enough, paired, periods
from kernel.times import TimeRange

TRUTHS = st.sampled_from([0.0, 1.0, math.nan])


def steps(*pairs: tuple[int, float]) -> Steps:
    return Steps(np.array([t for t, _ in pairs], np.int64), np.array([truth for _, truth in pairs]))


def test_a_run_lasts_until_its_condition_ends_or_is_unknown() -> None:
    changes = steps((0, 0.0), (10, 1.0), (20, 0.0), (30, 1.0), (40, math.nan), (50, 1.0))
    assert periods(changes, TimeRange(5, 60), 60) == [Found(10, 20), Found(30, 40), Found(50, 60, open=True)]


def test_what_held_before_the_range_begins_with_it() -> None:
    assert periods(steps((0, 1.0), (10, 0.0)), TimeRange(5, 60), 60) == [Found(5, 10, begun=True)]
    assert periods(steps((0, 1.0)), TimeRange(5, 60), 30) == [Found(5, 30, begun=True, open=True)]


def test_samples_count_for_their_limit() -> None:
    t = np.array([0, 10, 50], np.int64)
    held = Steps.held(t, t, np.array([1.0, 1.0, 0.0]), 15)
    assert periods(held, TimeRange(0, 60), 60) == [Found(0, 25, begun=True)]


def test_short_interruptions_are_part_of_a_run_and_short_runs_are_none() -> None:
    found = [Found(0, 10), Found(12, 20), Found(40, 45), Found(90, 91, open=True)]
    whole = joined(found, 5)
    assert whole == [Found(0, 20), Found(40, 45), Found(90, 91, open=True)]
    assert long_enough(whole, 10) == [Found(0, 20), Found(90, 91, open=True)]
    assert joined(found, 0) == found


def test_events_are_paired_by_device() -> None:
    events = [
        Happened(0, "A", True), Happened(5, "B", True), Happened(10, "A", False), Happened(20, "B", True),
        Happened(30, "B", False), Happened(40, "C", False), Happened(50, "A", True),
    ]  # fmt: skip
    assert paired(events, 0, 60) == [
        Found(0, 10, device="A"), Found(5, 20, device="B"), Found(20, 30, device="B"),
        Found(50, 60, open=True, device="A"),
    ]  # fmt: skip


def test_what_events_started_before_the_range_begins_with_it() -> None:
    events = [
        Happened(0, "A", True), Happened(2, "B", True), Happened(5, "B", False), Happened(8, "C", True),
        Happened(20, "A", False), Happened(25, "A", False),
    ]  # fmt: skip
    assert paired(events, 10, 40) == [
        Found(10, 20, begun=True, device="A"), Found(10, 40, begun=True, open=True, device="C"),
    ]  # fmt: skip
    assert paired([Happened(0, "A", True), Happened(10, "A", False)], 10, 40) == []
    assert paired([Happened(10, "A", True)], 10, 40) == [Found(10, 40, open=True, device="A")]


def test_interruptions_are_of_one_device() -> None:
    found = [
        Found(0, 100, open=True, device="A"), Found(10, 20, device="B"), Found(22, 30, device="B"),
        Found(50, 60, device="B"),
    ]  # fmt: skip
    assert joined(found, 5) == [found[0], Found(10, 30, device="B"), found[3]]
    assert joined([Found(0, 50, open=True), Found(10, 20)], 5) == [Found(0, 50, open=True)]


@given(
    changes=st.dictionaries(st.integers(0, 60), TRUTHS, max_size=20), start=st.integers(0, 40), width=st.integers(1, 30)
)
def test_periods_cover_what_holds(changes: dict[int, float], start: int, width: int) -> None:
    end = start + width
    found = periods(steps(*sorted(changes.items())), TimeRange(start, end), end)

    def holds(moment: int) -> bool:
        before = [t for t in changes if t <= moment]
        return bool(before) and changes[max(before)] == 1.0

    covered = {moment for each in found for moment in range(each.start, each.end)}
    assert covered == {moment for moment in range(start, end) if holds(moment)}
    assert all(one.end < other.start for one, other in pairwise(found))
