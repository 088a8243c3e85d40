"""The assets that a plan is for, and the sensors that tell their hours."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.models import Asset, Sensor
from catalog.snapshot import Snapshot
from work.patterns import matcher
from work.plans.models import MAX_OF_TYPE, MaintenancePlan, RunHoursDue


def targets_of(snapshot: Snapshot, plan: MaintenancePlan) -> list[Asset]:
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
    return sorted(found, key=lambda asset: (asset.tag.casefold(), asset.id))[:MAX_OF_TYPE]


def hours_sensor(sensors: Iterable[Sensor], hours: RunHoursDue) -> Sensor | None:
    """Of an asset's sensors the first, by tag, that fits: a counter, or with `states` a discrete one."""
    fits, kinds = matcher(hours.sensor or ""), ("discrete", "text") if hours.states else ("counter",)
    found = [each for each in sensors if each.kind in kinds and (fits(each.tag) or fits(each.name))]
    return min(found, key=lambda sensor: (sensor.tag, sensor.id), default=None)
