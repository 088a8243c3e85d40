"""Values as of a moment, and playback, which is many of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from historian.asof.look_back import LOOK_BACK_STEPS_MS
from historian.asof.values import value_of
from historian.playback.query import frame_times
from historian.queries import as_of, playback
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from stores.redis.latest import Latest
from tests.historian.plant import NOW, START, add_sensors, every_minute, listed, make_sensor, minutes, write
from web.stores import streams


def test_a_value_is_the_last_sample_at_or_before_the_moment(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, every_minute([1.0, 2.0, 3.0]))
    wanted = {START - 1: None, START: 1.0, START + MINUTE - 1: 1.0, START + MINUTE: 2.0, START + 90_000: 2.0}
    for at, value in wanted.items():
        [answer] = as_of(acme, [sensor], at, NOW)
        assert answer.v == value
        assert answer.age == (None if value is None else at - (answer.t or 0))


def test_a_sample_within_the_moments_own_millisecond_belongs_to_it(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, [(START * 1_000_000 + 999_999, 5.0)], unit_ns=1)
    [answer] = as_of(acme, [sensor], START, NOW)
    assert (answer.t, answer.v, answer.age) == (START, 5.0, 0)


@pytest.mark.parametrize("age", [MINUTE, 2 * HOUR, 40 * DAY, 30 * 365 * DAY])
def test_the_last_sample_is_found_however_old_it_is(acme: TenantConnection, age: int) -> None:
    sensor = make_sensor()
    write(acme, sensor, [(START - age - DAY, 1.0), (START - age, 7.0), (START + 1, 2.0)])
    [answer] = as_of(acme, [sensor], START, NOW)
    assert (answer.v, answer.t, answer.age) == (7.0, START - age, age)
    assert answer.stale == (age > 3 * MINUTE)


def test_a_sensor_without_samples_has_no_value_and_a_reason(acme: TenantConnection) -> None:
    [answer] = as_of(acme, [make_sensor()], START, NOW)
    assert (answer.v, answer.t, answer.age, answer.stale, answer.reason) == (None, None, None, False, "no data")


def test_values_go_stale_by_their_own_interval() -> None:
    sample = Latest(START * 1_000_000, 1.0)
    slow, reporting, unknown = (
        make_sensor(interval_s=900.0),
        make_sensor(sampling="on_change", interval_s=None),
        make_sensor(interval_s=None),
    )
    assert not value_of(slow, sample, START + 45 * MINUTE).stale
    late = value_of(slow, sample, START + 45 * MINUTE + 1)
    assert late.stale
    assert late.reason == "no sample for 45 min"
    assert not value_of(reporting, sample, START + 400 * DAY).stale
    assert not value_of(unknown, sample, START + HOUR).stale
    assert value_of(unknown, sample, START + HOUR + 1).stale


def test_a_bad_sample_is_reported_as_bad(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, [(START, 1.0), (START + MINUTE, 9.0, 2)])
    [answer] = as_of(acme, [sensor], START + MINUTE, NOW)
    assert (answer.v, answer.q, answer.reason) == (9.0, 2, "bad quality")


def test_sensors_of_all_kinds_and_sites_are_answered_together_in_their_order(acme: TenantConnection) -> None:
    number, text, empty = make_sensor(), make_sensor(kind="text"), make_sensor()
    state = make_sensor(kind="discrete", site=text.site)
    write(acme, number, [(START, 1.5)])
    write(acme, text, [(START - 2 * DAY, 'with "quotes"'.replace('"', '\\"'))])
    write(acme, state, [(START - 500 * DAY, 1.0)])
    answers = as_of(acme, [state, empty, text, number], START, NOW)
    assert [answer.v for answer in answers] == [1.0, None, 'with "quotes"', 1.5]
    assert [answer.sensor for answer in answers] == [state.id, empty.id, text.id, number.id]


def test_a_sensor_that_changed_its_kind_has_a_value_of_the_kind_it_has(acme: TenantConnection) -> None:
    sensors = add_sensors(acme, *({"tag": f"S-{number}"} for number in range(101)))
    sensors += add_sensors(acme, {"tag": "T", "kind": "text"})
    write(acme, sensors[7], [(START, "of old"), (START - 1, 2.0)])
    assert as_of(acme, sensors[7:8], START, NOW)[0].v == 2.0
    assert as_of(acme, sensors, START, NOW)[7].v == 2.0


def test_many_sensors_of_a_site_are_read_completely_and_correctly(acme: TenantConnection) -> None:
    sensors = add_sensors(acme, *({"tag": f"S-{number}"} for number in range(150)))
    for number, sensor in enumerate(sensors):
        if number % 3:
            write(acme, sensor, [(START - (number % 5) * 20 * DAY, float(number))])
    answers = as_of(acme, sensors, START, NOW)
    assert [answer.v for answer in answers] == [float(number) if number % 3 else None for number in range(150)]
    for part in (sensors[:110], sensors[40:100], sensors[:70]):  # the whole site is read, and by several statements
        assert as_of(acme, part, START, NOW) == [answers[sensors.index(sensor)] for sensor in part]


def test_present_values_come_from_redis_and_others_from_raw(acme: TenantConnection) -> None:
    live, stored, ahead = make_sensor(), make_sensor(), make_sensor()
    for sensor in (live, stored, ahead):
        write(acme, sensor, [(NOW - MINUTE, 1.0)])
    streams().latest.store(acme.prefix, {live.id: Latest((NOW - 1) * 1_000_000, 2.0, 1)})
    streams().latest.store(acme.prefix, {ahead.id: Latest((NOW + HOUR) * 1_000_000, 3.0)})
    assert [answer.v for answer in as_of(acme, [live, stored, ahead], NOW, NOW)] == [2.0, 1.0, 1.0]
    assert [answer.v for answer in as_of(acme, [live, stored, ahead], NOW - 1000, NOW)] == [1.0, 1.0, 1.0]


def test_the_past_looks_back_in_few_steps() -> None:
    assert LOOK_BACK_STEPS_MS[-1] is None
    assert len(LOOK_BACK_STEPS_MS) <= 4


def test_frames_are_evenly_spaced_and_end_at_the_end() -> None:
    moments = frame_times(TimeRange(START, START + 7 * DAY), 600).tolist()
    assert (len(moments), moments[0], moments[-1]) == (600, START, START + 7 * DAY)
    steps = {later - earlier for earlier, later in pairwise(moments[:-1])}
    assert len(steps) == 1
    assert frame_times(TimeRange(5, 7), 600).tolist() == [5, 6, 7]
    for wrong in (1, 0, -1, 10**6):
        with pytest.raises(BadRequest, match="frames="):
            frame_times(TimeRange(START, START + DAY), wrong)


@pytest.mark.parametrize(("frames", "start"), [(2, START - 10_000), (7, START + 333), (50, START), (600, START - HOUR)])
@pytest.mark.parametrize("per_window", [0, 10**6], ids=["by windows", "by samples"])
def test_every_frame_of_a_playback_equals_the_as_of_values(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch, frames: int, start: int, per_window: int
) -> None:
    monkeypatch.setattr("historian.playback.data.SAMPLES_PER_WINDOW", per_window)
    number, state, text, empty = (
        make_sensor(interval_s=97.0),
        make_sensor(kind="discrete", sampling="on_change", interval_s=None),
        make_sensor(kind="text"),
        make_sensor(),
    )
    write(acme, number, [(START + place * 97_001, float(place)) for place in range(40)])
    write(acme, state, [(START - 40 * DAY, 1.0), (START + 10 * MINUTE, 0.0), (START + 10 * MINUTE + 1, 1.0)])
    write(acme, text, [(START + 5 * MINUTE, "on"), (START + 50 * MINUTE, "off")])
    sensors = [number, state, text, empty]
    span = TimeRange(start, START + 60 * MINUTE)
    played = playback(acme, sensors, span, frames, now_ms=NOW)
    assert list(played.columns) == [sensor.id for sensor in sensors]
    columns = [listed(played.columns[sensor.id]) for sensor in sensors]
    for place, moment in enumerate(played.t.tolist()):
        shown = [column[place] for column in columns]
        assert shown == [answer.v for answer in as_of(acme, sensors, moment, NOW)], moment


def test_a_sensor_that_chatters_is_played_back_by_windows(acme: TenantConnection) -> None:
    sensor = make_sensor(kind="discrete", sampling="on_change", interval_s=None)
    write(acme, sensor, [(START + second * 1000, float(second % 2)) for second in range(3_600)])
    played = playback(acme, [sensor], TimeRange(START, START + 3_600_000), 61, now_ms=NOW)
    assert played.columns[sensor.id].tolist() == [0.0] * 60 + [1.0]
    assert played.stale == {}


def test_values_are_not_held_into_the_future(acme: TenantConnection) -> None:
    sensor = make_sensor()
    write(acme, sensor, every_minute([1.0] * 10))
    played = playback(acme, [sensor], minutes(20), 21, now_ms=START + 5 * MINUTE)
    assert listed(played.columns[sensor.id]) == [1.0] * 6 + [None] * 15
    ahead = playback(acme, [sensor], minutes(20), 21, now_ms=START - DAY)
    assert listed(ahead.columns[sensor.id]) == [None] * 21


@pytest.mark.parametrize("per_window", [0, 10**6], ids=["by windows", "by samples"])
def test_a_playback_says_which_frames_are_stale_and_which_are_bad(
    acme: TenantConnection, monkeypatch: pytest.MonkeyPatch, per_window: int
) -> None:
    monkeypatch.setattr("historian.playback.data.SAMPLES_PER_WINDOW", per_window)
    sensor = make_sensor()
    rows = [(START + minute * MINUTE, 1.0, 2 if minute in (3, 4) else 0) for minute in [*range(8), *range(15, 20)]]
    write(acme, sensor, rows)
    played = playback(acme, [sensor], minutes(20), 21, now_ms=NOW)
    assert played.bad == {sensor.id: [(3, 5)]}
    assert played.stale == {sensor.id: [(11, 15)]}


def test_a_playback_over_too_many_samples_has_fewer_frames(acme: TenantConnection) -> None:
    sensors = [make_sensor(interval_s=0.1) for _ in range(10)]
    played = playback(acme, sensors, TimeRange(START, START + 365 * DAY), 600, now_ms=NOW)
    assert (len(played.t), played.t[0], played.t[-1]) == (200, START, START + 365 * DAY)
    assert all(listed(column) == [None] * 200 for column in played.columns.values())
