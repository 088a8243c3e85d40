"""Hundreds of sensors with a sample each second are played, with fewer frames where there are too many samples."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import pytest

from historian.playback.affordable import MAX_LOOKUP_FRAMES, MAX_LOOKUPS, affordable_frames
from historian.playback.query import playback
from historian.read.planner import Ladder
from historian.rungs.rungs import RUNGS
from kernel.samples import BAD
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.plant import NOW, START, add_sensors, listed, make_sensor, write

MINUTES = Ladder(RUNGS[0])


def many(count: int, **fields: Any) -> list[Any]:
    return [make_sensor(interval_s=1.0, **fields) for _ in range(count)]


def test_as_many_frames_as_asked_where_the_samples_are_few() -> None:
    sensors = many(300)
    assert affordable_frames(TimeRange(START, START + HOUR), 600, sensors, {}) == 600
    ladders = {sensor.id: MINUTES for sensor in sensors}
    assert affordable_frames(TimeRange(START, START + 7 * DAY), 600, sensors, ladders) == 600
    slow = [make_sensor(interval_s=None), make_sensor(interval_s=60.0)]
    assert affordable_frames(TimeRange(START, START + 900 * DAY), 600, slow, {}) == 600


def test_a_row_of_the_finest_rung_fits_between_two_frames() -> None:
    sensors = many(300)
    ladders = {sensor.id: MINUTES for sensor in sensors}
    span = TimeRange(START, START + 8 * HOUR)
    frames = affordable_frames(span, 600, sensors, ladders)
    assert frames == 481
    assert span.width // (frames - 1) >= MINUTE
    assert affordable_frames(span, 600, sensors[:100], ladders) == 600, "100 sensors have few enough samples"


def test_sensors_without_a_ladder_are_looked_up_in_some_frames() -> None:
    week = TimeRange(START, START + 7 * DAY)
    assert affordable_frames(week, 600, many(300), {}) == MAX_LOOKUPS // 300
    assert affordable_frames(week, 600, many(20), {}) == MAX_LOOKUP_FRAMES
    assert affordable_frames(week, 7, many(300), {}) == 7
    assert affordable_frames(week, 600, many(9_000), {}) == 2


@pytest.mark.django_db
def test_each_frame_has_the_last_sample_before_it(acme: TenantConnection) -> None:
    """Of sensors that should have five million samples, and have a few."""
    kinds: list[dict[str, Any]] = [
        {},
        {"kind": "text", "unit": ""},
        {"kind": "discrete", "states": {"0": "Off", "1": "On"}},
    ]
    sensors = add_sensors(acme, *({"interval_s": 1.0, **kinds[number % 3]} for number in range(20)))
    truths = {}
    for place, sensor in enumerate(sensors):
        times = [START + place * 1_000 + each * 28 * MINUTE for each in range(0 if place == 5 else 400)]
        rows = [(t, value_of(sensor.kind, n), BAD if n % 9 == 0 else 0) for n, t in enumerate(times)]
        write(acme, sensor, rows)
        truths[sensor.id] = rows
    span = TimeRange(START, START + 9 * DAY)
    now = START + 7 * DAY + 12_345
    played = playback(acme, sensors, span, 600, now_ms=now)
    assert (len(played.t), played.rung) == (MAX_LOOKUP_FRAMES, "raw")
    assert (played.t[0], played.t[-1]) == (span.start, span.end)
    for sensor in sensors:
        rows = truths[sensor.id]
        times = [t for t, _, _ in rows]
        for frame, (moment, shown) in enumerate(zip(played.t.tolist(), listed(played.columns[sensor.id]), strict=True)):
            last = bisect_right(times, moment) - 1
            known = moment <= now and last >= 0
            assert shown == (rows[last][1] if known else None), (sensor.tag, moment)
            bad = any(start <= frame < stop for start, stop in played.bad.get(sensor.id, []))
            assert bad == (known and rows[last][2] == BAD)


def value_of(kind: str, number: int) -> float | str:
    return f"batch {number}" if kind == "text" else float(number % 2) if kind == "discrete" else float(number)


@pytest.mark.django_db
def test_the_last_frame_may_be_before_now(acme: TenantConnection) -> None:
    sensors = add_sensors(acme, *({"interval_s": 1.0} for _ in range(20)))
    write(acme, sensors[0], [(START + MINUTE, 4.0)])
    played = playback(acme, sensors, TimeRange(START, START + 3 * DAY), 600, now_ms=START + 1)
    assert listed(played.columns[sensors[0].id]) == [None] * MAX_LOOKUP_FRAMES
    later = playback(acme, sensors, TimeRange(START, START + 3 * DAY), 600, now_ms=NOW)
    assert listed(later.columns[sensors[0].id])[-1] == 4.0
