"""What a rule names: by id as it is stored, so that it stays when tags and names change; by name as people write it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from msgspec.structs import replace

from alarms.rules.errors import Problem
from alarms.rules.memory import memory_of
from alarms.rules.models import AlarmRule, Deviation, Discrepancy, RuleContent, Trigger
from alarms.rules.targets import OF_ASSET, Scope
from catalog.expressions.sensors import find_sensor
from kernel.ids import CALCULATED, DEVICE, SENSOR, SOURCE, is_id
from kernel.suggest import did_you_mean

Rename = Callable[[str], str]


def by_id(scope: Scope, content: RuleContent, known: KnownRules) -> RuleContent:
    """What is not known stays as it is. Expressions stay as they were written."""
    site = scope.site(content.applies.site)

    def sensor(name: str) -> str:
        found = None if name.casefold().startswith(OF_ASSET) else find_sensor(scope.snapshot, site, name)
        return found.id if found else name

    def calculated(name: str) -> str:
        named = [each.id for each in scope.calculated.values() if each.name == name and (not site or each.site == site)]
        return named[0] if len(named) == 1 else name

    def rule(name: str) -> str:
        found = known.find(name)
        return found.id if found else name

    def device(name: str) -> str:
        return next((each.id for each in scope.devices.values() if each.name == name), name)

    def source(name: str) -> str:
        return next((each.id for each in scope.sources.values() if each.name == name), name)

    return _renamed(content, content.applies.site and site, sensor, calculated, device, source, rule)


def by_name(scope: Scope, content: RuleContent, known: KnownRules) -> RuleContent:
    """As in files: tags with their site, names."""
    snapshot = scope.snapshot

    def sensor(id: str) -> str:
        found = snapshot.sensors.get(id)
        return f"{snapshot.sites[found.site].slug}:{found.tag}" if found and found.site in snapshot.sites else id

    def calculated(id: str) -> str:
        return scope.calculated[id].name if id in scope.calculated else id

    def device(id: str) -> str:
        return scope.devices[id].name if id in scope.devices else id

    def source(id: str) -> str:
        return scope.sources[id].name if id in scope.sources else id

    def rule(id: str) -> str:
        found = known.get(id)
        return found.name if found else id

    site = snapshot.sites.get(content.applies.site or "")
    return _renamed(
        content,
        site.slug if site else content.applies.site,
        sensor,
        calculated,
        device,
        source,
        rule,
    )


def missing(scope: Scope, content: RuleContent) -> list[str]:
    """What the rule names by its id and is no longer there, such as “sensor s7k2m9q4xwa”; without expressions."""
    kinds: tuple[tuple[str, str, Container[str]], ...] = (
        ("sensor", SENSOR, scope.snapshot.sensors), ("calculated series", CALCULATED, scope.calculated),
        ("device", DEVICE, scope.devices), ("source", SOURCE, scope.sources),
    )  # fmt: skip
    found: dict[str, None] = {}

    def note(place: int) -> Rename:
        word, kind, known = kinds[place]

        def rename(id: str) -> str:
            if is_id(id, kind) and id not in known:
                found[f"{word} {id}"] = None
            return id

        return rename

    _renamed(content, content.applies.site, note(0), note(1), note(2), note(3), lambda id: id)
    return list(found)


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


class KnownRules:
    """A tenant's rules, by id and by name in whatever case. `targets`, `memory` (bytes): of all of them."""

    def __init__(self, rules: Iterable[AlarmRule]) -> None:
        self._by_id: dict[str, AlarmRule] = {}
        self._by_name: dict[str, AlarmRule] = {}
        self.targets = self.memory = 0
        for rule in rules:
            self.add(rule)

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, rule: AlarmRule) -> None:
        """In place of the one with its id, if there is one."""
        if (before := self._by_id.get(rule.id)) is not None:
            self.targets -= before.targets
            self.memory -= memory_of(before, before.targets)
            self._by_name.pop(before.name.casefold(), None)
        self.targets += rule.targets
        self.memory += memory_of(rule, rule.targets)
        self._by_id[rule.id] = self._by_name[rule.name.casefold()] = rule

    def get(self, id: str) -> AlarmRule | None:
        return self._by_id.get(id)

    def named(self, name: str) -> AlarmRule | None:
        return self._by_name.get(name.casefold())

    def find(self, reference: str) -> AlarmRule | None:
        return self._by_id.get(reference) or self.named(reference)

    def unknown(self, content: RuleContent, id: str) -> list[Problem]:
        """What `suppressed_by` names that is no other rule; `id`: of the rule itself."""
        problems = []
        for place, name in enumerate(content.suppressed_by):
            found = self.find(name)
            if found is None or found.id == id:
                hint = did_you_mean(name, [rule.name for rule in self._by_id.values() if rule.id != id])
                problems.append(Problem(f"suppressed_by[{place}]", f"names {name[:80]}, which is no other rule.{hint}"))
        return problems

    def cycle(self, content: RuleContent, id: str) -> list[str]:
        """The names of rules each of which is suppressed by the next, from this one to itself; empty if there are none.

        `content`: with ids.
        """
        came_from = dict.fromkeys(content.suppressed_by, id)
        waiting = list(came_from)
        while waiting and id not in came_from:
            current = waiting.pop()
            rule = self._by_id.get(current)
            for following in rule.suppressed_by if rule else ():
                if following not in came_from:
                    came_from[following] = current
                    waiting.append(following)
        if id not in came_from:
            return []
        path, place = list[str](), came_from[id]
        while place != id:
            rule = self._by_id.get(place)
            path.append(rule.name if rule else place)
            place = came_from[place]
        return [content.name, *reversed(path), content.name]
