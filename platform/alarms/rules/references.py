"""What a rule names: by id as it is stored, so that it stays when tags and names change; by name as people write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from alarms.rules.errors import Problem
from alarms.rules.models import AlarmRule, Deviation, Discrepancy, RuleContent, Trigger
from alarms.rules.targets import OF_ASSET, Scope
from catalog.expressions.sensors import find_sensor
from kernel.suggest import did_you_mean

Rename = Callable[[str], str]


def by_id(scope: Scope, content: RuleContent, others: Sequence[AlarmRule]) -> RuleContent:
    """What is not known stays as it is. Expressions stay as they were written."""
    site = scope.site(content.applies.site)

    def sensor(name: str) -> str:
        found = None if name.casefold().startswith(OF_ASSET) else find_sensor(scope.snapshot, site, name)
        return found.id if found else name

    def calculated(name: str) -> str:
        named = [each.id for each in scope.calculated.values() if each.name == name and (not site or each.site == site)]
        return named[0] if len(named) == 1 else name

    def rule(name: str) -> str:
        return next((each.id for each in others if name in (each.id, each.name)), name)

    def device(name: str) -> str:
        return next((each.id for each in scope.devices.values() if each.name == name), name)

    def source(name: str) -> str:
        return next((each.id for each in scope.sources.values() if each.name == name), name)

    return _renamed(content, content.applies.site and site, sensor, calculated, device, source, rule)


def by_name(scope: Scope, content: RuleContent, others: Sequence[AlarmRule]) -> RuleContent:
    """As in files: tags with their site, names."""
    snapshot, names = scope.snapshot, {rule.id: rule.name for rule in others}

    def sensor(id: str) -> str:
        found = snapshot.sensors.get(id)
        return f"{snapshot.sites[found.site].slug}:{found.tag}" if found and found.site in snapshot.sites else id

    def calculated(id: str) -> str:
        return scope.calculated[id].name if id in scope.calculated else id

    def device(id: str) -> str:
        return scope.devices[id].name if id in scope.devices else id

    def source(id: str) -> str:
        return scope.sources[id].name if id in scope.sources else id

    site = snapshot.sites.get(content.applies.site or "")
    return _renamed(
        content,
        site.slug if site else content.applies.site,
        sensor,
        calculated,
        device,
        source,
        lambda id: names.get(id, id),
    )


def _renamed(
    content: RuleContent,
    site: str | None,
    sensor: Rename,
    calculated: Rename,
    device: Rename,
    source: Rename,
    rule: Rename,
) -> RuleContent:
    applies = replace(
        content.applies,
        site=site,
        sensors=_each(sensor, content.applies.sensors),
        calculated=_each(calculated, content.applies.calculated) if content.applies.calculated else [],
        devices=_each(device, content.applies.devices) if content.applies.devices else [],
        sources=_each(source, content.applies.sources) if content.applies.sources else [],
    )
    overrides = [
        replace(each, trigger=_trigger(each.trigger, sensor)) if each.trigger is not None else each
        for each in content.overrides
    ]
    return replace(
        content,
        applies=applies,
        trigger=_trigger(content.trigger, sensor),
        overrides=overrides,
        suppressed_by=_each(rule, content.suppressed_by),
    )


def _each(rename: Rename, names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(map(rename, names)))


def _trigger(trigger: Trigger, sensor: Rename) -> Trigger:
    match trigger:
        case Deviation(set_point=str() as name):
            return replace(trigger, set_point=sensor(name))
        case Discrepancy(command=name):
            return replace(trigger, command=sensor(name))
    return trigger


def unknown_rules(content: RuleContent, others: Sequence[AlarmRule]) -> list[Problem]:
    known = {name for rule in others for name in (rule.id, rule.name)}
    return [
        Problem(
            f"suppressed_by[{place}]",
            f"names {name[:80]}, which is no other rule.{did_you_mean(name, [rule.name for rule in others])}",
        )
        for place, name in enumerate(content.suppressed_by)
        if name not in known
    ]


def suppressing(content: RuleContent, id: str, others: Sequence[AlarmRule]) -> list[str]:
    """The names of rules each of which is suppressed by the next, from this one to itself; empty if there are none."""
    by, names = {rule.id: rule.suppressed_by for rule in others}, {rule.id: rule.name for rule in others}
    came_from: dict[str, str] = {}
    waiting = list(content.suppressed_by)
    came_from |= dict.fromkeys(waiting, id)
    while waiting:
        current = waiting.pop()
        if current == id:
            break
        for following in by.get(current, ()):
            if following not in came_from:
                came_from[following] = current
                waiting.append(following)
    if id not in came_from:
        return []
    path, place = [content.name], came_from[id]
    while place != id:
        path.append(names.get(place, place))
        place = came_from[place]
    return [content.name, *reversed(path[1:]), content.name]
