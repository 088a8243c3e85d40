"""Bookmarks in the document database. Private ones have their own collection, as archives hold no people's numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from kernel.errors import Conflict, NotFound
from kernel.ids import BOOKMARK, is_id
from kernel.tenancy import TenantConnection
from stores.documents import Document
from twin.bookmarks.models import StoredBookmark
from web.stores import documents

SHARED, PRIVATE = "bookmarks", "private_bookmarks"


def collection_of(owner: int | None) -> str:
    return SHARED if owner is None else PRIVATE


def find(tenant: TenantConnection, filter: Mapping[str, Any], owner: int | None) -> list[StoredBookmark]:
    """One person's own, or with None the shared ones."""
    wanted = dict(filter) if owner is None else {**filter, "owner": owner}
    return [_stored(document) for document in documents(tenant).find(collection_of(owner), wanted)]


def get(tenant: TenantConnection, id: str, person: int) -> StoredBookmark:
    """A shared one, or this person's. Raises NotFound, also for another person's."""
    if is_id(id, BOOKMARK):
        for collection in (SHARED, PRIVATE):
            document = documents(tenant).get(collection, id)
            if document is not None and document.get("owner") in (None, person):
                return _stored(document)
    raise missing(id)


def insert(tenant: TenantConnection, bookmark: StoredBookmark, limit: int) -> StoredBookmark:
    """Conflict if there are `limit` already."""
    collection = collection_of(bookmark.owner)
    with documents(tenant).exclusive(collection):
        whose_filter = {} if bookmark.owner is None else {"owner": bookmark.owner}
        if documents(tenant).count(collection, whose_filter) >= limit:
            whose = "The tenant has" if bookmark.shared else "You have"
            raise Conflict(f"{whose} {limit:,} bookmarks. Delete one first.", slug="too-many-bookmarks")
        plain = msgspec.to_builtins(bookmark)
        plain["_id"] = plain.pop("id")
        return _stored(documents(tenant).insert(collection, plain))


def change(
    tenant: TenantConnection, bookmark: StoredBookmark, content: Mapping[str, Any], revision: int
) -> StoredBookmark:
    """Raises NotFound; Conflict (`stale-revision`) with the bookmark as it is as `current`."""
    collection = collection_of(bookmark.owner)
    return _guarded(
        lambda: documents(tenant).change(collection, bookmark.id, lambda there: {**there, **content}, revision),
        bookmark.id,
    )


def delete(tenant: TenantConnection, bookmark: StoredBookmark, revision: int | None) -> None:
    """Raises NotFound, and Conflict as `change` does."""
    collection = collection_of(bookmark.owner)
    _guarded(lambda: documents(tenant).delete(collection, bookmark.id, revision), bookmark.id)


def delete_private(tenant: TenantConnection, owner: int) -> None:
    documents(tenant).delete_many(PRIVATE, {"owner": owner})


def delete_of_site(tenant: TenantConnection, site: str) -> None:
    for collection in (SHARED, PRIVATE):
        documents(tenant).delete_many(collection, {"site": site})


def missing(id: str) -> NotFound:
    return NotFound(f"There is no bookmark {id[:40]}.")


def _guarded(action: Callable[[], Document], id: str) -> StoredBookmark:
    try:
        return _stored(action())
    except NotFound:
        raise missing(id) from None
    except Conflict as error:
        if isinstance(current := error.extra.get("current"), dict):
            error.extra["current"] = _stored(current).public()
        raise


def _stored(document: Document) -> StoredBookmark:
    return msgspec.convert({**document, "id": document["_id"]}, StoredBookmark)
