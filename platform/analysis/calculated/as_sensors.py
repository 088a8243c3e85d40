"""Calculated series where sensors' series are read: `OtherSeries` of the historian."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis.calculated import operations, repository
from analysis.calculated.definition import Definition
from analysis.calculated.series import METHODS, read_series
from catalog.expressions.compute import compute
from catalog.models import Sensor
from historian.asof.query import as_of
from historian.asof.values import AsOf
from historian.rungs.sensors import hold_limit_of
from historian.shape.methods import Method
from historian.shape.series import BandView, Line
from kernel.errors import BadRequest, Conflict
from kernel.ids import CALCULATED, is_id
from kernel.samples import BAD
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange


class CalculatedSeries:
    def has(self, id: str) -> bool:
        return is_id(id, CALCULATED)

    def describe(self, tenant: TenantConnection, id: str) -> Sensor:
        series = repository.head(tenant, id)
        return operations.sensor_of(series, series.last.unit)

    def read(
        self, tenant: TenantConnection, id: str, span: TimeRange, points: int, method: Method, *, now_ms: int
    ) -> Line | BandView:
        series = repository.head(tenant, id)
        if method not in METHODS:
            raise BadRequest(
                f"{series.name} is calculated; method={method} does not apply to it. Use {', '.join(METHODS)}.",
                slug="method-does-not-fit",
                parameter="method",
            )
        definition = operations.definition_of(tenant, series.last)
        sensor = operations.sensor_of(series, series.last.unit)
        return read_series(tenant, sensor, definition, span, points, method, now_ms=now_ms)

    def values(self, tenant: TenantConnection, ids: Sequence[str], at: int, now_ms: int) -> list[AsOf]:
        definitions: dict[str, Definition] = {}
        broken: dict[str, AsOf] = {}
        for id in dict.fromkeys(ids):
            try:
                definitions[id] = operations.definition_of(tenant, repository.head(tenant, id).last)
            except Conflict as error:
                broken[id] = AsOf(id, reason=error.detail)
        sensors = {each.id: each for one in definitions.values() for each in one.sensors.values()}
        found = dict(zip(sensors, as_of(tenant, list(sensors.values()), at, now_ms), strict=True)) if sensors else {}
        return [broken[id] if id in broken else _value(id, definitions[id], found, at) for id in dict.fromkeys(ids)]


def _value(id: str, definition: Definition, found: dict[str, AsOf], at: int) -> AsOf:
    """As of the last sample of any of its sensors, of the worst quality of them."""
    parts = [found[sensor.id] for sensor in definition.sensors.values()]
    columns = {name: np.array([_known(sensor, found[sensor.id], at)]) for name, sensor in definition.sensors.items()}
    value = float(compute(definition.root, columns, definition.units, definition.unit)[0])
    t = max((part.t for part in parts if part.t is not None), default=None)
    stale = any(part.stale for part in parts)
    quality, age = max(part.q for part in parts), None if t is None else at - t
    if math.isnan(value):
        return AsOf(
            id, t, None, quality, age, stale, "no data" if t is None else "not defined, or a sensor has no value"
        )
    return AsOf(id, t, value, quality, age, stale, "a sensor's value is old" if stale else None)


def _known(sensor: Sensor, value: AsOf, at: int) -> float:
    """NaN without a good or uncertain value, and once it no longer counts."""
    limit = hold_limit_of(sensor)
    if not isinstance(value.v, int | float) or value.t is None or value.q == BAD:
        return math.nan
    return math.nan if limit is not None and at >= value.t + limit else float(value.v)
