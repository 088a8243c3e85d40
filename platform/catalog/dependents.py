"""What depends on a document, and would be deleted with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.kinds import AREAS, ASSETS, KINDS, SITES, CatalogKind
from catalog.models import Model
from catalog.snapshot import Snapshot

MAX_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Dependents:
    ids: dict[str, list[str]]  # by kind
    names: dict[str, list[str]]  # the first few, for people

    @property
    def any(self) -> bool:
        return any(self.ids.values())

    def summary(self) -> dict[str, Any]:
        return {name: {"count": len(ids), "examples": self.names[name]} for name, ids in self.ids.items() if ids}

    def counts(self) -> dict[str, int]:
        return {name: len(ids) for name, ids in self.ids.items() if ids}

    def sentence(self, kind: CatalogKind, model: Model) -> str:
        parts = [
            f"{len(ids)} {KINDS[name].singular if len(ids) == 1 else name}" for name, ids in self.ids.items() if ids
        ]
        listed = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
        depend = "depends" if parts[0].startswith("1 ") and len(parts) == 1 else "depend"
        return f"{listed} {depend} on the {kind.singular} “{_name(model)}”."


def dependents_of(snapshot: Snapshot, kind: CatalogKind, id: str) -> Dependents:
    """Everything below it: a site's content; an area's areas and assets; an asset's assets, sensors and connections."""
    if kind is SITES:
        ids = {
            name: [m.id for m in models.values() if m.site == id]  # type: ignore[union-attr]
            for name, models in snapshot.kept.items()
            if name != "sites"
        }
        return _dependents(snapshot, ids)
    areas = below(snapshot, "areas", {id}) if kind is AREAS else set()
    roots = {id} if kind is ASSETS else {a.id for a in snapshot.assets.values() if a.area in areas}
    assets = below(snapshot, "assets", roots) if roots else set()
    found = {
        "areas": areas - {id},
        "assets": assets - {id},
        "sensors": {s.id for s in snapshot.sensors.values() if s.asset in assets},
        "connections": {c.id for c in snapshot.connections.values() if c.source in assets or c.target in assets},
    }
    return _dependents(snapshot, {name: sorted(ids) for name, ids in found.items()})


def below(snapshot: Snapshot, kind: str, roots: set[str]) -> set[str]:
    """The roots and everything whose parent chain leads to one of them."""
    children: dict[str, list[str]] = {}
    for model in snapshot.kept[kind].values():
        children.setdefault(getattr(model, "parent", None) or "", []).append(model.id)
    found, queue = set(roots), list(roots)
    while queue:
        for child in children.get(queue.pop(), ()):
            if child not in found:
                found.add(child)
                queue.append(child)
    return found


def _dependents(snapshot: Snapshot, ids: dict[str, list[str]]) -> Dependents:
    names = {name: [_name(snapshot.kept[name][id]) for id in found[:MAX_EXAMPLES]] for name, found in ids.items()}
    return Dependents(ids, names)


def _name(model: Model) -> str:
    for field in ("tag", "name", "medium"):
        if text := getattr(model, field, ""):
            return str(text)
    return model.id
