"""The assets that a plan is for, and what its hours and events at them are counted by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from catalog.models import Asset, Sensor
from catalog.snapshot import Snapshot
from work.fields import PlantObject
from work.patterns import matcher
from work.plans.models import MAX_OF_TYPE, MaintenancePlan, RunHoursDue


class Target(NamedTuple):
    """One asset of a plan. `sensor` counts its hours, `devices` send its events; none where the plan counts neither."""

    asset: PlantObject
    site: str
    sensor: PlantObject | None
    devices: Sequence[PlantObject]


def assets_of(snapshot: Snapshot, plan: MaintenancePlan) -> list[Asset]:
    """By tag. Those that are gone are left out."""
    target = plan.target
    if target.asset_type is None:
        found = [snapshot.assets[id] for id in target.assets or () if id in snapshot.assets]
    else:
        found = [
            asset
            for asset in snapshot.assets.values()
            if asset.type == target.asset_type and target.site in (None, asset.site)
        ]
    return sorted(found, key=by_tag)[:MAX_OF_TYPE]


def by_tag(asset: Asset | PlantObject) -> tuple[str, str]:
    return asset.tag.casefold(), asset.id


def hours_sensor(sensors: Iterable[Sensor], hours: RunHoursDue) -> Sensor | None:
    """Of an asset's sensors the first, by tag, that fits: a counter, or with `states` a discrete one."""
    fits, kinds = matcher(hours.sensor or ""), ("discrete", "text") if hours.states else ("counter",)
    found = [each for each in sensors if each.kind in kinds and (fits(each.tag) or fits(each.name))]
    return min(found, key=lambda sensor: (sensor.tag, sensor.id), default=None)
