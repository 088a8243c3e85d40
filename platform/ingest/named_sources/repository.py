"""A tenant's sources as one document, and in this process.

A change of them counts as a change of the catalog, as one of the mapping does: no batch is stored for a source that was
paused before the batch was acknowledged, and finding its source costs a batch nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from catalog.made_at import MadeAt
from catalog.operations import open_for_writing
from catalog.snapshot import Snapshot, log_of, take_over
from ingest.named_sources.models import NamedSource
from kernel.tenancy import TenantConnection
from stores.documents import Database
from web.stores import documents

COLLECTION = ID = "sources"

Sources = Mapping[str, NamedSource]  # by id


@dataclass(frozen=True, slots=True)
class Index:
    """Who sends for which source."""

    sources: Sources
    by_token: Mapping[tuple[str, str], NamedSource]

    def of(self, kind: str, token: str) -> NamedSource | None:
        """None: nothing is set for it."""
        return self.by_token.get((kind, token)) or self.sources.get(kind)


_indexes = MadeAt[Index]()


def read(tenant: TenantConnection) -> Sources:
    return _read(documents(tenant))


def change(tenant: TenantConnection, apply: Callable[[Sources], Sources]) -> Sources:
    """Store what `apply` makes of the sources; it may raise to change nothing. Returns them as they are then."""
    with open_for_writing(tenant) as catalog:
        database = catalog.database
        after = apply(_read(database))
        with log_of(database).changing([]):
            _write(database, after)
        take_over(database, "sensors", (), {})
        return after


def index_of(tenant: TenantConnection, catalog: Snapshot) -> Index:
    """The sources that belong to this state of the catalog, or a later one."""
    database = documents(tenant)

    def make(_: Index | None) -> Index:
        sources = _read(database)
        return Index(sources, {(each.kind, token): each for each in sources.values() for token in each.tokens})

    return _indexes.get(database.name, catalog.position, make)


def _read(database: Database) -> Sources:
    document = database.get(COLLECTION, ID)
    found = msgspec.convert(document["sources"], list[NamedSource]) if document is not None else []
    return {each.id: each for each in found}


def _write(database: Database, sources: Sources) -> None:
    content = msgspec.to_builtins(list(sources.values()))
    if database.get(COLLECTION, ID) is None:
        database.insert(COLLECTION, {"_id": ID, "sources": content})
    else:
        database.change(COLLECTION, ID, lambda document: {**document, "sources": content})
