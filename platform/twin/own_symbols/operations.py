"""Operations on a tenant's own symbols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from twin import repository as schematics
from twin.drafts.repository import DRAFTS
from twin.models import Drawing
from twin.own_symbols import repository
from twin.own_symbols.definition import make_definition
from twin.own_symbols.models import MAX_SYMBOLS, MAX_VERSIONS, OwnSymbol, SymbolContent, SymbolVersion
from twin.own_symbols.names import id_in, own_names, symbol_name
from twin.own_symbols.repository import Stored
from twin.symbols import Symbol, library
from web.stores import documents


def find(tenant: TenantConnection) -> list[OwnSymbol]:
    """All of them, by name, each with its latest definition."""
    stored = repository.find(tenant)
    definitions = repository.definitions(tenant, [each.symbol for each in stored])
    return [repository.public(each, definitions[each.symbol]) for each in stored if each.symbol in definitions]


def read(tenant: TenantConnection, id: str) -> OwnSymbol:
    """Raises NotFound."""
    return repository.with_definition(tenant, repository.get(tenant, id))


def create(tenant: TenantConnection, content: SymbolContent, *, author: str, now: int) -> OwnSymbol:
    """Raises BadSvg, InvalidSymbol, Conflict (the name is taken, or there are too many)."""
    definition = make_definition(content, None)

    def check(others: list[Stored]) -> None:
        if len(others) >= MAX_SYMBOLS:
            raise Conflict(f"There are {MAX_SYMBOLS} symbols already; delete one first.", slug="too-many-symbols")
        _check_name(definition.title, others)

    first = SymbolVersion(1, now, author, content.note)
    return repository.insert(tenant, definition.title, definition, first, check)


def add_version(
    tenant: TenantConnection, id: str, content: SymbolContent, revision: int, *, author: str, now: int
) -> OwnSymbol:
    """Drawings keep the version that they name. Raises as `create` does, NotFound, and Conflict (outdated revision)."""

    def make(before: Stored, all: list[Stored]) -> tuple[str, SymbolVersion, Symbol]:
        if len(before.versions) >= MAX_VERSIONS:
            raise Conflict(
                f"“{before.name}” has {MAX_VERSIONS} versions; create a new symbol instead.", slug="too-many-versions"
            )
        shape = repository.with_definition(tenant, before).definition
        definition = make_definition(content, shape)
        _check_name(definition.title, [each for each in all if each.id != id])
        number = before.versions[-1].version + 1
        return definition.title, SymbolVersion(number, now, author, content.note), definition

    return repository.add_version(tenant, id, revision, make)


def delete(tenant: TenantConnection, id: str, revision: int | None) -> Stored:
    """Raises NotFound, and Conflict while any version or draft of a schematic shows it, or for an outdated revision."""
    with schematics.locked_schematics(tenant), documents(tenant).exclusive(DRAFTS):
        stored = repository.get(tenant, id)
        if used := schematics.schematics_with(tenant, id):
            names = ", ".join(f"“{name}”" for name in used[:5])
            raise Conflict(
                f"“{stored.name}” is on {names}. Remove it there, in every version and draft, or keep it for the past.",
                slug="symbol-in-use",
                schematics=used[:100],
            )
        return repository.delete(tenant, id, revision)


def used_in(tenant: TenantConnection, drawing: Drawing) -> dict[str, Symbol]:
    """The tenant's own symbols on a drawing, by the names that its placements have."""
    names = own_names(drawing.placements)
    return repository.definitions(tenant, names) if names else {}


class Symbols(Mapping[str, Symbol]):
    """Ours and the tenant's, which are read when a drawing names one. Iterates over ours, to suggest names."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant = tenant
        self._ours = library().symbols
        self._read: dict[str, Symbol] = {}

    def __getitem__(self, name: str) -> Symbol:
        if (ours := self._ours.get(name)) is not None:
            return ours
        if not id_in(name) or name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read.update(repository.definitions(self._tenant, [name]))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ours)

    def __len__(self) -> int:
        return len(self._ours)

    @cached_property
    def _names(self) -> frozenset[str]:
        stored = repository.find(self._tenant)
        return frozenset(symbol_name(each.id, version.version) for each in stored for version in each.versions)


def _check_name(name: str, others: list[Stored]) -> None:
    if any(each.name.casefold() == name.casefold() for each in others):
        raise Conflict(f"There is a symbol “{name}” already; choose another name.", slug="name-taken")
