"""Plans a call with many items and finds all its errors. A pure function of the items and a snapshot.

Items are found by natural key, so a call can be repeated. They may refer to each other (an asset's parent, an
area's parent) in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import msgspec

from catalog import rules
from catalog.fields import Fields, checked, with_defaults
from catalog.kinds import KINDS, CatalogKind
from catalog.models import Connection, Model, Sensor
from catalog.snapshot import Snapshot
from catalog.validation_error import MAX_ERRORS, ValidationError, validation_failed
from kernel.suggest import did_you_mean, limit_searches

Item = Mapping[str, Any]
Key = tuple[str, ...]

MAX_HINTS = 50  # per call: searching for similar words among thousands takes time


@dataclass(slots=True)
class Plan:
    """`changed` are (before, after); `ids` are in the order of the items."""

    kind: CatalogKind
    created: list[Model] = field(default_factory=list)
    changed: list[tuple[Model, Model]] = field(default_factory=list)
    unchanged: list[Model] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    named: dict[str, Set[str]] = field(default_factory=dict)  # the fields in each changed document's item


def plan_upsert(kind: CatalogKind, items: Sequence[Item], snapshot: Snapshot, most_sensors: int) -> Plan:
    """Raises BadRequest (`invalid-items`) with all errors, by index and field."""
    planner = _Planner(kind, snapshot)
    with limit_searches(MAX_HINTS):
        plan = planner.plan(items)
    planner.check_limit(plan, most_sensors)
    if planner.errors:
        raise validation_failed(sorted(planner.errors, key=lambda error: error.index), len(items), single=False)
    return plan


def plan_create(kind: CatalogKind, item: Item, snapshot: Snapshot, most_sensors: int) -> Model | tuple[Model, Model]:
    """The new document; or (existing, changed) if one has the same natural key."""
    planner = _Planner(kind, snapshot)
    plan = planner.plan([item])
    planner.check_limit(plan, most_sensors)
    if planner.errors:
        raise validation_failed(planner.errors, 1, single=True)
    if plan.created:
        return plan.created[0]
    return plan.changed[0] if plan.changed else (plan.unchanged[0], plan.unchanged[0])


def plan_change(kind: CatalogKind, before: Model, patch: Item, snapshot: Snapshot, whole: bool) -> Model:
    """The changed document; `whole` resets fields missing in the patch to their defaults."""
    planner = _Planner(kind, snapshot)
    after = planner.change(before, patch, whole)
    if planner.errors:
        raise validation_failed(planner.errors, 1, single=True)
    return after


def plan_changes(kind: CatalogKind, changes: Sequence[tuple[Model, Item]], snapshot: Snapshot) -> list[Model]:
    """The changed documents; BadRequest (`invalid-items`) with all errors, by index and field."""
    errors: list[ValidationError] = []
    after: list[Model] = []
    taken: dict[Key, int] = {}
    with limit_searches(MAX_HINTS):
        for index, (before, patch) in enumerate(changes):
            planner = _Planner(kind, snapshot)
            after.append(planner.change(before, patch, whole=False))
            key = kind.natural_key(after[-1])
            if (first := taken.setdefault(key, index)) != index:
                planner._fault(0, kind.key[-1], f"item {first} has the same {planner._key_in_words()}.")
            errors += [ValidationError(index, error.field, error.message) for error in planner.errors]
    if errors:
        raise validation_failed(errors[:MAX_ERRORS], len(changes), single=False)
    return after


@dataclass(frozen=True, slots=True)
class _Named:
    """An item whose natural key is known; only its parent may still be a name."""

    index: int
    key: Key
    id: str
    fields: Fields
    before: Model | None


class _Planner:
    def __init__(self, kind: CatalogKind, snapshot: Snapshot) -> None:
        self.kind, self.snapshot = kind, snapshot
        self.errors: list[ValidationError] = []
        self.coming: dict[Key, _Named] = {}

    def plan(self, items: Sequence[Item]) -> Plan:
        plan = Plan(self.kind)
        for index, item in enumerate(items):
            if len(self.errors) < MAX_ERRORS:
                self._name(index, item)
        for named in self.coming.values():
            self._refer(named.index, named.fields, "parent", named.key[0])
            model = self._built(named)
            plan.ids.append(named.id)
            if named.before is None:
                plan.created.append(model)
            elif model == named.before:
                plan.unchanged.append(model)
            else:
                plan.changed.append((named.before, model))
                plan.named[named.id] = named.fields.keys()
        self._find_cycles([*plan.created, *(after for _, after in plan.changed)])
        return plan

    def change(self, before: Model, patch: Item, whole: bool) -> Model:
        fields, errors = checked(self.kind, patch, partial=not whole)
        self._add_errors(0, errors)
        if patch.get("id", before.id) != before.id:
            self._fault(0, "id", f"cannot be changed; this is {before.id}.")
        site = getattr(before, "site", before.id)
        if self._site(0, fields) and fields.get("site", site) != site:
            self._fault(0, "site", f"a {self.kind.singular} cannot move to another site; create it there.")
        for name in self.kind.refers:
            self._refer(0, fields, name, site)
        if self.errors:
            return before
        fields |= {"id": before.id, "revision": before.revision}
        if isinstance(before, Sensor):
            fields |= {"stored_as": before.stored_as, "origin": before.origin}
        if isinstance(before, Connection):
            fields |= {"drawn": before.drawn}
        if whole:
            after = self.kind.model(**with_defaults(self.kind, fields, before))
        else:
            after = msgspec.structs.replace(before, **fields)
        self._add_errors(0, rules.contradictions(after, before))
        self._find_cycles([after])
        other = self.snapshot.named(self.kind.name, *self.kind.natural_key(after))
        if other is not None and other.id != before.id:
            self._fault(0, self.kind.key[-1], f"{other.id} has the same {self._key_in_words()} already.")
        return after

    def check_limit(self, plan: Plan, maximum: int) -> None:
        has, more = len(self.snapshot.sensors), len(plan.created)
        if self.kind.name == "sensors" and more and has + more > maximum:
            message = f"the tenant may have {maximum} sensors; it has {has}, and this would add {more}."
            self._fault(0, "", message)

    # One item

    def _name(self, index: int, item: Item) -> None:
        """Find the item's natural key and the document that has it, if any."""
        fields, errors = checked(self.kind, item, partial=False)
        self._add_errors(index, errors)
        known = self._site(index, fields)
        for name in self.kind.refers if known else ():
            if name != "parent" and "site" in fields:  # a parent may be an item of this very call
                self._refer(index, fields, name, fields["site"])
        if errors or not known:
            return
        named = with_defaults(self.kind, fields)
        if any(name not in named for name in self.kind.key):
            if "slug" in self.kind.key:
                self._fault(index, "slug", "is missing, and none can be made from the name.")
            return  # unknown references have been reported
        key = tuple(named[name] for name in self.kind.key)
        if key in self.coming:
            first = self.coming[key].index
            self._fault(index, self.kind.key[-1], f"item {first} has the same {self._key_in_words()}.")
            return
        before = self.snapshot.named(self.kind.name, *key)
        self._check_identity(index, item, before)
        self.coming[key] = _Named(index, key, before.id if before else self.kind.new_id(), fields, before)

    def _check_identity(self, index: int, item: Item, before: Model | None) -> None:
        """An item of a list may be sent back if it is this document at its current revision."""
        if "id" in item and item["id"] != (before.id if before else None):
            owner = f"is {before.id}" if before else "does not exist yet: leave the id out"
            self._fault(index, "id", f"{item['id']} is not this {self.kind.singular}; the one of that name {owner}.")
        if before and "revision" in item and item["revision"] != before.revision:
            message = f"it is at revision {before.revision}, your item was made from {item['revision']}."
            self._fault(index, "revision", message)

    def _built(self, named: _Named) -> Model:
        if named.before is None:
            model = self.kind.model(**{"id": named.id, **with_defaults(self.kind, named.fields)})
        else:
            manual = {"by_hand": True} if isinstance(named.before, Connection) else {}
            model = msgspec.structs.replace(named.before, **{**manual, **named.fields})
        self._add_errors(named.index, rules.contradictions(model, named.before))
        return model

    # References

    def _site(self, index: int, fields: Fields) -> bool:
        """Replace the site's slug by its id, if a site is named. Returns whether that succeeded."""
        if "site" not in fields:
            return True
        site = self.snapshot.site(fields["site"])
        if site is not None:
            fields["site"] = site.id
            return True
        sites = self.snapshot.sites.values()
        hint = did_you_mean(fields["site"][:80], (other.slug for other in sites)) if sites else " Create it first."
        self._fault(index, "site", f"there is no site “{fields.pop('site')[:80]}”.{hint}")
        return False

    def _refer(self, index: int, fields: Fields, name: str, site: str) -> None:
        """Replace the name in `fields[name]` by its id."""
        target, wanted = self.kind.refers.get(name), fields.get(name)
        if name == "site" or target is None or wanted is None:
            return
        if target == self.kind.name and (site, wanted) in self.coming:
            fields[name] = self.coming[site, wanted].id
            return
        found = (self.snapshot.area if target == "areas" else self.snapshot.asset)(site, wanted)
        if found is not None:
            fields[name] = found.id
            return
        hint = did_you_mean(wanted[:80], self._names(target, site))
        self._fault(index, name, f"there is no {KINDS[target].singular} “{wanted[:80]}” in this site.{hint}")
        del fields[name]

    def _names(self, kind: str, site: str) -> Iterable[str]:
        return (key[-1] for key in self.snapshot.indexes.by_key(kind) if key[0] == site)

    def _find_cycles(self, models: Iterable[Model]) -> None:
        """Nothing may contain itself."""
        if "parent" not in self.kind.refers:
            return
        coming = {model.id: model for model in models}
        places = {named.id: named.index for named in self.coming.values()}
        now = {**self.snapshot.kept[self.kind.name], **coming}
        parents: dict[str, str | None] = {id: getattr(model, "parent", None) for id, model in now.items()}
        for id in _in_cycles(coming, parents):
            self._fault(places.get(id, 0), "parent", f"the {self.kind.singular} would lie inside itself.")

    def _key_in_words(self) -> str:
        return ", ".join(self.kind.key[1:] or self.kind.key)

    def _add_errors(self, index: int, errors: Iterable[tuple[str, str]]) -> None:
        self.errors += [ValidationError(index, name, message) for name, message in errors]

    def _fault(self, index: int, field: str, message: str) -> None:
        self.errors.append(ValidationError(index, field, message))


def _in_cycles(ids: Iterable[str], parents: Mapping[str, str | None]) -> list[str]:
    """The ids whose chain of parents leads back to them. Each chain is walked once."""
    walked: set[str] = set()
    cycles: set[str] = set()
    for start in ids:
        chain: dict[str, None] = {}
        id: str | None = start
        while id is not None and id not in walked:
            walked.add(id)
            chain[id] = None
            id = parents.get(id)
        if id in chain:
            path = list(chain)
            cycles.update(path[path.index(id) :])
    return [id for id in ids if id in cycles]
