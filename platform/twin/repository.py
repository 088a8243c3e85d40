"""Schematics in the document database: one identity document with its list of versions, and one document per drawing.

A drawing is stored before the identity refers to it, so a crash in between leaves only an orphaned drawing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from kernel.errors import Conflict, NotFound
from kernel.ids import SCHEMATIC, is_id, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Database, Document
from twin.drawing_cache import DrawingCache
from twin.models import Drawing, Schematic, VersionInfo
from web.stores import documents

SCHEMATICS, DRAWINGS = "schematics", "schematic_drawings"
NAME_LENGTH = 80
_drawings = DrawingCache()


class StoredVersion(VersionInfo, frozen=True):
    """A version as listed in the identity: with the id of its drawing's document and the drawing's digest."""

    drawing: str
    digest: str

    def info(self) -> VersionInfo:
        return VersionInfo(self.version, self.valid_from, self.note, self.author, self.created)


class Stored(msgspec.Struct, frozen=True):
    """A schematic's identity as stored."""

    id: str
    site: str
    name: str
    revision: int
    versions: list[StoredVersion]

    def public(self) -> Schematic:
        return Schematic(self.id, self.site, self.name, self.revision, [version.info() for version in self.versions])


def digest_of(drawing: Drawing) -> str:
    """Equal drawings have equal digests."""
    return hashlib.sha256(msgspec.json.encode(drawing, order="sorted")).hexdigest()[:32]


def find(tenant: TenantConnection, site: str | None = None) -> list[Stored]:
    """The schematics of one site, or of all, sorted by name."""
    found = [_stored(document) for document in documents(tenant).find(SCHEMATICS, {"site": site} if site else {})]
    return sorted(found, key=lambda stored: (stored.name.casefold(), stored.id))


def get(tenant: TenantConnection, id: str) -> Stored:
    document = documents(tenant).get(SCHEMATICS, id) if is_id(id, SCHEMATIC) else None
    if document is None:
        raise missing(id)
    return _stored(document)


def get_drawing(tenant: TenantConnection, version: StoredVersion) -> Drawing:
    database = documents(tenant)
    if (known := _drawings.get(database.name, version.drawing)) is not None:
        return known
    document = database.get(DRAWINGS, version.drawing)
    if document is None:
        raise NotFound(f"The drawing of version {version.version} is gone.")
    drawing = msgspec.json.decode(document["drawing"], type=Drawing)
    _drawings.put(database.name, version.drawing, drawing, len(document["drawing"].encode()))
    return drawing


def insert(tenant: TenantConnection, site: str, name: str, drawing: Drawing, first: VersionInfo) -> Stored:
    """Store a new schematic. Raises Conflict if the site has one of that name."""
    database, id = documents(tenant), new_id(SCHEMATIC)
    with database.exclusive(SCHEMATICS):
        _check_name(database, site, name, id)
        version = _insert_drawing(database, id, drawing, first)
        return _stored(database.insert(SCHEMATICS, _document(id, site, name, [version])))


def add_version(
    tenant: TenantConnection,
    id: str,
    drawing: Drawing,
    make: Callable[[Stored], VersionInfo],
    name: str | None,
    revision: int | None,
) -> Stored:
    """Add a version. Raises NotFound, and Conflict (the schematic as `current`) if its revision is another by now."""
    database = documents(tenant)

    def change(document: Document) -> Document:
        before = _stored(document)
        version = _insert_drawing(database, id, drawing, make(before))
        return {**document, "name": name or before.name, "versions": _plain([*before.versions, version])}

    if name is None:
        return _guarded(id, lambda: database.change(SCHEMATICS, id, change, revision))
    with database.exclusive(SCHEMATICS):  # or two could take the same name concurrently
        _check_name(database, get(tenant, id).site, name, id)
        return _guarded(id, lambda: database.change(SCHEMATICS, id, change, revision))


def delete(tenant: TenantConnection, id: str, revision: int | None) -> Stored:
    """Delete the schematic with all its versions."""
    database = documents(tenant)
    gone = _guarded(id, lambda: database.delete(SCHEMATICS, id, revision))
    database.delete_many(DRAWINGS, {"schematic": id})
    return gone


def missing(id: str) -> NotFound:
    return NotFound(f"There is no schematic {id}.")


def _guarded(id: str, action: Callable[[], Document]) -> Stored:
    try:
        return _stored(action())
    except NotFound:
        raise missing(id) from None
    except Conflict as error:
        if isinstance(current := error.extra.get("current"), dict):
            error.extra["current"] = _stored(current).public()
        raise


def _check_name(database: Database, site: str, name: str, id: str) -> None:
    for document in database.find(SCHEMATICS, {"site": site}):
        if document["name"] == name and document["_id"] != id:
            raise Conflict(
                f"This site has a schematic “{name}” already.", slug="name-taken", current=_stored(document).public()
            )


def _insert_drawing(database: Database, id: str, drawing: Drawing, version: VersionInfo) -> StoredVersion:
    key = new_id("v")
    # As text: FerretDB refuses the lists of lists that a pipe's bends are.
    database.insert(DRAWINGS, {"_id": key, "schematic": id, "drawing": msgspec.json.encode(drawing).decode()})
    return StoredVersion(
        version.version, version.valid_from, version.note, version.author, version.created, key, digest_of(drawing)
    )


def _document(id: str, site: str, name: str, versions: list[StoredVersion]) -> Document:
    return {"_id": id, "site": site, "name": name, "versions": _plain(versions)}


def _stored(document: Document) -> Stored:
    return msgspec.convert({**document, "id": document["_id"]}, Stored)


def _plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))
