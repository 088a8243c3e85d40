"""Schematics in the document database: one identity document with its list of versions, and for each version one with
its drawing and one with what feeds what in it.

Those two are stored before anything refers to them, so a crash in between leaves only orphans.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from catalog import journal
from catalog.models import Link
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.ids import SCHEMATIC, VERSION, is_id, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Database, Document
from stores.redis.changes import ChangeLog
from twin.document_cache import DocumentCache
from twin.drafts import repository as drafts
from twin.models import Background, Drawing, VersionInfo
from twin.own_symbols import repository as own_symbols
from twin.own_symbols.names import id_in, own_names
from twin.scans import repository as scans
from twin.schematic_cache import Kept, SchematicCache
from twin.stored import Stored, StoredVersion
from web.stores import documents

SCHEMATICS, DRAWINGS, MODELS = "schematics", "schematic_drawings", "schematic_models"
_decode_drawing = msgspec.json.Decoder(Drawing).decode
_decode_links = msgspec.json.Decoder(list[Link]).decode
_drawings, _schematics = DocumentCache[Drawing](), SchematicCache(time.monotonic)


def digest_of(drawing: Drawing) -> str:
    """Equal drawings have equal digests."""
    return hashlib.sha256(msgspec.json.encode(drawing, order="sorted")).hexdigest()[:32]


def find(tenant: TenantConnection, site: str | None = None) -> list[Stored]:
    """The schematics of one site, or of all, sorted by name."""
    journal.settle(tenant, wait_s=0)
    found = [_stored(document) for document in documents(tenant).find(SCHEMATICS, {"site": site} if site else {})]
    return sorted(found, key=lambda stored: (stored.name.casefold(), stored.id))


def get(tenant: TenantConnection, id: str) -> Stored:
    database = documents(tenant)
    position = log_of(database).position()
    if (known := _schematics.get(database.name, id)) is not None and known.is_current(position):
        return known.stored
    journal.settle(tenant, wait_s=0)
    stored = stored_in(database, id)
    if stored is None:
        raise missing(id)
    _schematics.put(database.name, stored, position)
    return stored


def stored_in(database: Database, id: str) -> Stored | None:
    """As it is in the database now."""
    document = database.get(SCHEMATICS, id) if is_id(id, SCHEMATIC) else None
    return _stored(document) if document is not None else None


def known(tenant: TenantConnection, id: str) -> Kept | None:
    """What this process knows of a schematic, which may be old."""
    return _schematics.get(documents(tenant).name, id)


def log_of(database: Database) -> ChangeLog:
    """Of changes of schematics; their drawings never change."""
    return database.log(SCHEMATICS)


def get_drawing(tenant: TenantConnection, version: StoredVersion) -> Drawing:
    database = documents(tenant)
    if (known := _drawings.get(database.name, version.drawing)) is not None:
        return known
    document = database.get(DRAWINGS, version.drawing)
    if document is None:
        raise NotFound(f"The drawing of version {version.version} is gone.")
    drawing = _decode_drawing(document["drawing"])
    _drawings.put(database.name, version.drawing, drawing, len(document["drawing"].encode()))
    return drawing


def links_of(tenant: TenantConnection, drawings: Sequence[str]) -> dict[str, frozenset[Link]]:
    """What feeds what, by the id of the drawing's document."""
    found = {document["_id"]: document["links"] for document in documents(tenant).get_many(MODELS, drawings)}
    decoded = {text: frozenset(_decode_links(text)) for text in set(found.values())}  # many versions show the same
    return {id: decoded[text] for id, text in found.items()}


def insert_drawing(
    database: Database, schematic: str, drawing: Drawing, links: Sequence[Link], info: VersionInfo
) -> StoredVersion:
    """The version, to which nothing refers yet."""
    key = new_id(VERSION)
    # As text: FerretDB refuses the lists of lists that a pipe's bends are.
    content: Document = {"schematic": schematic, "drawing": msgspec.json.encode(drawing).decode()}
    if own := own_names(drawing.placements):
        own_symbols.require(database, own)
        content["symbols"] = sorted({id_in(name) for name in own})
    if isinstance(drawing.background, Background):
        scans.require(database, drawing.background.scan)
        content["scan"] = drawing.background.scan
    database.insert(DRAWINGS, {"_id": key, **content})
    database.insert(MODELS, {"_id": key, "schematic": schematic, "links": msgspec.json.encode(links).decode()})
    return StoredVersion(
        info.version, info.valid_from, info.note, info.author, info.created, key, digest_of(drawing), modelled=True
    )


def put_version(database: Database, id: str, site: str, name: str, version: StoredVersion) -> None:
    """Ensure that the schematic exists with this version. Holding the lock, inside `changing`."""
    if database.get(SCHEMATICS, id) is None:
        database.insert(SCHEMATICS, {"_id": id, "site": site, "name": name, "versions": _plain([version])})
        return

    def change(document: Document) -> Document:
        before = _stored(document)
        if any(each.version == version.version for each in before.versions):
            return document
        return {**document, "name": name, "versions": _plain([*before.versions, version])}

    database.change(SCHEMATICS, id, change)


def remove(tenant: TenantConnection, id: str) -> None:
    """Ensure that there is no such schematic, nor anything of it. Holding the lock, inside `changing`."""
    database = documents(tenant)
    database.delete_ids(SCHEMATICS, [id])
    for collection in (DRAWINGS, MODELS):
        database.delete_many(collection, {"schematic": id})
    drafts.delete_all(tenant, {"schematic": id})


def locked_schematics(tenant: TenantConnection) -> AbstractContextManager[Any]:
    """While it is open no schematic changes."""
    return documents(tenant).exclusive(SCHEMATICS)


def schematics_with(tenant: TenantConnection, symbol: str) -> list[str]:
    """The names of the schematics that have an own symbol (its id) in any of their versions, or in a draft."""
    drawings = documents(tenant).find(DRAWINGS, without=["drawing"])
    used = {document["schematic"] for document in drawings if symbol in document.get("symbols", ())}
    published = [stored.name for stored in find(tenant) if stored.id in used] if used else []
    return list(dict.fromkeys([*published, *drafts.names_with(tenant, symbol)]))


def scans_in_use(tenant: TenantConnection) -> frozenset[str]:
    """Those that a version or a draft shows, by id."""
    drawings = documents(tenant).find(DRAWINGS, without=["drawing"])
    shown = (str(document["scan"]) for document in drawings if "scan" in document)
    return frozenset({*shown, *drafts.scans_in_use(tenant)})


def changing(database: Database, id: str) -> AbstractContextManager[None]:
    return log_of(database).changing([(SCHEMATICS, id)])


def missing(id: str) -> NotFound:
    return NotFound(f"There is no schematic {id}.")


def no_such_version(base: int) -> BadRequest:
    return BadRequest(f"base={base} is not a version of this schematic.", slug="no-such-version", field="base")


def check_name(database: Database, site: str, name: str, id: str) -> None:
    """Conflict if the site has another schematic of that name."""
    for document in database.find(SCHEMATICS, {"site": site}):
        if document["name"] == name and document["_id"] != id:
            raise Conflict(
                f"This site has a schematic “{name}” already.", slug="name-taken", current=_stored(document).public()
            )


def _stored(document: Document) -> Stored:
    return msgspec.convert({**document, "id": document["_id"]}, Stored)


def _plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))
