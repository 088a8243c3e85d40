"""Calculated series in the document database: a head with the last version, and a document with the earlier ones.

The earlier versions are stored before the head that they are earlier than, and deleted before it: a kill in between
leaves one more, which is not read, or none.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from analysis.calculated.models import Calculated, CalculatedHead, CalculatedVersion
from kernel.errors import Conflict, NotFound
from kernel.ids import CALCULATED, is_id, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Database, Document
from web.stores import documents

COLLECTION, EARLIER = "calculated", "calculated_versions"
Made = tuple[str, str, CalculatedVersion]  # name, description, the new version


def find(tenant: TenantConnection) -> list[CalculatedHead]:
    """All of them, by name."""
    return sorted(map(_head, documents(tenant).find(COLLECTION)), key=place_of)


def place_of(series: CalculatedHead) -> str:
    return f"{series.name.casefold()}\x1f{series.id}"


def head(tenant: TenantConnection, id: str) -> CalculatedHead:
    """Raises NotFound."""
    document = documents(tenant).get(COLLECTION, id) if is_id(id, CALCULATED) else None
    if document is None:
        raise NotFound(f"There is no calculated series {id[:40]}.", slug="unknown-series")
    return _head(document)


def get(tenant: TenantConnection, id: str) -> Calculated:
    """With its versions. Raises NotFound."""
    return _whole(documents(tenant), head(tenant, id))


def insert(
    tenant: TenantConnection,
    site: str,
    name: str,
    description: str,
    first: CalculatedVersion,
    check: Callable[[list[CalculatedHead]], None],
) -> Calculated:
    """`check` gets those there are, and may raise."""
    database = documents(tenant)
    with database.exclusive(COLLECTION):
        check(find(tenant))
        content = {"site": site, "name": name, "description": description, "last": msgspec.to_builtins(first)}
        made = _head(database.insert(COLLECTION, {"_id": new_id(CALCULATED), **content}))
    return made.with_versions([])


def change(
    tenant: TenantConnection,
    id: str,
    revision: int,
    make: Callable[[CalculatedHead, list[CalculatedHead]], Made],
) -> Calculated:
    """`make` gets the series and all there are. Raises NotFound, Conflict (the series as `current`)."""
    database = documents(tenant)
    with database.exclusive(COLLECTION):
        before = head(tenant, id)
        _check_revision(database, before, revision)
        name, description, version = make(before, find(tenant))
        earlier = [*_earlier(database, before), before.last]
        _put_earlier(database, id, earlier)
        content = {"name": name, "description": description, "last": msgspec.to_builtins(version)}
        after = _head(database.change(COLLECTION, id, lambda document: {**document, **content}))
    return after.with_versions(earlier)


def delete(tenant: TenantConnection, id: str, revision: int | None) -> CalculatedHead:
    database = documents(tenant)
    with database.exclusive(COLLECTION):
        gone = head(tenant, id)
        if revision is not None:
            _check_revision(database, gone, revision)
        database.delete_ids(EARLIER, [id])
        database.delete(COLLECTION, id)
    return gone


def delete_of_site(tenant: TenantConnection, site: str) -> None:
    database = documents(tenant)
    with database.exclusive(COLLECTION):
        database.delete_ids(EARLIER, [each.id for each in find(tenant) if each.site == site])
        database.delete_many(COLLECTION, {"site": site})


def _whole(database: Database, stored: CalculatedHead) -> Calculated:
    return stored.with_versions(_earlier(database, stored))


def _earlier(database: Database, stored: CalculatedHead) -> list[CalculatedVersion]:
    document = database.get(EARLIER, stored.id)
    found = msgspec.convert(document["versions"], list[CalculatedVersion]) if document is not None else []
    return [version for version in found if version.version < stored.last.version]


def _put_earlier(database: Database, id: str, versions: list[CalculatedVersion]) -> None:
    plain = msgspec.to_builtins(versions)
    if database.get(EARLIER, id) is None:
        database.insert(EARLIER, {"_id": id, "versions": plain})
    else:
        database.change(EARLIER, id, lambda document: {**document, "versions": plain})


def _check_revision(database: Database, stored: CalculatedHead, revision: int) -> None:
    if stored.revision != revision:
        raise Conflict(
            f"The current revision is {stored.revision}, but your change was made from revision {revision}.",
            slug="stale-revision",
            current=_whole(database, stored),
        )


def _head(document: Document) -> CalculatedHead:
    return msgspec.convert({**document, "id": document["_id"]}, CalculatedHead)
