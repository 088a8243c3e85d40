"""Calculated series in the document database: one document for each, with all its versions."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from analysis.calculated.models import Calculated, CalculatedVersion
from kernel.errors import Conflict, NotFound
from kernel.ids import CALCULATED, is_id, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Document
from web.stores import documents

COLLECTION = "calculated"


def find(tenant: TenantConnection) -> list[Calculated]:
    """All of them, by name."""
    return sorted(map(_series, documents(tenant).find(COLLECTION)), key=place_of)


def place_of(series: Calculated) -> str:
    return f"{series.name.casefold()}\x1f{series.id}"


def get(tenant: TenantConnection, id: str) -> Calculated:
    """Raises NotFound."""
    document = documents(tenant).get(COLLECTION, id) if is_id(id, CALCULATED) else None
    if document is None:
        raise _missing(id)
    return _series(document)


def insert(
    tenant: TenantConnection,
    site: str,
    name: str,
    description: str,
    first: CalculatedVersion,
    check: Callable[[list[Calculated]], None],
) -> Calculated:
    """`check` gets those there are, and may raise."""
    database = documents(tenant)
    with database.exclusive(COLLECTION):
        check(find(tenant))
        content = {"site": site, "name": name, "description": description, "versions": msgspec.to_builtins([first])}
        return _series(database.insert(COLLECTION, {"_id": new_id(CALCULATED), **content}))


def change(
    tenant: TenantConnection,
    id: str,
    revision: int,
    make: Callable[[Calculated, list[Calculated]], tuple[str, str, CalculatedVersion]],
) -> Calculated:
    """`make` gets the series and all there are, and returns name, description and the new version.

    Raises NotFound, Conflict (the series as `current`).
    """
    database = documents(tenant)
    with database.exclusive(COLLECTION):
        before = get(tenant, id)
        _check_revision(before, revision)
        name, description, version = make(before, find(tenant))
        versions = msgspec.to_builtins([*before.versions, version])
        content = {"name": name, "description": description, "versions": versions}
        return _series(database.change(COLLECTION, id, lambda document: {**document, **content}))


def delete(tenant: TenantConnection, id: str, revision: int | None) -> Calculated:
    database = documents(tenant)
    with database.exclusive(COLLECTION):
        gone = get(tenant, id)
        if revision is not None:
            _check_revision(gone, revision)
        database.delete(COLLECTION, id)
    return gone


def delete_of_site(tenant: TenantConnection, site: str) -> None:
    documents(tenant).delete_many(COLLECTION, {"site": site})


def _missing(id: str) -> NotFound:
    return NotFound(f"There is no calculated series {id[:40]}.", slug="unknown-series")


def _check_revision(series: Calculated, revision: int) -> None:
    if series.revision != revision:
        raise Conflict(
            f"The current revision is {series.revision}, but your change was made from revision {revision}.",
            slug="stale-revision",
            current=series,
        )


def _series(document: Document) -> Calculated:
    newest = document["versions"][-1]
    plain = {**document, "id": document["_id"], "expression": newest["expression"], "unit": newest["unit"]}
    return msgspec.convert(plain, Calculated)
