"""A device that was offline for two years sends its whole log at full speed while new samples arrive."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from catalog.models import Sensor
from historian.asof.query import as_of
from historian.ladder.builder import LadderBuilder
from historian.rungs.rungs import finest_for
from ingest.devices import operations
from ingest.devices.models import Heartbeat, NewDevice
from ingest.events import types
from ingest.events.operations import take_events
from ingest.events.schema import FieldSchema
from ingest.events.type_models import NewSchema
from ingest.fleet.registry import Device
from ingest.letters import Origin
from ingest.sources.influxdb.operations import take_lines
from kernel.errors import TooManyRequests, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE
from tests.historian.slow_ladder import differences, stored_samples
from tests.historian.test_ladder_work import settle
from tests.ingest.conftest import Plant
from tests.ingest.devices_world import forget_devices
from tests.waiting import wait_until
from web.clock import now_ms
from web.stores import streams

YEARS = 730 * DAY
SENSORS: list[dict[str, Any]] = [
    {"tag": "Press.temperature", "interval_s": 600.0},
    {"tag": "Press.strokes", "kind": "counter", "interval_s": 21_600.0},
]
ORIGIN = Origin("influxdb")


@pytest.fixture
def plant(acme: TenantConnection, plant_of: Callable[..., Plant]) -> Iterator[Plant]:
    forget_devices(acme)
    made = plant_of(acme, SENSORS)
    fields = {"strokes": FieldSchema(type="number", sensor=f"{made.slug}:{{device}}.strokes")}
    types.put(acme, f"shift-{made.slug}", NewSchema(fields), None, "anna", now_ms())
    yield made
    types.remove(acme, f"shift-{made.slug}", 1)
    forget_devices(acme)


def at_full_speed(send: Callable[[], object]) -> None:
    """As a device that sends the same batch again as soon as it may."""
    while True:
        try:
            send()
            return
        except (TooManyRequests, Unavailable) as error:
            time.sleep(min(1.0, error.extra.get("retry_after", 0.1)))


def send_samples(plant: Plant, times: Sequence[int]) -> None:
    for start in range(0, len(times), 5_000):
        part = times[start : start + 5_000]
        lines = "\n".join(f"{plant.slug},sensor=Press.temperature value={math.sin(t)!r} {t}000000" for t in part)
        at_full_speed(lambda lines=lines: take_lines(plant.tenant, lines.encode(), 1, time.time_ns(), ORIGIN))


def send_events(plant: Plant, device: Device, times: Sequence[int]) -> None:
    for start in range(0, len(times), 500):
        items = [
            json.dumps({
                "ts": t, "type": f"shift-{plant.slug}", "device": "Press", "firmware": "0.9", "strokes": t // HOUR,
            }).encode()
            for t in times[start : start + 500]
        ]  # fmt: skip
        at_full_speed(
            lambda items=items: take_events(plant.tenant, items, time.time_ns(), Origin("events"), device=device)
        )


def shown_now(tenant: TenantConnection, sensor: Sensor) -> int | None:
    """The time of the value that is shown. Of one moment: a millisecond later, `at` would be the past."""
    now = now_ms()
    return as_of(tenant, [sensor], now, now)[0].t


@contextmanager
def ladder_worker(tenant: TenantConnection) -> Iterator[None]:
    ended, builder = threading.Event(), LadderBuilder(tenant)

    def work() -> None:
        while not ended.wait(0.05):
            builder.run_once(now_ms() + 10 * MINUTE)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_two_years_of_a_log_beside_new_samples_leave_the_ladder_right_and_the_latest_value_alone(
    acme: TenantConnection, plant: Plant, running_writer: Callable[[TenantConnection], None]
) -> None:
    start = now_ms()
    device = operations.add(acme, NewDevice("Press"), start)
    operations.beat(acme, device.id, Heartbeat(firmware="2.0", interval_s=60), start)
    temperature, strokes = plant.sensor("Press.temperature"), plant.sensor("Press.strokes")
    old = list(range(start - YEARS, start - DAY, 600_000))
    shifts = list(range(start - YEARS, start - DAY, 6 * HOUR))
    log = [
        threading.Thread(target=send_samples, args=(plant, old)),
        threading.Thread(target=send_events, args=(plant, device, shifts)),
    ]
    with ladder_worker(acme):
        running_writer(acme)
        send_samples(plant, [start])
        wait_until(lambda: shown_now(acme, temperature) == start)
        for thread in log:
            thread.start()
        new, shown = [start], [start]
        while any(thread.is_alive() for thread in log) or streams().backlogs([acme.prefix])[0]:
            new.append(max(now_ms(), new[-1] + 1))
            send_samples(plant, new[-1:])
            latest = shown_now(acme, temperature)
            assert latest is not None
            shown.append(latest)
            time.sleep(0.02)
        for thread in log:
            thread.join()
        wait_until(lambda: not streams().backlogs([acme.prefix])[0])
    settle(acme, now_ms() + 3 * DAY)  # also the last buckets, which have not closed yet
    assert shown == sorted(shown) and len(new) > 10  # it never went back to the log
    assert shown_now(acme, temperature) == new[-1]
    assert [t for t, _, _ in stored_samples(acme, temperature)] == old + new
    assert [t for t, _, _ in stored_samples(acme, strokes)] == shifts
    for sensor in (temperature, strokes):
        finest = finest_for(sensor)
        assert finest is not None and differences(acme, sensor, finest) == []
    view = operations.view(acme, device, now_ms())
    assert (view.state, view.firmware) == ("online", "2.0")  # although the log says 0.9
