"""Operating time of assets (EN 15341): run-hours where something counts them, else the calendar without downtime."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from catalog.models import Sensor
from catalog.snapshot import Snapshot
from catalog.units.conversion import conversion
from kernel.errors import PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import HOUR, TimeRange
from work.plans.models import RunHoursDue
from work.plans.operations import find
from work.plans.targets import assets_of, hours_sensor
from work.reliability.failures import Failure, downtime_ms
from work.seams import seams

MAX_COUNTED = 100  # assets whose run-hours are read for one answer; of more the calendar counts

Basis = Literal["run_hours", "calendar", "mixed"]


@dataclass(frozen=True, slots=True)
class Meter:
    """What counts an asset's running: a sensor, with states a discrete one, or a definition of runs."""

    name: str
    sensor: Sensor | None
    states: Sequence[str] = ()
    run: str = ""


@dataclass(frozen=True, slots=True)
class RunHours:
    """By month; None: not known."""

    counted_by: str
    hours: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Operating:
    hours: float
    basis: Basis


def meters_of(tenant: TenantConnection, snapshot: Snapshot, assets: Collection[str]) -> dict[str, Meter]:
    """By asset: what its maintenance plans count, the first by name; else its only counter in a unit of time."""
    sensors: dict[str, list[Sensor]] = defaultdict(list)
    for sensor in snapshot.sensors.values():
        if sensor.asset is not None and sensor.asset in assets:
            sensors[sensor.asset].append(sensor)
    found: dict[str, Meter] = {}
    for plan in find(tenant):
        due = plan.every.run_hours
        if due is None or not plan.enabled:
            continue
        for asset in assets_of(snapshot, plan):
            if asset.id in assets and asset.id not in found and (meter := _meter(due, sensors[asset.id])) is not None:
                found[asset.id] = meter
    for asset_id, own in sensors.items():
        counters = [each for each in own if each.kind == "counter" and conversion(each.unit, "h") is not None]
        if asset_id not in found and len(counters) == 1:
            found[asset_id] = Meter(counters[0].tag, counters[0])
    return found


def run_hours_of(
    tenant: TenantConnection, meters: Mapping[str, Meter], months: Sequence[TimeRange], now: int
) -> dict[str, RunHours]:
    """By asset. What cannot be read or never ran is left out. Raises Unavailable."""
    if len(meters) > MAX_COUNTED:
        return {}
    found: dict[str, RunHours] = {}
    for asset, meter in meters.items():
        try:
            hours = _hours(tenant, meter, months, now)
        except Unavailable:
            raise
        except PlantraceError:
            continue
        if any(hours):
            found[asset] = RunHours(meter.name, hours)
    return found


def operating(
    failures: Sequence[Failure],
    assets: Collection[str],
    months: Sequence[TimeRange],
    counted: Mapping[str, RunHours],
    owners: Mapping[str, str] = {},
) -> list[Operating]:
    """Of assets together, by month. Pure. `owners`: of assets that one of these contains, whose failures are its."""
    found = []
    own = {asset: counted[asset].hours for asset in assets if asset in counted}
    for place, month in enumerate(months):
        ran = {asset: hours for asset, each in own.items() if (hours := each[place]) is not None}
        down = downtime_ms([each for each in failures if owners.get(each.asset, each.asset) not in ran], month)
        by_calendar = ((len(assets) - len(ran)) * month.width - down) / HOUR
        basis: Basis = "calendar" if not ran else "run_hours" if len(ran) == len(assets) else "mixed"
        found.append(Operating(sum(ran.values()) + max(0.0, by_calendar), basis))
    return found


def total(by_month: Iterable[Operating]) -> Operating:
    """Pure."""
    months = list(by_month)
    bases = {each.basis for each in months}
    return Operating(sum(each.hours for each in months), bases.pop() if len(bases) == 1 else "mixed")


def _meter(due: RunHoursDue, sensors: Iterable[Sensor]) -> Meter | None:
    if due.run is not None:
        return Meter("runs", None, run=due.run)
    sensor = hours_sensor(sensors, due)
    return None if sensor is None else Meter(sensor.tag, sensor, tuple(due.states))


def _hours(tenant: TenantConnection, meter: Meter, months: Sequence[TimeRange], now: int) -> Sequence[float | None]:
    usage = seams().usage
    if meter.sensor is None:
        return [usage.run_hours(tenant, meter.run, month, now) for month in months]
    bounds = [months[0].start, *(month.end for month in months)]
    return usage.hours_by_period(tenant, meter.sensor, meter.states, bounds, now)
