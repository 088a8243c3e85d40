"""Drafts in the document database: one document per schematic and person, with the drawing as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from kernel.errors import Conflict, NotFound
from kernel.tenancy import TenantConnection
from stores.documents import Database, Document
from twin.drafts.models import PublishedDraft, StoredDraft
from twin.models import Background, Drawing
from twin.own_symbols import repository as own_symbols
from twin.own_symbols.names import id_in, own_names
from twin.scans import repository as scans
from web.stores import documents

DRAFTS = "schematic_drafts"
SMALL, MAX_BYTES = 256 << 10, 64 << 20  # of one draft's drawing; of a tenant's drafts, which FerretDB reads to list any


class Contents(msgspec.Struct, frozen=True):
    """What the author of a draft may change."""

    drawing: Drawing
    name: str
    base: int | None


def find(tenant: TenantConnection, filter: Mapping[str, Any]) -> list[StoredDraft]:
    """The last saved first."""
    found = documents(tenant).find(DRAFTS, filter, without=("drawing",))
    return sorted(map(_stored, found), key=lambda draft: (-draft.saved, draft.schematic, draft.owner))


def get(tenant: TenantConnection, schematic: str, owner: int) -> tuple[StoredDraft, Drawing] | None:
    document = documents(tenant).get(DRAFTS, _key(schematic, owner))
    if document is None:
        return None
    return _stored(document), msgspec.json.decode(document["drawing"], type=Drawing)


def insert(tenant: TenantConnection, draft: StoredDraft, drawing: Drawing) -> StoredDraft:
    """Conflict if this person has one of that schematic already, or if it is large and the tenant has no room."""
    text = _text(drawing)
    _require_room(tenant, draft, len(text.encode()))
    plain = {**msgspec.to_builtins(draft), "drawing": text, "size": len(text.encode()), "revision": 1}
    plain |= _used(documents(tenant), drawing)
    return _stored(documents(tenant).insert(DRAFTS, {"_id": _key(draft.schematic, draft.owner), **plain}))


def change(
    tenant: TenantConnection, schematic: str, owner: int, revision: int, fn: Callable[[StoredDraft], Contents], now: int
) -> StoredDraft:
    """Conflict (`stale-revision`), with the draft as `current` (None if it is gone), unless it is at that revision.
    Conflict (`drafts-full`) if it grows, is large, and the tenant has no room.
    """

    def changed(document: Document) -> Document:
        before = _stored(document)
        after = fn(before)
        text = _text(after.drawing)
        if (size := len(text.encode())) > before.size:
            _require_room(tenant, before, size)
        more = {"drawing": text, "size": size, "name": after.name, "base": after.base, "saved": now}
        more |= _used(documents(tenant), after.drawing)
        return {**document, **more, "renamed": before.renamed or after.name != before.name}

    return _guarded(lambda: documents(tenant).change(DRAFTS, _key(schematic, owner), changed, revision), owner)


def delete(tenant: TenantConnection, schematic: str, owner: int, revision: int | None = None) -> StoredDraft:
    """NotFound; Conflict as for `change`."""
    database = documents(tenant)
    return _guarded(lambda: database.delete(DRAFTS, _key(schematic, owner), revision), owner)


def end(tenant: TenantConnection, schematic: str, published: PublishedDraft, version: int) -> None:
    """Ensure that there is no draft at that revision, which became a version. One that was saved since stays; that of
    a new schematic goes on from the version.
    """
    database, key = documents(tenant), _key(schematic, published.owner)
    with database.exclusive(DRAFTS):
        document = database.get(DRAFTS, key)
        if document is not None and document["revision"] == published.revision:
            database.delete_ids(DRAFTS, [key])
        elif document is not None and document["new"]:
            database.change(DRAFTS, key, lambda there: {**there, "new": False, "base": version})


def discard(tenant: TenantConnection, schematic: str, owner: int) -> None:
    """Ensure that there is none."""
    documents(tenant).delete_ids(DRAFTS, [_key(schematic, owner)])


def names_with(tenant: TenantConnection, symbol: str) -> list[str]:
    """The names of the drafts that show an own symbol (its id)."""
    found = documents(tenant).find(DRAFTS, without=("drawing",))
    return [str(document["name"]) for document in found if symbol in document.get("symbols", ())]


def scans_in_use(tenant: TenantConnection) -> list[str]:
    found = documents(tenant).find(DRAFTS, without=("drawing",))
    return [scan for document in found if (scan := document.get("scan"))]


def delete_all(tenant: TenantConnection, filter: Mapping[str, Any]) -> int:
    return documents(tenant).delete_many(DRAFTS, filter)


def _used(database: Database, drawing: Drawing) -> dict[str, Any]:
    """What may not be deleted while the draft shows it. Holding the lock of drafts, as who deletes it does."""
    own = own_names(drawing.placements)
    scan = drawing.background.scan if isinstance(drawing.background, Background) else ""
    own_symbols.require(database, own)
    if scan:
        scans.require(database, scan)
    return {"symbols": sorted({id_in(name) for name in own}), "scan": scan}


def _require_room(tenant: TenantConnection, draft: StoredDraft, size: int) -> None:
    if size <= SMALL:
        return
    key = (draft.schematic, draft.owner)
    others = sum(each.size for each in find(tenant, {}) if (each.schematic, each.owner) != key)
    if others + size > MAX_BYTES:
        raise Conflict(
            f"This draft has {size / (1 << 20):.1f} MiB, and all drafts of the tenant together may have "
            f"{MAX_BYTES >> 20}, of which {others / (1 << 20):.1f} are taken. Publish or delete drafts, or divide the "
            "drawing.",
            slug="drafts-full",
        )


def _guarded(action: Callable[[], Document], owner: int) -> StoredDraft:
    try:
        return _stored(action())
    except NotFound:
        raise gone() from None
    except Conflict as error:
        if isinstance(current := error.extra.get("current"), dict):
            error.extra["current"] = _stored(current).info(owner)
        raise


def gone() -> Conflict:
    return Conflict(
        "Your draft was published or deleted in the meantime. Save it again without a revision to begin a new one.",
        slug="stale-revision",
        current=None,
    )


def _key(schematic: str, owner: int) -> str:
    return f"{schematic}-{owner}"


def _text(drawing: Drawing) -> str:
    """As text: FerretDB refuses the lists of lists that a pipe's bends are."""
    return msgspec.json.encode(drawing).decode()


def _stored(document: Document) -> StoredDraft:
    return msgspec.convert(document, StoredDraft)
