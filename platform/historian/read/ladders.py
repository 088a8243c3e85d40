"""The state of the ladders that a query reads, from Redis in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.models import Sensor
from historian.read.planner import Ladder
from historian.rungs.rungs import ALL_TIME, BY_WIDTH, recipe_of
from kernel.tenancy import TenantConnection
from kernel.times import EARLIEST, TimeRange
from stores.redis.marks import LadderState, SensorMarks, state_in, state_question
from stores.redis.questions import Question
from web.stores import marks

Ladders = Mapping[str, Ladder]


def ladders_of(tenant: TenantConnection, sensors: Sequence[Sensor]) -> Ladders:
    """The ladders of the sensors that have one for their kind. If Redis lost the marks, everything is marked."""
    return _ladders(marks().state(tenant.prefix, [sensor.id for sensor in sensors]), sensors)


def ladders_question(tenant: TenantConnection, sensors: Sequence[Sensor]) -> Question:
    """Asks Redis for the same, together with something else; the only reply is for `ladders_in`."""
    return state_question(tenant.prefix, [sensor.id for sensor in sensors])


def ladders_in(reply: Any, sensors: Sequence[Sensor]) -> Ladders:
    return _ladders(state_in(reply, [sensor.id for sensor in sensors]), sensors)


def _ladders(state: LadderState, sensors: Sequence[Sensor]) -> Ladders:
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
