"""Reads as-of values: present ones from Redis, past ones from raw samples or, if older, from the ladder."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.models import Sensor
from historian.asof.look_back import look_back
from historian.asof.present import present_question, present_values
from historian.asof.values import AsOf, value_of
from historian.read.closed_source import ClosedSource
from historian.read.grouping import GroupingSource
from historian.read.ladders import Ladders, ladders_of
from historian.read.last import site_sizes
from historian.read.sources import sources_of
from kernel.tenancy import TenantConnection
from web.pacing import note_read
from web.stores import ask


def as_of(
    tenant: TenantConnection, sensors: Sequence[Sensor], at_ms: int, now_ms: int, ladders: Ladders | None = None
) -> list[AsOf]:
    """The value of each sensor as of `at_ms`, in the order given. `ladders`: if the caller has just read their state.

    A sample counts as of a moment if its time, rounded down to the ms, is not after it.
    """
    if at_ms < now_ms or not sensors:
        return _looked_up(tenant, sensors, [None] * len(sensors), at_ms, now_ms, ladders)
    [[packed]] = ask(present_question(tenant, sensors), "reading latest values")
    return as_of_now(tenant, sensors, packed, at_ms)


def as_of_now(
    tenant: TenantConnection, sensors: Sequence[Sensor], packed: Sequence[bytes | None], at_ms: int
) -> list[AsOf]:
    """The same as of the present, with what Redis answered to `present_question`."""
    return _looked_up(tenant, sensors, present_values(sensors, packed, at_ms), at_ms, at_ms)


def _looked_up(
    tenant: TenantConnection,
    sensors: Sequence[Sensor],
    known: Sequence[AsOf | None],
    at_ms: int,
    now_ms: int,
    ladders: Ladders | None = None,
) -> list[AsOf]:
    """The values with those that are not known from stored samples."""
    missing = [sensor for sensor, value in zip(sensors, known, strict=True) if value is None]
    if not missing:
        return [value for value in known if value is not None]
    note_read(tenant)
    if ladders is None:
        ladders = ladders_of(tenant, missing)
    source = ClosedSource(GroupingSource(sources_of(tenant).main), missing, ladders, now_ms)
    found = look_back(source, missing, at_ms, site_sizes(tenant), ladders)
    return [
        value or value_of(sensor, found.get(sensor.id), at_ms) for sensor, value in zip(sensors, known, strict=True)
    ]
