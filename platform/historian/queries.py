"""Queries on a tenant's samples. Time is an argument: nothing here reads the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.models import Sensor
from historian.asof.query import as_of
from historian.playback.query import Playback, playback
from historian.read.closed_source import ClosedSource
from historian.read.concurrency import ConcurrentSource
from historian.read.grouping import GroupingSource
from historian.read.initial_value import holds_value
from historian.read.ladders import Ladders, ladders_of
from historian.read.plan import Tier
from historian.read.planner import Ladder, hardly_condenses, plan_raw, plan_rungs
from historian.read.reading import SensorQuery, raw_instead, read
from historian.read.sources import sources_of
from historian.rungs.sensors import interval_ms_of, usual_interval_ms_of
from historian.shape.downsampling import Downsampling
from historian.shape.methods import Method, buckets_of, columns_of, method_for
from historian.shape.series import BandView, Line
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from web.pacing import note_read

__all__ = ["Playback", "as_of", "playback", "read_many", "read_samples"]


def read_samples(
    tenant: TenantConnection, sensor: Sensor, span: TimeRange, points: int, method: Method = "auto", *, now_ms: int
) -> Line | BandView:
    """A sensor's range, downsampled to `points` points. Raises BadRequest for too many raw samples without a ladder."""
    return read_many(tenant, [sensor], span, points, method, now_ms=now_ms)[0]


def read_many(
    tenant: TenantConnection,
    sensors: Sequence[Sensor],
    span: TimeRange,
    points: int,
    method: Method = "auto",
    *,
    now_ms: int,
    ladders: Ladders | None = None,
) -> list[Line | BandView]:
    """The same for many sensors, in their order; in one round trip if no raw range is large. `ladders`: if the caller
    has just read their state."""
    note_read(tenant)
    methods = [method_for(sensor, method) for sensor in sensors]
    if ladders is None:
        ladders = ladders_of(tenant, sensors)
    sources = sources_of(tenant)
    source = GroupingSource(ConcurrentSource(sources.main))
    sources = replace(sources, main=ClosedSource(source, sensors, ladders, now_ms))
    queries = [
        _query_of(sensor, span, points, how, ladders.get(sensor.id), sources.tiers)
        for sensor, how in zip(sensors, methods, strict=True)
    ]
    readings = read(sources, queries, span)
    again = raw_instead(sources, queries, readings, points, span)
    if again:
        for place, reading in zip(again, read(sources, list(again.values()), span), strict=True):
            readings[place] = reading
    return [
        Downsampling(sensor, reading, span, now_ms).render(how, points)
        for sensor, reading, how in zip(sensors, readings, methods, strict=True)
    ]


def _query_of(
    sensor: Sensor, span: TimeRange, points: int, method: Method, ladder: Ladder | None, tiers: Sequence[Tier]
) -> SensorQuery:
    columns, holds = columns_of(sensor, method), holds_value(sensor)
    raw = plan_raw(span, tiers)
    if ladder is None:
        return SensorQuery(sensor, raw, columns, holds, ladder)
    plan = plan_rungs(span, buckets_of(method, points), ladder, interval_ms_of(sensor), tiers)
    if hardly_condenses(plan, span, ladder, usual_interval_ms_of(sensor)):
        return SensorQuery(sensor, raw, columns, holds, ladder, if_many=plan)
    return SensorQuery(sensor, plan, columns, holds, ladder)
