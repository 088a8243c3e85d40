"""Facts that samples and arrivals give."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from catalog.made_at import MadeAt
from catalog.models import Sensor
from catalog.snapshot import snapshot_of
from historian.asof.query import as_of
from historian.asof.values import AsOf
from historian.statistics.query import statistics
from ingest.dead_letters.models import letter_of
from ingest.devices.credentials import device_tokens
from ingest.events import queries
from ingest.events.models import body_of
from ingest.fleet.registry import Device
from kernel.tenancy import TenantConnection
from kernel.times import DAY, TimeRange
from stores.redis.dead_letters import KeptLetter
from web.stores import streams

MAX_SENSORS = 20
MAX_LETTERS, MAX_SHOWN = 1_000, 5
MAX_EVENTS = 100


class SensorFact(Struct, frozen=True):
    """A sensor of the device's asset: its latest value, and statistics of the last 24 hours."""

    sensor: str
    tag: str
    unit: str
    t: int | None
    v: float | str | None
    stale: bool
    count: int
    min: float | None
    max: float | None
    mean: float | None


class LetterFact(Struct, frozen=True):
    received: int
    reason: str


class ArrivalFacts(Struct, frozen=True):
    """What could not be stored as the device sent it, so that its firmware can tell."""

    dead_letters: Annotated[int, Meta(description=f"By its own tokens, of the tenant's newest {MAX_LETTERS}")]
    newest: list[LetterFact]
    overflowing_events: Annotated[int, Meta(description=f"Of the last 24 hours, {MAX_EVENTS} at most")]
    overflowing_fields: dict[str, int]


class _OfToken(NamedTuple):
    """The dead letters of one token."""

    number: int
    newest: list[LetterFact]


_sensors_by_asset = MadeAt[Mapping[str, Sequence[Sensor]]]()
_letters_by_token = MadeAt[Mapping[str, _OfToken]]()


class SensorFacts:
    """Implements `DeviceFacts`: the first sensors, by tag, of the asset that the device belongs to."""

    def facts(self, tenant: TenantConnection, device: Device, now: int) -> list[SensorFact]:
        sensors = _sensors_of(tenant, device.asset)
        values = as_of(tenant, sensors, now, now)
        return [_fact(tenant, sensor, value, now) for sensor, value in zip(sensors, values, strict=True)]


class Arrivals:
    """Implements `DeviceFacts`."""

    def facts(self, tenant: TenantConnection, device: Device, now: int) -> ArrivalFacts:
        letters = _letters_of(tenant, device)
        newest = sorted((fact for each in letters for fact in each.newest), key=lambda fact: -fact.received)
        which = queries.which_events(now - DAY, None, now, device=device.name, overflow=True)
        events = queries.page(tenant, which, MAX_EVENTS).events
        fields = Counter(field for event in events for field in body_of(event).overflow)
        count = sum(each.number for each in letters)
        return ArrivalFacts(count, newest[:MAX_SHOWN], len(events), dict(fields.most_common(MAX_EVENTS)))


def _sensors_of(tenant: TenantConnection, asset: str | None) -> Sequence[Sensor]:
    snapshot = snapshot_of(tenant)
    known = _sensors_by_asset.get(tenant.prefix, snapshot.position, lambda _: _by_asset(snapshot.sensors.values()))
    return known.get(asset or "", ())


def _by_asset(sensors: Iterable[Sensor]) -> Mapping[str, Sequence[Sensor]]:
    found: dict[str, list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        if sensor.asset is not None:
            found[sensor.asset].append(sensor)
    return {asset: sorted(each, key=lambda sensor: sensor.tag)[:MAX_SENSORS] for asset, each in found.items()}


def _fact(tenant: TenantConnection, sensor: Sensor, value: AsOf, now: int) -> SensorFact:
    figures = statistics(tenant, sensor, TimeRange(now - DAY, now), now_ms=now)
    return SensorFact(
        sensor.id, sensor.tag, sensor.unit, value.t, value.v, value.stale, figures.count,
        *(_finite(each) for each in (figures.min, figures.max, figures.mean)),
    )  # fmt: skip


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _letters_of(tenant: TenantConnection, device: Device) -> list[_OfToken]:
    tokens = device_tokens().ids(tenant, device.id)
    if not tokens:
        return []
    letters = streams().dead_letters
    known = _letters_by_token.get(
        tenant.prefix, letters.counts(tenant.prefix), lambda _: _by_token(letters.page(tenant.prefix, MAX_LETTERS))
    )
    return [known[token] for token in tokens if token in known]


def _by_token(letters: Iterable[KeptLetter]) -> Mapping[str, _OfToken]:
    """`letters`: the newest first."""
    found: dict[str, _OfToken] = {}
    for kept in letters:
        letter = letter_of(kept)
        count, newest = found.get(letter.origin.token, (0, []))
        shown = [LetterFact(kept.received, letter.reason)] if len(newest) < MAX_SHOWN else []
        found[letter.origin.token] = _OfToken(count + 1, [*newest, *shown])
    return found
