"""The best points of a range, read from a real InfluxDB."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pytest

from historian.queries import read_many, read_samples
from historian.read import planner
from historian.shape.series import BandView, Line
from kernel.errors import BadRequest, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE, TimeRange
from tests.historian.plant import NOW, START, every_minute, make_sensor, minutes, write


def line(*arguments: object, **named: object) -> Line:
    answer = read_samples(*arguments, **{"now_ms": NOW, **named})  # type: ignore[arg-type]
    assert isinstance(answer, Line)
    return answer


def test_few_samples_are_returned_unchanged(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, every_minute([1.5, -2.0, 3.25]))
    answer = line(acme, sensor, minutes(3), 10)
    assert list(zip(answer.t, answer.v, strict=True)) == every_minute([1.5, -2.0, 3.25])
    assert (answer.rung, answer.method, answer.complete, answer.resolution_ms) == ("raw", "minmax", True, 0)
    assert (answer.samples, answer.bad, answer.gaps) == (3, 0, [])
    stats = answer.stats
    assert (stats.count, stats.min, stats.max, stats.mean) == (3, -2.0, 3.25, pytest.approx(2.75 / 3))


def test_no_spike_is_lost_and_each_keeps_its_own_time(acme: TenantConnection) -> None:
    sensor = make_sensor()
    values = np.sin(np.arange(10_080) / 300).round(4).tolist()
    values[4_321], values[7_777] = 99.0, -99.0
    write(acme, sensor, every_minute(values))
    answer = line(acme, sensor, minutes(10_080), 1000)
    assert len(answer.t) <= 1000
    shown = dict(zip(answer.t, answer.v, strict=True))
    assert shown[START + 4_321 * MINUTE] == 99.0
    assert shown[START + 7_777 * MINUTE] == -99.0
    assert set(shown.items()) <= set(every_minute(values))
    assert (answer.samples, answer.stats.max, answer.stats.min) == (10_080, 99.0, -99.0)
    assert answer.resolution_ms == -(-10_080 * MINUTE // 500)


def test_the_end_of_a_range_is_not_in_it(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, every_minute([1.0, 2.0, 3.0]))
    assert line(acme, sensor, TimeRange(START, START + 2 * MINUTE), 10).v == [1.0, 2.0]


def test_a_range_without_samples_is_one_gap(acme: TenantConnection) -> None:
    answer = line(acme, make_sensor(), minutes(60), 10)
    assert (answer.t, answer.v, answer.samples) == ([], [], 0)
    assert answer.gaps == [(START, START + 60 * MINUTE)]
    assert answer.stats.mean is None


def test_more_than_three_intervals_without_a_sample_is_a_gap(acme: TenantConnection) -> None:
    sensor = make_sensor()
    at = [0, 1, 2, 5, 6, 10, 11]  # three intervals after 2: no gap; four after 6: one
    write(acme, sensor, [(START + minute * MINUTE, 1.0) for minute in at])
    answer = line(acme, sensor, minutes(12), 100)
    assert answer.gaps == [(START + 6 * MINUTE, START + 10 * MINUTE)]


def test_gaps_are_found_with_any_number_of_points(acme: TenantConnection) -> None:
    sensor = make_sensor()
    rows = every_minute([float(number % 7) for number in range(5_000)])
    write(acme, sensor, rows[:2_000] + rows[2_010:])
    answer = line(acme, sensor, minutes(5_000), 20)
    assert answer.gaps == [(START + 1_999 * MINUTE, START + 2_010 * MINUTE)]


def test_a_gap_that_reaches_over_the_edge_is_cut_there(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, [(START + minute * MINUTE, 1.0) for minute in (0, 1, 11, 12, 30)])
    within = TimeRange(START + 5 * MINUTE, START + 29 * MINUTE)
    answer = line(acme, sensor, within, 100)
    assert answer.gaps == [(within.start, START + 11 * MINUTE), (START + 12 * MINUTE, within.end)]
    shorter = TimeRange(START + 9 * MINUTE, START + 14 * MINUTE)
    assert line(acme, sensor, shorter, 100).gaps == []


def test_samples_just_outside_the_range_complete_its_edges(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, [(START + minute * MINUTE, 1.0) for minute in (0, 2, 4, 6)])
    assert line(acme, sensor, TimeRange(START + 1 * MINUTE, START + 5 * MINUTE), 100).gaps == []


def test_the_future_is_no_gap(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, every_minute([1.0] * 10))
    now = START + 10 * MINUTE
    assert line(acme, sensor, minutes(60), 100, now_ms=now).gaps == []
    assert line(acme, sensor, minutes(60, START + 60 * MINUTE), 100, now_ms=now).gaps == []
    later = now + 20 * MINUTE
    assert line(acme, sensor, minutes(60), 100, now_ms=later).gaps == [(START + 9 * MINUTE, later)]


def test_a_sensor_that_reports_changes_has_no_gaps(acme: TenantConnection) -> None:
    sensor = make_sensor(sampling="on_change", interval_s=None)
    write(acme, sensor, [(START, 1.0), (START + DAY, 2.0)])
    assert line(acme, sensor, TimeRange(START, START + 2 * DAY), 100).gaps == []


def test_an_unknown_interval_is_estimated_from_the_samples(acme: TenantConnection) -> None:
    sensor = make_sensor(interval_s=None)
    write(acme, sensor, [(START + second * 1000, 1.0) for second in [*range(60), *range(70, 120)]])
    answer = line(acme, sensor, minutes(2), 1000)
    assert answer.gaps == [(START + 59_000, START + 70_000)]


def test_bad_samples_are_counted_but_not_shown(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, [(START, 1.0), (START + MINUTE, 1e9, 2), (START + 2 * MINUTE, 2.0, 1)])
    answer = line(acme, sensor, minutes(3), 10)
    assert (answer.v, answer.samples, answer.bad, answer.stats.max) == ([1.0, 2.0], 2, 1, 2.0)


def test_a_stretch_of_bad_samples_is_a_gap(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, [(START + minute * MINUTE, 1.0, 2 if 3 <= minute < 9 else 0) for minute in range(12)])
    answer = line(acme, sensor, minutes(12), 100)
    assert answer.gaps == [(START + 2 * MINUTE, START + 9 * MINUTE)]
    assert answer.bad == 6


def test_a_band_has_the_statistics_of_each_bucket(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, every_minute([float(number) for number in range(100)]))
    answer = read_samples(acme, sensor, minutes(100), 10, "band", now_ms=NOW)
    assert isinstance(answer, BandView)
    assert answer.t == [START + 10 * number * MINUTE for number in range(10)]
    assert (answer.min[3], answer.max[3], answer.mean[3]) == (30.0, 39.0, 34.5)
    few = read_samples(acme, sensor, minutes(5), 10, "band", now_ms=NOW)
    assert isinstance(few, BandView)
    assert few.min == few.max == few.mean == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("method", ["minmax", "minmaxlttb", "mean", "last"])
@pytest.mark.parametrize("points", [2, 3, 10, 999, 1000])
def test_every_method_keeps_to_the_number_of_points(acme: TenantConnection, method: str, points: int) -> None:
    sensor = make_sensor()
    write(acme, sensor, every_minute(np.random.default_rng(1).normal(size=3_000).round(3).tolist()))
    answer = line(acme, sensor, minutes(3_000), points, method)
    assert 0 < len(answer.t) == len(answer.v) <= points
    assert answer.method == method
    assert all(earlier < later for earlier, later in pairwise(answer.t))


def test_discrete_sensors_return_their_changes_and_the_initial_state(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="discrete", sampling="on_change", interval_s=None, states={"0": "Off", "1": "On"})
    write(acme, sensor, [(START - 90 * DAY, 1.0), (START + MINUTE, 1.0), (START + 2 * MINUTE, 0.0)])
    write(acme, sensor, [(START + 3 * MINUTE, 0.0), (START + 4 * MINUTE, 1.0)])
    answer = line(acme, sensor, minutes(10), 100)
    assert answer.method == "changes"
    assert answer.t == [START, START + 2 * MINUTE, START + 4 * MINUTE]
    assert answer.v == [1.0, 0.0, 1.0]
    assert (answer.samples, answer.gaps) == (4, [])


def test_a_state_is_held_through_a_range_without_samples(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="discrete", sampling="on_change", interval_s=None)
    write(acme, sensor, [(START - 700 * DAY, 1.0), (START - 699 * DAY, 2.0), (START - DAY, 7.0, 2)])
    answer = line(acme, sensor, minutes(10), 100)
    assert (answer.t, answer.v, answer.samples) == ([START], [2.0], 0)


def test_a_state_is_not_held_into_the_future(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="discrete", sampling="on_change", interval_s=None)
    write(acme, sensor, [(START, 1.0)])
    assert line(acme, sensor, minutes(10, START + DAY), 100, now_ms=START + DAY).v == [1.0]
    assert line(acme, sensor, minutes(10, START + DAY), 100, now_ms=START + DAY - 1).v == []


def test_a_state_is_not_held_across_a_gap(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="discrete")
    write(acme, sensor, [(START - 30 * MINUTE, 1.0), (START + MINUTE, 1.0), (START + 30 * MINUTE, 1.0)])
    answer = line(acme, sensor, minutes(40), 100)
    assert answer.t == [START + MINUTE, START + 30 * MINUTE]  # again after the gap, though it is the same
    assert answer.gaps == [  # each state is known for three intervals
        (START, START + MINUTE),
        (START + 4 * MINUTE, START + 30 * MINUTE),
        (START + 33 * MINUTE, START + 40 * MINUTE),
    ]


def test_texts_answer_their_changes(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="text", sampling="on_change", interval_s=None)
    write(acme, sensor, [(START - DAY, "Idle"), *every_minute(["Idle", "Run, fast", "Run, fast", "Idle"])])
    answer = line(acme, sensor, minutes(10), 100)
    assert list(zip(answer.t, answer.v, strict=True)) == [
        (START, "Idle"),
        (START + MINUTE, "Run, fast"),
        (START + 3 * MINUTE, "Idle"),
    ]
    assert answer.stats.count == 4
    with pytest.raises(BadRequest, match="holds text"):
        line(acme, sensor, minutes(10), 100, "mean")


def test_a_chattering_state_keeps_its_extremes_and_its_final_value(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="discrete", sampling="on_change", interval_s=None)
    states = [float(number % 2) for number in range(5_000)]
    states[2_500] = 9.0
    write(acme, sensor, every_minute(states))
    answer = line(acme, sensor, minutes(5_000), 100)
    assert len(answer.t) <= 100
    assert 9.0 in answer.v
    assert (answer.t[-1], answer.v[-1]) == (START + 4_999 * MINUTE, 1.0)
    assert answer.resolution_ms > 0


def test_counters_return_their_increase_with_resets_accounted_for(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="counter")
    write(acme, sensor, [(START - MINUTE, 90.0), *every_minute([100.0, 110.0, 5.0, 15.0])])
    answer = line(acme, sensor, minutes(4), 2)
    assert answer.method == "inc"
    assert list(zip(answer.t, answer.v, strict=True)) == [(START, 20.0), (START + 2 * MINUTE, 15.0)]
    assert answer.stats.increase == 35.0


def test_many_sensors_are_answered_in_their_order(acme: TenantConnection) -> None:
    one, other = make_sensor(), make_sensor(kind="text")
    write(acme, one, every_minute([1.0, 2.0]))
    write(acme, other, every_minute(["a", "b"]))
    answers = read_many(acme, [other, one, make_sensor()], minutes(2), 10, now_ms=NOW)
    assert [getattr(answer, "v", None) for answer in answers] == [["a", "b"], [1.0, 2.0], []]


def test_large_ranges_are_read_in_bulk_with_the_same_result(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = make_sensor()
    values = np.random.default_rng(2).normal(size=30_000).round(3).tolist()
    rows = [(t, v, 2 if place % 100 == 0 else 0) for place, (t, v) in enumerate(every_minute(values))]
    write(acme, sensor, rows)
    bulk = line(acme, sensor, minutes(30_000), 1000)
    monkeypatch.setattr("historian.read.reading.ROWS", 10**6)
    monkeypatch.setattr("historian.read.planner.ROWS", 10**6)
    assert bulk == line(acme, sensor, minutes(30_000), 1000)
    assert (bulk.samples, bulk.bad) == (29_700, 300)


def test_texts_are_read_in_bulk_too(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="text")
    write(acme, sensor, every_minute([f"batch {number // 5_000}" for number in range(25_000)]))
    answer = line(acme, sensor, minutes(25_000), 100)
    assert answer.v == [f"batch {number}" for number in range(5)]


def test_a_sensor_that_reports_more_often_than_configured_is_read_completely(acme: TenantConnection) -> None:
    sensor = make_sensor(interval_s=3600.0)
    write(acme, sensor, [(START + second * 1000, float(second)) for second in range(25_000)])
    answer = line(acme, sensor, TimeRange(START, START + 25_000_000), 1000)
    assert (answer.samples, answer.v[-1]) == (25_000, 24_999.0)


@pytest.mark.parametrize("interval_s", [60.0, 3600.0, 0.001, None])
def test_too_many_samples_are_refused_with_the_longest_range_that_works(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch, interval_s: float | None
) -> None:
    monkeypatch.setattr(planner, "MAX_SAMPLES", 25_000)
    monkeypatch.setattr("historian.read.counting.MAX_SAMPLES", 25_000)
    sensor = make_sensor(interval_s=interval_s)
    write(acme, sensor, every_minute([1.0] * 60_000))
    with pytest.raises(BadRequest, match="longest range that works here is") as refused:
        line(acme, sensor, minutes(60_000), 1000)
    assert refused.value.problem == "too-many-samples"
    longest = refused.value.extra["longest_ms"]
    assert 24_000 * MINUTE <= longest <= 25_000 * MINUTE
    for start in (START, START + 7_777_777, START + 60_000 * MINUTE - longest):
        assert line(acme, sensor, TimeRange(start, start + longest), 1000).samples > 23_000


def test_the_limit_is_for_all_sensors_of_a_query_together(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("historian.read.counting.MAX_SAMPLES", 50_000)
    sensors = [make_sensor(), make_sensor()]
    for sensor in sensors:
        write(acme, sensor, every_minute([1.0] * 30_000))
    with pytest.raises(BadRequest, match="60,000 raw samples"):
        read_many(acme, sensors, minutes(30_000), 1000, now_ms=NOW)


def test_times_before_1970_and_in_the_far_future_are_supported(acme: TenantConnection) -> None:
    for start in (-8_000_000_000_000, -90_000, 9_000_000_000_000):
        sensor = make_sensor()
        write(acme, sensor, every_minute([1.0, 2.0, 3.0], start))
        answer = line(acme, sensor, minutes(3, start), 10)
        assert answer.t == [start, start + MINUTE, start + 2 * MINUTE]
        assert line(acme, sensor, TimeRange(-8_520_336_000_000, 9_214_646_400_000), 10).v == [1.0, 2.0, 3.0]


def test_one_tenants_samples_are_not_in_anothers_store(acme: TenantConnection, rival: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, every_minute([1.0]))
    assert line(rival, sensor, minutes(1), 10).v == []


def test_a_store_that_is_down_is_reported(acme: TenantConnection) -> None:
    down = replace(acme, influx_url="http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="Its data is safe"):
        line(down, make_sensor(), minutes(1), 10)


def test_a_sensor_that_changed_its_kind_shows_the_samples_of_the_kind_it_has(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, [(START, "old"), (START + MINUTE, 1.0)])
    assert line(acme, sensor, minutes(3), 10).v == [1.0]
    assert line(acme, msgspec.structs.replace(sensor, kind="text"), minutes(3), 10).v == ["old"]


def test_several_large_sensors_are_read_side_by_side_and_not_mixed_up(acme: TenantConnection) -> None:
    sensors = [make_sensor() for _ in range(6)]
    for number, sensor in enumerate(sensors):
        write(acme, sensor, every_minute([float(number)] * (0 if number == 3 else 6_000)))
    answers = read_many(acme, sensors, minutes(6_000), 10, now_ms=NOW)
    assert [answer.sensor for answer in answers] == [sensor.id for sensor in sensors]
    assert [answer.stats.max for answer in answers] == [0.0, 1.0, 2.0, None, 4.0, 5.0]
