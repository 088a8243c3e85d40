"""Reading the last few intervals forward returns what `last()` returns, if it returns anything."""

from __future__ import annotations

import random

from historian.asof.look_back import last_in_raw
from historian.asof.nearby import read_nearby
from historian.read.sources import sources_of
from kernel.tenancy import TenantConnection
from kernel.times import MINUTE, TimeRange
from stores.samples import Window
from tests.historian.plant import START, make_sensor, write


def test_nearby_reads_agree_with_last_on_irregular_and_late_samples(acme: TenantConnection) -> None:
    draw = random.Random(7)
    sensors = [make_sensor(interval_s=interval) for interval in (1.0, 60.0, 60.0, 900.0)]
    sensors.append(make_sensor(kind="text"))
    for sensor in sensors:
        step = int((sensor.interval_s or 0) * 1000)
        times = sorted({START + draw.randrange(200 * step) for _ in range(150)})
        for part in (times[75:], times[:75]):  # the older half arrives later
            values = [(t, f"v{t % 97}" if sensor.kind == "text" else float(t % 97), t % 3) for t in part]
            write(acme, sensor, values)
    store = sources_of(acme).main
    for _ in range(40):
        at = START + draw.randrange(300 * MINUTE)
        near = read_nearby(store, sensors, at)
        last = last_in_raw(store, sensors, Window.of(TimeRange(START - MINUTE, at + 1)), lambda site: 0)
        assert near == {id: sample for id, sample in last.items() if id in near}
        for sensor in sensors:
            recent = sensor.id in last and at - last[sensor.id].ms <= 3 * (sensor.interval_s or 0) * 1000
            assert sensor.id in near or not recent


def test_sensors_without_a_known_interval_are_not_read_nearby(acme: TenantConnection) -> None:
    sensor, slow = make_sensor(interval_s=None), make_sensor(interval_s=86_400.0)
    state = make_sensor(kind="discrete", sampling="on_change")
    for each in (sensor, slow, state):
        write(acme, each, [(START, 1.0)])
    assert read_nearby(sources_of(acme).main, [sensor, slow, state], START) == {}
