"""The mapping as a document of the tenant, and compiled in this process.

A change of it counts as a change of the catalog: samples that were divided by the old one are divided again.
"""

from __future__ import annotations

import msgspec

from catalog.made_at import MadeAt
from catalog.operations import open_for_writing
from catalog.snapshot import Snapshot, log_of, take_over
from ingest.mapping.compiled import CompiledMapping
from ingest.mapping.models import EMPTY, Mapping, MappingDraft
from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from stores.documents import Database
from web.stores import documents

COLLECTION = ID = "mapping"

_compiled = MadeAt[CompiledMapping]()


class StaleMapping(Conflict):
    """`current`: the mapping as it is now."""

    slug, title = "stale-revision", "Changed in the meantime"


def read(tenant: TenantConnection) -> Mapping:
    return _read(documents(tenant))


def save(tenant: TenantConnection, draft: MappingDraft, revision: int) -> Mapping:
    """Raises StaleMapping if its revision is no longer `revision`; 1 while there is none yet."""
    with open_for_writing(tenant) as catalog:
        before = _read(catalog.database)
        if before.revision != revision:
            raise StaleMapping(
                f"The current revision is {before.revision}, but your change was made from revision {revision}. "
                "Apply it to the current mapping.",
                current=before,
            )
        with log_of(catalog.database).changing([]):
            _write(catalog.database, draft, before.revision)
        take_over(catalog.database, "sensors", (), {})
        return _read(catalog.database)


def compiled(tenant: TenantConnection, catalog: Snapshot) -> CompiledMapping:
    """The mapping that belongs to this state of the catalog, or a later one."""
    database = documents(tenant)

    def make(known: CompiledMapping | None) -> CompiledMapping:
        mapping = _read(database)
        return known if known is not None and known.mapping == mapping else CompiledMapping(mapping)

    return _compiled.get(database.name, catalog.position, make)


def _read(database: Database) -> Mapping:
    document = database.get(COLLECTION, ID)
    if document is None:
        return EMPTY
    return msgspec.convert({**msgspec.json.decode(document["mapping"]), "revision": document["revision"]}, Mapping)


def _write(database: Database, draft: MappingDraft, revision: int) -> None:
    # As text: keys of tags may hold what keys of documents may not.
    text = msgspec.json.encode(draft).decode()
    if revision == EMPTY.revision:
        database.insert(COLLECTION, {"_id": ID, "mapping": text, "revision": revision + 1})
    else:
        database.change(COLLECTION, ID, lambda document: {**document, "mapping": text}, revision)
