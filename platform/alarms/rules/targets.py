"""Where a rule applies: sensors, calculated series, devices, sources. From the catalog's snapshot."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from alarms.about import AlarmTarget, TargetKind
from alarms.rules.errors import Problem, invalid
from alarms.rules.models import Applies
from alarms.seams import CalculatedTarget, Named, OtherTargets, other_targets
from catalog.expressions.sensors import find_sensor, similar_tags
from catalog.models import Asset, Sensor
from catalog.snapshot import Snapshot, snapshot_of
from kernel.ids import CALCULATED, DEVICE, SENSOR, SOURCE, is_id
from kernel.suggest import did_you_mean
from kernel.tenancy import TenantConnection

OF_ASSET = "asset:"  # begins a reference to another sensor of the target's asset
_ENDING = re.compile(r"[-./_: ]")


class Scope:
    """What there is to watch; what is not sensors is read when it is asked for."""

    def __init__(self, snapshot: Snapshot, others: OtherTargets | None = None, tenant: TenantConnection | None = None):
        self.snapshot = snapshot
        self._others, self._tenant = others, tenant

    @classmethod
    def of(cls, tenant: TenantConnection) -> Scope:
        return cls(snapshot_of(tenant), other_targets(), tenant)

    @cached_property
    def calculated(self) -> Mapping[str, CalculatedTarget]:
        known = self._others.calculated(self._tenant) if self._others and self._tenant else ()
        return {each.id: each for each in known}

    @cached_property
    def devices(self) -> Mapping[str, Named]:
        known = self._others.devices(self._tenant) if self._others and self._tenant else ()
        return {each.id: each for each in known}

    @cached_property
    def sources(self) -> Mapping[str, Named]:
        known = self._others.sources(self._tenant) if self._others and self._tenant else ()
        return {each.id: each for each in known}

    def site(self, name: str | None) -> str:
        """Its id; that of the only one if none is named, and empty if there are several. Raises InvalidRule."""
        sites = self.snapshot.sites
        if name is None:
            return next(iter(sites)) if len(sites) == 1 else ""
        found = self.snapshot.site(name)
        if found is None:
            hint = did_you_mean(name, [site.slug for site in sites.values()])
            raise invalid("applies.site", f"names {name[:80]}, which is not a site here.{hint}")
        return found.id

    @cached_property
    def assets_by_type(self) -> Mapping[str, list[Asset]]:
        found: dict[str, list[Asset]] = {}
        for asset in self.snapshot.assets.values():
            found.setdefault(asset.type.casefold(), []).append(asset)
        return found

    @cached_property
    def sensors_by_asset(self) -> Mapping[str, list[Sensor]]:
        found: dict[str, list[Sensor]] = {}
        for sensor in self.snapshot.sensors.values():
            if sensor.asset:
                found.setdefault(sensor.asset, []).append(sensor)
        return found


@dataclass(frozen=True)
class Target:
    """One of a rule's targets. `site`: an id, empty if it belongs to none."""

    about: AlarmTarget
    site: str
    asset: Asset | None = None
    sensor: Sensor | None = None
    calculated: CalculatedTarget | None = None

    @property
    def names(self) -> frozenset[str]:
        """By which an override may call it, itself or with its whole asset."""
        return frozenset({self.about.id, self.about.tag, *self.asset_names} - {""})

    @property
    def asset_names(self) -> frozenset[str]:
        return frozenset({self.asset.id, self.asset.tag} if self.asset else ())


def resolve(scope: Scope, applies: Applies) -> tuple[list[Target], list[Problem]]:
    """The targets there are, and what is named that there is not. Raises InvalidRule if it says nothing."""
    site = scope.site(applies.site)
    wanted_site = site if applies.site is not None else ""
    problems: list[Problem] = []
    found: dict[str, Target] = {}

    def add(field: str, names: Iterable[str], find: Callable[[str], Target | str]) -> None:
        for place, name in enumerate(names):
            target = find(name)
            if isinstance(target, str):
                problems.append(Problem(f"applies.{field}[{place}]", target))
            else:
                found[target.about.id] = target

    add("sensors", applies.sensors, lambda name: _sensor(scope, site, name))
    add("calculated", applies.calculated, lambda name: _calculated(scope, site, name))
    add("devices", applies.devices, lambda name: _named(scope, "device", scope.devices, name))
    add("sources", applies.sources, lambda name: _named(scope, "source", scope.sources, name))
    if applies.asset_type is not None:
        found |= {each.about.id: each for each in _of_type(scope, wanted_site, applies, problems)}
    elif applies.pattern is not None:
        raise invalid("applies.pattern", "requires `asset_type`: it selects sensors of such assets.")
    elif not found and not problems:
        raise invalid("applies", "names nothing: give sensors, calculated series, devices, sources or an asset type.")
    return list(found.values()), problems


def _sensor(scope: Scope, site: str, name: str) -> Target | str:
    sensor = find_sensor(scope.snapshot, site, name)
    if sensor is None:
        how = "" if site else " Give its site, too, or write site:tag."
        if is_id(name, SENSOR):
            return f"names the sensor {name}, which was deleted: take it out, or name another one."
        hint = similar_tags(scope.snapshot, site, name)
        return f"names {name[:80]}, which is not a sensor here.{hint}{how}"
    return of_sensor(scope, sensor)


def of_sensor(scope: Scope, sensor: Sensor) -> Target:
    about = AlarmTarget(kind="sensor", id=sensor.id, tag=sensor.tag, name=sensor.name, unit=sensor.unit)
    return Target(about, sensor.site, scope.snapshot.assets.get(sensor.asset or ""), sensor)


def _calculated(scope: Scope, site: str, name: str) -> Target | str:
    series = scope.calculated.get(name)
    named = [each for each in scope.calculated.values() if each.name == name and (not site or each.site == site)]
    if series is None and len(named) == 1:
        series = named[0]
    if series is None:
        if is_id(name, CALCULATED):
            return f"names the calculated series {name}, which was deleted: take it out, or name another one."
        hint = did_you_mean(name, [each.name for each in scope.calculated.values()])
        return f"names {name[:80]}, which is not a calculated series here.{hint}"
    about = AlarmTarget(kind="calculated", id=series.id, tag=series.name, unit=series.unit)
    return Target(about, series.site, calculated=series)


def _named(scope: Scope, kind: TargetKind, known: Mapping[str, Named], name: str) -> Target | str:
    found = known.get(name) or next((each for each in known.values() if each.name == name), None)
    if found is None:
        if is_id(name, DEVICE if kind == "device" else SOURCE):
            return f"names the {kind} {name}, which was deleted: take it out, or name another one."
        hint = did_you_mean(name, [each.name for each in known.values()])
        return f"names {name[:80]}, which is not a {kind} here.{hint}"
    asset = scope.snapshot.assets.get(found.asset)
    return Target(AlarmTarget(kind=kind, id=found.id, tag=found.name), asset.site if asset else "", asset)


def _of_type(scope: Scope, site: str, applies: Applies, problems: list[Problem]) -> list[Target]:
    wanted = (applies.asset_type or "").strip()
    assets = scope.assets_by_type.get(wanted.casefold(), []) if wanted else []
    if not assets:
        hint = did_you_mean(wanted, [asset.type for asset in scope.snapshot.assets.values() if asset.type])
        problems.append(Problem("applies.asset_type", f"is {wanted[:80]}, of which there are no assets.{hint}"))
        return []
    if applies.pattern is None:
        problems.append(
            Problem("applies.pattern", "is missing: which sensors of such assets, by tag or name, as in *-SAT.")
        )
        return []
    matches = matcher(applies.pattern)
    found = [
        of_sensor(scope, sensor)
        for asset in assets
        if not site or asset.site == site
        for sensor in scope.sensors_by_asset.get(asset.id, ())
        if matches(sensor.tag) or matches(sensor.name)
    ]
    if not found:
        problems.append(
            Problem(
                "applies.pattern", f"{applies.pattern[:80]} matches no sensor of the {len(assets)} {wanted} assets."
            )
        )
    return found


def matcher(pattern: str) -> Callable[[str], bool]:
    """`*` for any characters, `?` for one; in whatever case."""
    compiled = re.compile(fnmatch.translate(re.sub(r"\*+", "*", pattern.casefold()).replace("[", "[[]")))
    return lambda text: compiled.match(text.casefold()) is not None


def other_sensor(scope: Scope, target: Target, name: str, field: str) -> Sensor:
    """Another sensor that a rule names: by tag, `site:tag` or id, or `asset:NAME`, one of the target's asset whose tag
    is or ends with that, or that has that name. It holds numbers. Raises InvalidRule.
    """
    if name.casefold().startswith(OF_ASSET) and scope.snapshot.site(OF_ASSET[:-1]) is None:
        sensor = _of_asset(scope, target, name[len(OF_ASSET) :].strip(), field)
    else:
        found = find_sensor(scope.snapshot, target.site, name)
        if found is None:
            if is_id(name, SENSOR):
                raise invalid(field, f"names the sensor {name}, which was deleted: name another one.")
            hint = similar_tags(scope.snapshot, target.site, name)
            raise invalid(field, f"names {name[:80]}, which is not a sensor here.{hint}")
        sensor = found
    if sensor.kind == "text":
        raise invalid(field, f"names {sensor.tag}, which holds text.")
    return sensor


def _of_asset(scope: Scope, target: Target, name: str, field: str) -> Sensor:
    asset = target.asset
    if asset is None:
        raise invalid(field, f"names asset:{name[:80]}, but {target.about.tag or target.about.id} belongs to no asset.")
    wanted = name.casefold()
    sensors = scope.sensors_by_asset.get(asset.id, [])
    exact = [each for each in sensors if wanted in (each.tag.casefold(), each.name.casefold())]
    found = exact or [each for each in sensors if _ends_with(each.tag.casefold(), wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise invalid(field, f"names asset:{name[:80]}, of which {asset.tag} has {len(found)}; give more of the tag.")
    hint = did_you_mean(name, [part for each in sensors for part in (each.tag, _ENDING.split(each.tag)[-1])])
    raise invalid(field, f"names asset:{name[:80]}, which {asset.tag} does not have.{hint}")


def _ends_with(tag: str, wanted: str) -> bool:
    return tag.endswith(wanted) and len(tag) > len(wanted) and _ENDING.match(tag[-len(wanted) - 1]) is not None
