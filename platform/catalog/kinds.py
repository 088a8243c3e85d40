"""The five kinds of catalog documents, and the metadata for treating them alike."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from catalog import document_migrations
from catalog.models import Area, Asset, Connection, Model, Sensor, Site
from kernel import ids
from stores.documents import Document


@dataclass(frozen=True, slots=True)
class CatalogKind:
    """`key`: the fields of the natural (unique) key; `refers`: which field refers to which kind."""

    name: str  # also the collection, and the path under /api/v1/
    singular: str
    letter: str
    model: type[Model]
    key: tuple[str, ...]
    refers: Mapping[str, str]

    def new_id(self) -> str:
        return ids.new_id(self.letter)

    def of_document(self, document: Document) -> Model:
        # Thousands of sensors share a site: its id is stored once.
        shared = {name: sys.intern(document[name]) for name in self.refers if document.get(name)}
        if text := document.get("origin"):
            shared["origin"] = msgspec.json.decode(text)
        return msgspec.convert({**document, **shared, "id": document["_id"]}, self.model)

    def document_of(self, model: Model) -> Document:
        document: Document = msgspec.to_builtins(model)
        if origin := document.get("origin"):  # as text: keys of tags may hold what keys of documents may not
            document["origin"] = msgspec.json.encode(origin).decode()
        return {"_id": document.pop("id"), **document, "schema": document_migrations.version(self.name)}

    def natural_key(self, model: Model) -> tuple[str, ...]:
        return tuple(getattr(model, field) for field in self.key)


SITES = CatalogKind("sites", "site", ids.SITE, Site, ("slug",), {})
AREAS = CatalogKind("areas", "area", ids.AREA, Area, ("site", "name"), {"site": "sites", "parent": "areas"})
ASSETS = CatalogKind(
    "assets", "asset", ids.ASSET, Asset, ("site", "tag"), {"site": "sites", "area": "areas", "parent": "assets"}
)
SENSORS = CatalogKind("sensors", "sensor", ids.SENSOR, Sensor, ("site", "tag"), {"site": "sites", "asset": "assets"})
CONNECTIONS = CatalogKind(
    "connections",
    "connection",
    ids.CONNECTION,
    Connection,
    ("site", "source", "target", "medium"),
    {"site": "sites", "source": "assets", "target": "assets"},
)

KINDS: Mapping[str, CatalogKind] = {kind.name: kind for kind in (SITES, AREAS, ASSETS, SENSORS, CONNECTIONS)}
