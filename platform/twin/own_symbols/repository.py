"""Tenants' own symbols in the document database: an identity with its versions, and a document for each version.

A version is stored before the identity names it, so a crash in between leaves only an orphan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from kernel.errors import Conflict, NotFound
from kernel.ids import SYMBOL, is_id, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Database, Document
from twin.document_cache import DocumentCache
from twin.own_symbols.models import OwnSymbol, SymbolVersion
from twin.own_symbols.names import symbol_name
from twin.symbols import Symbol
from web.stores import documents

SYMBOLS, VERSIONS = "symbols", "symbol_versions"
_kept = DocumentCache[Symbol](1 << 20)


class Stored(msgspec.Struct, frozen=True):
    id: str
    name: str
    revision: int
    versions: list[SymbolVersion]

    @property
    def symbol(self) -> str:
        return symbol_name(self.id, self.versions[-1].version)


def find(tenant: TenantConnection) -> list[Stored]:
    found = [_stored(document) for document in documents(tenant).find(SYMBOLS)]
    return sorted(found, key=place_of)


def place_of(symbol: Stored | OwnSymbol) -> str:
    return f"{symbol.name.casefold()}\x1f{symbol.id}"


def get(tenant: TenantConnection, id: str) -> Stored:
    """Raises NotFound."""
    document = documents(tenant).get(SYMBOLS, id) if is_id(id, SYMBOL) else None
    if document is None:
        raise missing(id)
    return _stored(document)


def definitions(tenant: TenantConnection, names: Iterable[str]) -> dict[str, Symbol]:
    """Those that exist, by name."""
    return _read(documents(tenant), list(dict.fromkeys(names)))


def require(database: Database, names: Iterable[str]) -> None:
    """Raises Conflict if one was deleted, whatever this process remembers."""
    for name in names:
        if database.get(VERSIONS, name) is None:
            raise Conflict(f"The symbol {name} was deleted in the meantime; replace it there.", slug="symbol-deleted")


def with_definition(tenant: TenantConnection, stored: Stored) -> OwnSymbol:
    """Raises NotFound if it was deleted in the meantime."""
    definition = definitions(tenant, [stored.symbol]).get(stored.symbol)
    if definition is None:
        raise missing(stored.id)
    return public(stored, definition)


def public(stored: Stored, definition: Symbol) -> OwnSymbol:
    return OwnSymbol(stored.id, stored.name, stored.revision, stored.versions, stored.symbol, definition)


def insert(
    tenant: TenantConnection, name: str, definition: Symbol, first: SymbolVersion, check: Callable[[list[Stored]], None]
) -> OwnSymbol:
    """`check` gets those there are, and may raise."""
    database, id = documents(tenant), new_id(SYMBOL)
    with database.exclusive(SYMBOLS):
        check(find(tenant))
        _insert_version(database, id, first, definition)
        document = {"_id": id, "name": name, "versions": msgspec.to_builtins([first])}
        return public(_stored(database.insert(SYMBOLS, document)), definition)


def add_version(
    tenant: TenantConnection,
    id: str,
    revision: int,
    make: Callable[[Stored, list[Stored]], tuple[str, SymbolVersion, Symbol]],
) -> OwnSymbol:
    """`make` gets the symbol and all there are. Raises NotFound, Conflict (the symbol as `current`)."""
    database = documents(tenant)
    with database.exclusive(SYMBOLS):
        before = get(tenant, id)
        _check_revision(tenant, before, revision)
        name, version, definition = make(before, find(tenant))
        _insert_version(database, id, version, definition)
        content = {"name": name, "versions": msgspec.to_builtins([*before.versions, version])}
        after = database.change(SYMBOLS, id, lambda document: {**document, **content})
        return public(_stored(after), definition)


def delete(tenant: TenantConnection, id: str, revision: int | None) -> Stored:
    database = documents(tenant)
    with database.exclusive(SYMBOLS):
        gone = get(tenant, id)
        if revision is not None:
            _check_revision(tenant, gone, revision)
        database.delete(SYMBOLS, id)
        database.delete_many(VERSIONS, {"_id": {"$in": [symbol_name(id, each.version) for each in gone.versions]}})
    return gone


def missing(id: str) -> NotFound:
    return NotFound(f"There is no symbol {id[:40]}.")


def _check_revision(tenant: TenantConnection, stored: Stored, revision: int) -> None:
    if stored.revision != revision:
        raise Conflict(
            f"The current revision is {stored.revision}, but your change was made from revision {revision}.",
            slug="stale-revision",
            current=with_definition(tenant, stored),
        )


def _insert_version(database: Database, id: str, version: SymbolVersion, definition: Symbol) -> None:
    name = symbol_name(id, version.version)
    database.delete_many(VERSIONS, {"_id": name})  # an orphan's
    # As text: FerretDB refuses lists of lists.
    database.insert(VERSIONS, {"_id": name, "definition": msgspec.json.encode(definition).decode()})


def _stored(document: Document) -> Stored:
    return msgspec.convert({**document, "id": document["_id"]}, Stored)


def _read(database: Database, names: list[str]) -> dict[str, Symbol]:
    found = {name: symbol for name in names if (symbol := _kept.get(database.name, name)) is not None}
    for document in database.get_many(VERSIONS, [name for name in names if name not in found]):
        name, text = document["_id"], document["definition"]
        found[name] = msgspec.json.decode(text, type=Symbol)
        _kept.put(database.name, name, found[name], len(text))
    return found
