"""Present values as Redis packs them. What a packed value means to its sensor is worked out once: many people look at
the same sensors, whose values change less often than they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from catalog.models import Sensor
from historian.asof.values import AsOf, shown_latest, stale_after_ms, value_of
from kernel.samples import BAD
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest, latest_question, unpack_latest
from stores.redis.questions import Question

MAX_KNOWN = 20_000  # sensors, about 500 bytes each


class _Known(NamedTuple):
    packed: bytes
    sensor: Sensor
    stored: Latest
    shown: Latest
    fresh_ms: float  # -1 for a value of bad quality, which has a reason whatever its age


_known: dict[str, _Known] = {}


def present_question(tenant: TenantConnection, sensors: Sequence[Sensor]) -> list[Question]:
    """The question to Redis; none for no sensors."""
    return [latest_question(tenant.prefix, tuple(sensor.id for sensor in sensors))] if sensors else []


def present_values(sensors: Sequence[Sensor], packed: Sequence[bytes | None], at_ms: int) -> list[AsOf | None]:
    """The values as of `at_ms`; None for a sensor without one, or whose latest one is later."""
    return [_present(sensor, value, at_ms) if value else None for sensor, value in zip(sensors, packed, strict=True)]


def _present(sensor: Sensor, packed: bytes, at_ms: int) -> AsOf | None:
    known = _known.get(sensor.id)
    if known is None or known.packed != packed or known.sensor is not sensor:
        known = _keep(sensor, packed)
    shown = known.shown
    age = at_ms - shown.ms
    if age < 0:
        return None
    if age <= known.fresh_ms:
        return AsOf(sensor.id, shown.ms, shown.v, shown.q, age)
    return value_of(sensor, known.stored, at_ms)


def _keep(sensor: Sensor, packed: bytes) -> _Known:
    stored = unpack_latest(packed)
    fresh_ms = -1.0 if stored.q == BAD else stale_after_ms(sensor)
    known = _Known(packed, sensor, stored, shown_latest(sensor, stored), fresh_ms)
    if len(_known) >= MAX_KNOWN and sensor.id not in _known:
        _known.clear()
    _known[sensor.id] = known
    return known
