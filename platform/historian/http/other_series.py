"""Series that are not a sensor's but are read like one: calculated ones. `config` connects them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from catalog.models import Sensor
from catalog.snapshot import Snapshot
from historian.asof.values import AsOf
from historian.http import requests as params
from historian.queries import read_many
from historian.read.ladders import Ladders
from historian.shape.methods import Method
from historian.shape.series import BandView, Line, nothing
from kernel.errors import Conflict
from kernel.seams import Seam
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange


class OtherSeries(Protocol):
    """Every method but `has` raises NotFound for an unknown series."""

    def has(self, id: str) -> bool:
        """Whether it is an id of such a series."""

    def describe(self, tenant: TenantConnection, id: str) -> Sensor:
        """As a sensor is described."""

    def read(
        self, tenant: TenantConnection, id: str, span: TimeRange, points: int, method: Method, *, now_ms: int
    ) -> Line | BandView:
        """Raises BadRequest for an unsuitable method or too many samples, Conflict if it cannot be computed."""

    def values(self, tenant: TenantConnection, ids: Sequence[str], at: int, now_ms: int) -> list[AsOf]:
        """As of a moment; without a value, and with the reason, for one that cannot be computed."""


other_series = Seam[OtherSeries]("series beside those of sensors")


def is_other(id: str) -> bool:
    return (series := other_series.get()) is not None and series.has(id)


def describe(tenant: TenantConnection, snapshot: Snapshot, id: str) -> Sensor:
    """A sensor, or another series as one."""
    return other_series().describe(tenant, id) if is_other(id) else params.sensor_of(snapshot, id)


def read_named(
    tenant: TenantConnection,
    sensors: Sequence[Sensor],
    span: TimeRange,
    points: int,
    method: Method,
    *,
    now_ms: int,
    ladders: Ladders | None = None,
    broken: Literal["raise", "empty"] = "raise",
) -> list[Line | BandView]:
    """As `read_many`, also for other series, each on its own.

    `broken`: one that cannot be computed is empty and has the reason; otherwise Conflict is raised.
    """
    others: dict[str, Line | BandView] = {}
    for sensor in sensors:
        if is_other(sensor.id):
            try:
                others[sensor.id] = other_series().read(tenant, sensor.id, span, points, method, now_ms=now_ms)
            except Conflict as error:
                if broken == "raise":
                    raise
                others[sensor.id] = nothing(sensor.id, span, method, now_ms, error.detail)
    stored = [sensor for sensor in sensors if sensor.id not in others]
    views = iter(read_many(tenant, stored, span, points, method, now_ms=now_ms, ladders=ladders) if stored else [])
    return [others[sensor.id] if sensor.id in others else next(views) for sensor in sensors]


def with_others(tenant: TenantConnection, ids: Sequence[str], values: list[AsOf], at: int, now_ms: int) -> list[AsOf]:
    """`values`, of the sensors among `ids`, with those of other series, in the order of `ids`."""
    others = list(dict.fromkeys(id for id in ids if is_other(id)))
    if not others:
        return values
    found = {value.sensor: value for value in [*values, *other_series().values(tenant, others, at, now_ms)]}
    return [found[id] for id in dict.fromkeys(ids)]
