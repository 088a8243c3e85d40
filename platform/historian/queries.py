"""What may be asked of a tenant's samples. Time is an argument: nothing here reads the clock."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.models import Sensor
from historian.answers import BandPicture, Line
from historian.asof import as_of
from historian.carried import carries
from historian.ladder.known import ladders_of
from historian.pictures import Method, Picturing, buckets_of, columns_of, method_for
from historian.planner import plan_raw, plan_rungs
from historian.playback import Playback, playback
from historian.readers import interval_ms_of
from historian.reading import Asked, Ladders, raw_instead, read
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from web.pacing import note_read
from web.stores import reader

__all__ = ["Playback", "as_of", "playback", "read_many", "read_samples"]


def read_samples(
    tenant: TenantConnection, sensor: Sensor, span: TimeRange, points: int, method: Method = "auto", *, now_ms: int
) -> Line | BandPicture:
    """The best `points` points of a sensor in a range. BadRequest if it has no ladder and too many raw samples."""
    return read_many(tenant, [sensor], span, points, method, now_ms=now_ms)[0]


def read_many(
    tenant: TenantConnection,
    sensors: Sequence[Sensor],
    span: TimeRange,
    points: int,
    method: Method = "auto",
    *,
    now_ms: int,
) -> list[Line | BandPicture]:
    """The same for many sensors, in their order, in one round trip where no raw range is large."""
    note_read(tenant)
    methods = [method_for(sensor, method) for sensor in sensors]
    ladders = ladders_of(tenant, sensors)
    asked = [_asked(sensor, span, points, how, ladders) for sensor, how in zip(sensors, methods, strict=True)]
    store = reader(tenant)
    readings = read(store, asked, span)
    again = raw_instead(store, asked, readings, points, span)
    if again:
        for place, reading in zip(again, read(store, list(again.values()), span), strict=True):
            readings[place] = reading
    return [
        Picturing(sensor, reading, span, now_ms).draw(how, points)
        for sensor, reading, how in zip(sensors, readings, methods, strict=True)
    ]


def _asked(sensor: Sensor, span: TimeRange, points: int, method: Method, ladders: Ladders) -> Asked:
    ladder = ladders.get(sensor.id)
    plan = plan_raw(span)
    if ladder is not None:
        plan = plan_rungs(span, buckets_of(method, points), ladder, interval_ms_of(sensor))
    return Asked(sensor, plan, columns_of(sensor, method), carries(sensor), ladder)
