"""MTBF, MTTR, their intervals and the trend, against values of tables and slow computations."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.times import TimeRange
from tests.work.cases import DAY, HOUR, T, case
from work.cases.models import Downtime
from work.reliability.failures import Failure, downtime_ms, failure_of
from work.reliability.figures import figures_of, mtbf_interval, mttr_interval, trend_of
from work.reliability.months import months_of

SPAN = TimeRange(T, T + 100 * DAY)


def failure(day: float, down_h: float | None = None, restored_h: float | None = None, asset: str = "a1") -> Failure:
    at = T + int(day * DAY)
    down = None if down_h is None else at + int(down_h * HOUR)
    restored = down if restored_h is None else at + int(restored_h * HOUR)
    return Failure(asset, at, down, restored)


def test_a_failure_begins_with_the_downtime_else_with_the_case() -> None:
    down = Downtime(start=T - HOUR, end=T + HOUR)
    assert failure_of(case(failure=True, downtime=down), T) == Failure("a1", T - HOUR, T + HOUR, T + HOUR)
    still = Downtime(start=T - HOUR, end=None)
    assert failure_of(case(failure=True, downtime=still), T + 5) == Failure("a1", T - HOUR, T + 5, None)
    assert failure_of(case(failure=True, state="done", ended=T + 9), T + 9) == Failure("a1", T, None, T + 9)
    assert failure_of(case(failure=True), T) == Failure("a1", T, None, None)
    assert failure_of(case(), T) is None
    assert failure_of(case(failure=True, state="cancelled", ended=T), T) is None
    assert failure_of(case(failure=True, asset=None), T) is None


def test_mtbf_is_operating_time_by_failures_and_mttr_the_mean_time_to_restoration() -> None:
    found = figures_of([failure(10, 4), failure(50, 8), failure(-1, 5), failure(101, 1)], 2, SPAN)
    assert found["failures"] == 2 and found["restored"] == 2
    assert found["downtime_h"] == 12 and found["operating_h"] == 2 * 2400 - 12
    assert found["mtbf_h"] == (4800 - 12) / 2 and found["mttr_h"] == 6
    assert found["availability"] == pytest.approx(1 - 12 / 4800)


def test_without_failures_only_the_least_mtbf_can_be_said() -> None:
    found = figures_of([], 1, SPAN)
    assert (found["mtbf_h"], found["mttr_h"], found["failures"], found["mttr_interval"]) == (None, None, 0, None)
    assert found["mtbf_interval"].low == pytest.approx(2400 / -math.log(0.05)) and found["mtbf_interval"].high is None


def test_intervals_are_those_of_the_tables() -> None:
    """IEC 60605-4's factors for 90 %: chi2(0.95; 12) = 21.026, chi2(0.05; 10) = 3.940; t(0.95; 3) = 2.353."""
    interval = mtbf_interval(1_000, 5)
    assert interval is not None and interval.high is not None
    assert interval.low == pytest.approx(2_000 / 21.026, 1e-4)
    assert interval.high == pytest.approx(2_000 / 3.940, 1e-3)
    assert mttr_interval([1.0, 2.0]) is None
    logs = [math.log(each) for each in (1.0, 2.0, 4.0, 8.0)]
    mean, s2 = sum(logs) / 4, sum((each - sum(logs) / 4) ** 2 for each in logs) / 3
    half = 2.353 * math.sqrt(s2 / 4 + s2**2 / 6)
    found = mttr_interval([1.0, 2.0, 4.0, 8.0])
    assert found is not None and found.high is not None
    assert found.low == pytest.approx(math.exp(mean + s2 / 2 - half), 1e-3)
    assert found.high == pytest.approx(math.exp(mean + s2 / 2 + half), 1e-3)
    assert mttr_interval([0.0, 0.0, 0.0]) is not None


@given(st.floats(1, 1e6), st.integers(0, 500))
def test_the_interval_holds_the_mtbf_and_narrows_with_failures(operating_h: float, failures: int) -> None:
    found = mtbf_interval(operating_h, failures)
    assert found is not None
    if failures:
        assert found.high is not None and found.low < operating_h / failures < found.high
        more = mtbf_interval(operating_h, failures + 1)
        assert more is not None and more.high is not None and more.high / more.low < found.high / found.low


def test_the_trend_tells_whether_failures_come_faster() -> None:
    assert trend_of([failure(day) for day in (80, 85, 90, 95)], SPAN).verdict == "worse"
    assert trend_of([failure(day) for day in (5, 10, 12, 20)], SPAN).verdict == "better"
    assert trend_of([failure(day) for day in (10, 40, 60, 90)], SPAN).verdict == "steady"
    assert trend_of([failure(90), failure(95), failure(99)], SPAN) == trend_of([], SPAN)
    u = trend_of([failure(day) for day in (80, 85, 90, 95)], SPAN).u
    assert u == pytest.approx((87.5 - 50) / (100 * math.sqrt(1 / 48)))


@given(
    st.lists(
        st.tuples(st.sampled_from(["a1", "a2"]), st.integers(-40, 40), st.none() | st.integers(0, 30)), max_size=12
    )
)
def test_downtime_counts_each_hour_of_an_asset_once(given_failures: list[tuple[str, int, int | None]]) -> None:
    span = TimeRange(T - 20 * HOUR, T + 20 * HOUR)
    failures = [
        Failure(asset, T + start * HOUR, None if hours is None else T + (start + hours) * HOUR, None)
        for asset, start, hours in given_failures
    ]
    slow = {
        (asset, hour)
        for asset, start, hours in given_failures
        for hour in range(start, start + (hours or 0))
        if -20 <= hour < 20
    }
    assert downtime_ms(failures, span) == len(slow) * HOUR


def test_months_are_those_of_the_local_clock() -> None:
    zone = ZoneInfo("Europe/Berlin")
    found = list(months_of(TimeRange(1_767_222_000_000, 1_774_994_400_000), zone))  # 2026-01-01 to 2026-04-01, local
    assert [(each.end - each.start) // HOUR for each in found] == [31 * 24, 28 * 24, 31 * 24 - 1]
    assert list(months_of(TimeRange(T, T + 1), zone)) == [TimeRange(T, T + 1)]
