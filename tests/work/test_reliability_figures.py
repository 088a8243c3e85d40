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
from work.reliability.operating import Operating, RunHours, operating, total

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
    failures = [failure(10, 4), failure(50, 8), failure(-1, 5), failure(101, 1)]
    [ran] = operating(failures, {"a1", "a2"}, [SPAN], {})
    found = figures_of(failures, 2, SPAN, ran)
    assert found["basis"] == "calendar"
    assert found["failures"] == 2 and found["restored"] == 2
    assert found["downtime_h"] == 12 and found["operating_h"] == 2 * 2400 - 12
    assert found["mtbf_h"] == (4800 - 12) / 2 and found["mttr_h"] == 6
    assert found["availability"] == pytest.approx(1 - 12 / 4800)


def test_without_failures_only_the_least_mtbf_can_be_said() -> None:
    found = figures_of([], 1, SPAN, Operating(2400, "calendar"))
    assert (found["mtbf_h"], found["mttr_h"], found["failures"], found["mttr_interval"]) == (None, None, 0, None)
    assert found["mtbf_interval"].low == pytest.approx(2400 / -math.log(0.05)) and found["mtbf_interval"].high is None


def test_run_hours_are_the_operating_time_where_they_are_known() -> None:
    """Of two months, three assets; the second month of the first is not known."""
    first, second = TimeRange(SPAN.start, SPAN.start + 50 * DAY), TimeRange(SPAN.start + 50 * DAY, SPAN.end)
    failures = [failure(10, 4), failure(60, 8), failure(70, 6)._replace(asset="a3")]
    counted = {"a1": RunHours("H-1", [300.0, None]), "a2": RunHours("H-2", [20.0, 30.0])}
    months = operating(failures, {"a1", "a2", "a3"}, [first, second], counted)
    assert months == [Operating(300 + 20 + 1200, "mixed"), Operating(30 + 2 * 1200 - 8 - 6, "mixed")]
    assert total(months) == Operating(300 + 20 + 1200 + 30 + 2400 - 14, "mixed")
    assert operating(failures[:0], {"a2"}, [first, second], counted) == [
        Operating(20, "run_hours"), Operating(30, "run_hours"),
    ]  # fmt: skip
    contained = operating([failure(10, 4)._replace(asset="part")], {"a1"}, [first, second], counted, {"part": "a1"})
    assert contained == [Operating(300, "run_hours"), Operating(1200, "calendar")] and total(contained).basis == "mixed"
    found = figures_of(failures[:2], 1, SPAN, Operating(500, "run_hours"))
    assert found["mtbf_h"] == 250 and found["availability"] == pytest.approx(1 - 12 / 2400), "down of the calendar"


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
