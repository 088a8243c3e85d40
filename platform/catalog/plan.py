"""What a call with many items would do, and everything that is wrong with it: pure, of the items and a snapshot.

Items are found by their natural key, so a call can be sent again. They may refer to each other (an asset's parent, an
area's parent) in any order.
"""

from __future__ import annotations

import operator
import types
import typing
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any

import msgspec

from catalog import rules
from catalog.drafts import DRAFTS
from catalog.faults import Fault, refuse
from catalog.kinds import CatalogKind
from catalog.models import Model, Site
from catalog.snapshot import Snapshot
from catalog.suggest import did_you_mean

Item = Mapping[str, Any]


@dataclass(slots=True)
class Plan:
    """`changed` are (before, after); `ids` are in the order of the items."""

    kind: CatalogKind
    created: list[Model] = field(default_factory=list)
    changed: list[tuple[Model, Model]] = field(default_factory=list)
    unchanged: list[Model] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


def plan_upsert(kind: CatalogKind, items: Sequence[Item], snapshot: Snapshot, most_sensors: int) -> Plan:
    """Raises BadRequest (`invalid-items`) that lists everything wrong, by index and field."""
    planner = _Planner(kind, snapshot)
    plan = planner.plan(items)
    planner.check_limit(plan, most_sensors)
    if planner.faults:
        raise refuse(sorted(planner.faults, key=lambda fault: fault.index), len(items), single=False)
    return plan


def plan_create(kind: CatalogKind, item: Item, snapshot: Snapshot, most_sensors: int) -> Model | tuple[Model, Model]:
    """The new document; or (the existing one, what it would become) where one has the same natural key."""
    planner = _Planner(kind, snapshot)
    plan = planner.plan([item])
    planner.check_limit(plan, most_sensors)
    if planner.faults:
        raise refuse(planner.faults, 1, single=True)
    if plan.created:
        return plan.created[0]
    return plan.changed[0] if plan.changed else (plan.unchanged[0], plan.unchanged[0])


def plan_change(kind: CatalogKind, before: Model, patch: Item, snapshot: Snapshot, whole: bool) -> Model:
    """What `before` becomes; `whole` sets fields that the patch does not name back to their defaults."""
    planner = _Planner(kind, snapshot)
    after = planner.change(before, patch, whole)
    if planner.faults:
        raise refuse(planner.faults, 1, single=True)
    return after


class _Planner:
    def __init__(self, kind: CatalogKind, snapshot: Snapshot) -> None:
        self.kind, self.snapshot = kind, snapshot
        self.faults: list[Fault] = []
        self.coming: dict[tuple[str, ...], tuple[int, str]] = {}  # natural key -> (index, id) of this call's items

    def plan(self, items: Sequence[Item]) -> Plan:
        plan = Plan(self.kind)
        named = [self._named(index, item) for index, item in enumerate(items)]
        for index, entry in enumerate(named):
            if entry is None:
                continue
            key, id, fields = entry
            self._refer(index, fields, "parent", fields.get("site") or key[0])
            model = self._built(index, key, id, fields)
            if model is None:
                continue
            before = self.snapshot.kept[self.kind.name].get(id)
            plan.ids.append(id)
            if before is None:
                plan.created.append(model)
            elif model == before:
                plan.unchanged.append(model)
            else:
                plan.changed.append((before, model))
        self._find_circles([*plan.created, *(after for _, after in plan.changed)])
        return plan

    def change(self, before: Model, patch: Item, whole: bool) -> Model:
        fields = self._checked(0, patch, partial=not whole) or {}
        if patch.get("id", before.id) != before.id:
            self._fault(0, "id", f"cannot be changed; this is {before.id}.")
        site = getattr(before, "site", before.id)
        if "site" in fields:
            self._site(0, fields)
            if fields.get("site", site) != site:
                self._fault(0, "site", f"a {self.kind.singular} cannot move to another site; create it there.")
        for name in self.kind.refers:
            self._refer(0, fields, name, site)
        kept = {"id": before.id, "revision": before.revision}
        if self.kind.name != "sites":
            kept["site"] = site
        if whole:
            fields = {**self._defaults(fields), **fields}
            self._name_by_default(fields, before)
        if self.faults:
            return before
        after = _make(self.kind, {**kept, **fields}) if whole else msgspec.structs.replace(before, **{**fields, **kept})
        self._contradictions(0, after)
        self._find_circles([after])
        other = self.snapshot.named(self.kind.name, *self.kind.natural_key(after))
        if other is not None and other.id != before.id:
            named = ", ".join(self.kind.key[1:] or self.kind.key)
            self._fault(0, self.kind.key[-1], f"{other.id} has the same {named} already.")
        return after

    def check_limit(self, plan: Plan, most: int) -> None:
        has, more = len(self.snapshot.sensors), len(plan.created)
        if self.kind.name == "sensors" and more and has + more > most:
            message = f"the tenant may have {most} sensors; it has {has}, and this would add {more}."
            self._fault(0, "", message)

    # One item

    def _named(self, index: int, item: Item) -> tuple[tuple[str, ...], str, dict[str, Any]] | None:
        """Its natural key, its id (a new one if it is new) and its checked fields."""
        fields = self._checked(index, item, partial=False)
        if fields is None:
            return None
        if self.kind.name != "sites" and not self._site(index, fields):
            return None
        for name in self.kind.refers:
            if name not in ("site", "parent"):
                self._refer(index, fields, name, fields["site"])
        self._slug_by_default(fields, None)
        if self.kind.name == "connections":
            fields.setdefault("medium", "")  # a part of its name, so it counts even where it is missing
        if missing := [name for name in self.kind.key if name not in fields]:
            if "slug" in missing:
                self._fault(index, "slug", "is missing, and none can be made from the name.")
            return None  # a reference that could not be resolved has been told
        key = tuple(fields[name] for name in self.kind.key)
        if key in self.coming:
            named = ", ".join(self.kind.key[1:] or self.kind.key)
            self._fault(index, self.kind.key[-1], f"item {self.coming[key][0]} has the same {named}.")
            return None
        before = self.snapshot.named(self.kind.name, *key)
        id = before.id if before else self.kind.new_id()
        self.coming[key] = index, id
        self._check_identity(index, item, before)
        return key, id, fields

    def _checked(self, index: int, item: Item, partial: bool) -> dict[str, Any] | None:
        """The item's fields, each of the right type and by its rule; None if a fault keeps us from going on."""
        if not isinstance(item, Mapping):
            self._fault(index, "", "is not a JSON object.")
            return None
        types, needed = _shape(self.kind.name)
        fields: dict[str, Any] = {}
        before = len(self.faults)
        for name, value in item.items():
            if name not in types:
                self._fault(index, str(name)[:60], f"there is no such field.{did_you_mean(str(name), types)}")
                continue
            try:
                fields[name] = self._value(name, value, types[name])
            except ValueError as error:
                self._fault(index, name, str(error))
        if not partial:
            for name in needed:
                if name not in item:
                    self._fault(index, name, "is missing.")
        fields.pop("id", None)
        fields.pop("revision", None)
        return fields if len(self.faults) == before or partial else None

    def _value(self, name: str, value: Any, kind: Any) -> Any:
        try:
            converted = msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            raise ValueError(_readable(str(error), value, kind)) from None
        rule = rules.RULES[self.kind.name].get(name)
        return rule(converted) if rule and converted is not None else converted

    def _check_identity(self, index: int, item: Item, before: Model | None) -> None:
        if "id" in item and item["id"] != (before.id if before else None):
            owner = f"is {before.id}" if before else "does not exist yet: leave the id out"
            self._fault(index, "id", f"{item['id']} is not this {self.kind.singular}; the one of that name {owner}.")
        if before and "revision" in item and item["revision"] != before.revision:
            self._fault(
                index, "revision", f"it is at revision {before.revision}, your item was made from {item['revision']}."
            )

    def _built(self, index: int, key: tuple[str, ...], id: str, fields: dict[str, Any]) -> Model | None:
        before = self.snapshot.kept[self.kind.name].get(id)
        if before is None:
            self._name_by_default(fields, None)
            model = _make(self.kind, {"id": id, **self._defaults(fields), **fields})
        else:
            model = msgspec.structs.replace(before, **fields)
        self._contradictions(index, model)
        return model

    def _defaults(self, fields: Item) -> dict[str, Any]:
        if self.kind.name == "sensors" and fields.get("kind") in ("discrete", "text"):
            return {"sampling": "on_change"}
        return {}

    def _name_by_default(self, fields: dict[str, Any], before: Model | None) -> None:
        self._slug_by_default(fields, before)
        if "tag" in fields and self.kind.name in ("assets", "sensors"):
            fields.setdefault("name", fields["tag"])

    def _slug_by_default(self, fields: dict[str, Any], before: Model | None) -> None:
        """Made from the name once; a site that is renamed keeps it, for devices write to it."""
        if self.kind.name != "sites" or "name" not in fields or "slug" in fields:
            return
        if made := before.slug if isinstance(before, Site) else rules.slug_of(fields["name"]):
            fields["slug"] = made

    # References

    def _site(self, index: int, fields: dict[str, Any]) -> bool:
        site = self.snapshot.site(fields["site"])
        if site is None:
            slugs = [other.slug for other in self.snapshot.sites.values()]
            hint = did_you_mean(fields["site"], slugs) or (" Create it first." if not slugs else "")
            self._fault(index, "site", f"there is no site “{fields['site'][:80]}”.{hint}")
            fields.pop("site")
            return False
        fields["site"] = site.id
        return True

    def _refer(self, index: int, fields: dict[str, Any], name: str, site: str) -> None:
        """Replace the name in `fields[name]` by the id it means."""
        target = self.kind.refers.get(name)
        wanted = fields.get(name)
        if name == "site" or target is None or wanted is None:
            return
        if target == self.kind.name and (site, wanted) in self.coming:
            fields[name] = self.coming[site, wanted][1]
            return
        find = self.snapshot.area if target == "areas" else self.snapshot.asset
        found = find(site, wanted)
        if found is None:
            del fields[name]
            noun = "area" if target == "areas" else "asset"
            hint = did_you_mean(wanted, _names(self.snapshot, target, site))
            self._fault(index, name, f"there is no {noun} “{wanted[:80]}” in this site.{hint}")
        else:
            fields[name] = found.id

    def _contradictions(self, index: int, model: Model) -> None:
        for name, message in rules.contradictions(model):
            self._fault(index, name, message)

    def _find_circles(self, models: Iterable[Model]) -> None:
        """Nothing may lie in itself."""
        if "parent" not in self.kind.refers:
            return
        coming = {model.id: model for model in models}
        places = {id: index for index, id in self.coming.values()}
        parents = {id: model.parent for id, model in {**self.snapshot.kept[self.kind.name], **coming}.items()}  # type: ignore[union-attr]
        for id in coming:
            seen, above = {id}, parents.get(id)
            while above is not None and above not in seen:
                seen.add(above)
                above = parents.get(above)
            if above == id:
                self._fault(places.get(id, 0), "parent", f"the {self.kind.singular} would lie inside itself.")

    def _fault(self, index: int, field: str, message: str) -> None:
        self.faults.append(Fault(index, field, message))


def _make(kind: CatalogKind, fields: dict[str, Any]) -> Model:
    return kind.model(**fields)


@lru_cache(maxsize=8)
def _shape(kind: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Each field's type, and the names of those that a new document needs."""
    fields = msgspec.structs.fields(DRAFTS[kind])
    return {f.name: _without_unset(f.type) for f in fields}, tuple(f.name for f in fields if f.required)


def _without_unset(kind: Any) -> Any:
    if typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        parts = [part for part in typing.get_args(kind) if part is not msgspec.UnsetType]
        return reduce(operator.or_, parts)
    return kind


def _readable(message: str, value: Any, kind: Any) -> str:
    """msgspec's message in a reader's words."""
    choices = [c for c in typing.get_args(kind) if isinstance(c, str)]
    if choices and isinstance(value, str):
        return f"“{value[:60]}” is none of {', '.join(choices)}.{did_you_mean(value, choices)}"
    words = {
        "`str`": "text",
        "`float`": "a number",
        "`int`": "a whole number",
        "`bool`": "true or false",
        "`object`": "an object",
        "`array`": "a list",
        "`null`": "null",
    }
    message = message.replace("`bool | int | float | str | null`", "text, a number, true, false or null")
    for technical, plain in words.items():
        message = message.replace(technical, plain)
    return message[:1].lower() + message[1:] + "."


_NAMES: defaultdict[str, str] = defaultdict(lambda: "tag", {"areas": "name"})


def _names(snapshot: Snapshot, kind: str, site: str) -> list[str]:
    return [getattr(m, _NAMES[kind]) for m in snapshot.kept[kind].values() if m.site == site]  # type: ignore[union-attr]
