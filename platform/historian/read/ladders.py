"""The state of the ladders that a query reads, from Redis in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.models import Sensor
from historian.read.planner import Ladder
from historian.rungs.rungs import ALL_TIME, BY_WIDTH, recipe_of
from kernel.tenancy import TenantConnection
from kernel.times import EARLIEST, TimeRange
from stores.redis.marks import SensorMarks
from web.stores import marks


def ladders_of(tenant: TenantConnection, sensors: Sequence[Sensor]) -> Mapping[str, Ladder]:
    """The ladders of the sensors that have one for their kind. If Redis lost the marks, everything is marked."""
    state = marks().state(tenant.prefix, [sensor.id for sensor in sensors])
    found = {}
    for sensor in sensors:
        known = state.sensors[sensor.id]
        if known.finest and known.kind == recipe_of(sensor):
            marked = _marked(known) if state.epoch else (ALL_TIME,)
            raw_from = state.horizons.get(sensor.site, EARLIEST)
            found[sensor.id] = Ladder(BY_WIDTH[known.finest], marked, raw_from, state.epoch, known.late)
    return found


def _marked(known: SensorMarks) -> tuple[TimeRange, ...]:
    return tuple(TimeRange(mark.start, mark.end) for mark in (*known.buckets, *known.ranges))
