"""Schemas of types and look-up tables as documents, each with its versions.

A version is stored before the document refers to it, so a kill in between leaves only an orphaned version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kernel.errors import Conflict, NotFound
from kernel.ids import EVENT, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Document
from stores.redis.changes import ChangeLog
from web.stores import documents

SCHEMAS, TABLES = "event_schemas", "event_tables"
SCOPE = "events"  # of the lock and the log of both
MAX_VERSIONS, MAX_DOCUMENT_BYTES = 500, 4 << 20
MAX_BYTES = 2 << 20  # of the present contents of a tenant's schemas, and of its tables; in memory it is much more
MAX_PAST_BYTES = 2 << 20  # of earlier versions of one of them; contents of the oldest go


class Version(Struct, frozen=True):
    """When and by whom a version was made; `content` is the id of its document, "" once that is no longer kept.
    `items`: its fields or rows; `bytes`: as JSON.
    """

    version: int
    author: str
    created: int
    note: str
    content: str
    items: int = 0
    bytes: int = 0


class Kept(Struct, frozen=True):
    """A schema or table: its present content, if it was read, and its versions from the first to the present one."""

    name: str
    revision: int
    versions: list[Version]
    content: dict[str, Any] = {}

    @property
    def present(self) -> Version:
        return self.versions[-1]

    @property
    def version(self) -> int:
        return self.present.version


def log_of(tenant: TenantConnection) -> ChangeLog:
    return documents(tenant).log(SCOPE)


def find_all(tenant: TenantConnection, collection: str, without: Sequence[str] = ()) -> list[Kept]:
    """By name. `without`: members that are not read, such as `content`."""
    found = documents(tenant).find(collection, without=without, document_bytes=MAX_DOCUMENT_BYTES)
    return sorted(map(_kept, found), key=lambda kept: kept.name)


def find(tenant: TenantConnection, collection: str, name: str) -> Kept | None:
    document = documents(tenant).get(collection, name)
    return _kept(document) if document is not None else None


def content_of(tenant: TenantConnection, collection: str, name: str, version: int) -> tuple[Version, dict[str, Any]]:
    """Raises NotFound."""
    kept = find(tenant, collection, name)
    for each in kept.versions if kept is not None else ():
        if each.version == version and not each.content:
            raise NotFound(f"Version {version} of “{name[:80]}” is too old: its contents are no longer kept.")
        if each.version == version and (found := documents(tenant).get(f"{collection}_versions", each.content)):
            return each, found["content"]
    raise NotFound(f"There is no version {version} of “{name[:80]}”.")


def put(
    tenant: TenantConnection,
    collection: str,
    name: str,
    content: dict[str, Any],
    make: Callable[[int, str], Version],
    revision: int | None,
    maximum: int,
) -> Kept:
    """Store a new version. `make` gets its number and the id of its content.

    Conflict if it is of another revision by now, exists although none was named, there are `maximum` others, or all of
    them would be too large.
    """
    database = documents(tenant)
    with _changing(tenant):
        before = find(tenant, collection, name)
        _check_revision(before, revision, name)
        size = len(msgspec.json.encode(content))
        _check_room(find_all(tenant, collection, without=["content"]), name, size, maximum)
        if before is not None and len(before.versions) >= MAX_VERSIONS:
            raise Conflict(f"“{name}” has {MAX_VERSIONS} versions; remove it and put it again.", slug="too-many")
        key = new_id(EVENT)
        database.insert(f"{collection}_versions", {"_id": key, "of": name, "content": content})
        version = replace(make(before.version + 1 if before is not None else 1, key), bytes=size)
        if before is None:
            new = {"_id": name, "content": content, "versions": [msgspec.to_builtins(version)]}
            return _kept(database.insert(collection, new))
        versions, gone = _without_oldest([*before.versions, version])

        def change(document: Document) -> Document:
            return {**document, "content": content, "versions": msgspec.to_builtins(versions)}

        after = _kept(database.change(collection, name, change, before.revision))
        database.delete_ids(f"{collection}_versions", gone)
        return after


def remove(tenant: TenantConnection, collection: str, name: str, revision: int | None) -> Kept | None:
    """Ensure that it does not exist, with all its versions. Returns what there was."""
    database = documents(tenant)
    with _changing(tenant):
        before = find(tenant, collection, name)
        if before is None:
            return None
        if revision is not None:
            _check_revision(before, revision, name)
        database.delete(collection, name)
        database.delete_ids(f"{collection}_versions", [each.content for each in before.versions if each.content])
        return before


def _check_room(all: Sequence[Kept], name: str, size: int, maximum: int) -> None:
    others = [kept for kept in all if kept.name != name]
    if len(others) >= maximum and len(others) == len(all):
        raise Conflict(f"There are {maximum} already; remove one first.", slug="too-many")
    used = sum(kept.present.bytes for kept in others)
    if used + size > MAX_BYTES:
        raise Conflict(
            f"“{name[:80]}” has {size:,} bytes and the others {used:,}; all together may have {MAX_BYTES:,}. Remove "
            "one, or make this one smaller.",
            slug="no-room",
        )


def _without_oldest(versions: Sequence[Version]) -> tuple[list[Version], list[str]]:
    """Only the latest keep their content; the ids of the contents that go."""
    kept, gone, size = [versions[-1]], [], 0
    for version in reversed(versions[:-1]):
        size += version.bytes
        if size > MAX_PAST_BYTES and version.content:
            gone.append(version.content)
            version = replace(version, content="")
        kept.append(version)
    return kept[::-1], gone


@contextmanager
def _changing(tenant: TenantConnection) -> Iterator[None]:
    with documents(tenant).exclusive(SCOPE), log_of(tenant).changing(None):
        yield


def _check_revision(before: Kept | None, revision: int | None, name: str) -> None:
    if before is None and revision is not None:
        raise NotFound(f"There is no “{name[:80]}” that has a revision {revision}.")
    if before is not None and before.revision != revision:
        made = f"your change was made from revision {revision}" if revision else "send the revision that you read"
        raise Conflict(
            f"“{name}” is at revision {before.revision}; {made}.", slug="stale-revision", current=before.revision
        )


def _kept(document: Document) -> Kept:
    return msgspec.convert({**document, "name": document["_id"]}, Kept)
