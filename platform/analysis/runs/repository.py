"""Definitions of runs, and runs marked by hand, in the document database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from analysis.runs.models import MAX_MARKS, RunContent, RunDefinition, RunMark
from kernel.errors import Conflict, NotFound
from kernel.ids import RUN_DEFINITION, RUN_MARK, is_id, new_id
from kernel.tenancy import TenantConnection
from stores.documents import Document
from web.stores import documents

DEFINITIONS, MARKS = "run_definitions", "run_marks"


def find(tenant: TenantConnection) -> list[RunDefinition]:
    """All of them, by name."""
    return sorted(map(_definition, documents(tenant).find(DEFINITIONS)), key=place_of)


def place_of(definition: RunDefinition) -> str:
    return f"{definition.name.casefold()}\x1f{definition.id}"


def get(tenant: TenantConnection, id: str) -> RunDefinition:
    """Raises NotFound."""
    document = documents(tenant).get(DEFINITIONS, id) if is_id(id, RUN_DEFINITION) else None
    if document is None:
        raise NotFound(f"There is no definition of runs {id[:40]}.", slug="unknown-definition")
    return _definition(document)


def insert(
    tenant: TenantConnection, site: str, content: RunContent, check: Callable[[list[RunDefinition]], None]
) -> RunDefinition:
    """`check` gets those there are, and may raise."""
    database = documents(tenant)
    with database.exclusive(DEFINITIONS):
        check(find(tenant))
        return _definition(
            database.insert(DEFINITIONS, {"_id": new_id(RUN_DEFINITION), "site": site, **_plain(content)})
        )


def change(
    tenant: TenantConnection,
    id: str,
    revision: int,
    content: RunContent,
    check: Callable[[RunDefinition, list[RunDefinition]], None],
) -> RunDefinition:
    """Raises NotFound, Conflict (the definition as `current`)."""
    database = documents(tenant)
    with database.exclusive(DEFINITIONS):
        before = get(tenant, id)
        _check_revision(before, revision)
        check(before, find(tenant))
        return _definition(database.change(DEFINITIONS, id, lambda document: {**document, **_plain(content)}))


def delete(tenant: TenantConnection, id: str, revision: int | None) -> RunDefinition:
    """With the runs that were marked for it."""
    database = documents(tenant)
    with database.exclusive(DEFINITIONS):
        gone = get(tenant, id)
        if revision is not None:
            _check_revision(gone, revision)
        database.delete(DEFINITIONS, id)
    database.delete_many(MARKS, {"definition": id})
    return gone


def delete_of_site(tenant: TenantConnection, site: str) -> None:
    for definition in find(tenant):
        if definition.site == site:
            delete(tenant, definition.id, None)


def marks(tenant: TenantConnection, definition: str) -> list[RunMark]:
    found = [_mark(document) for document in documents(tenant).find(MARKS, {"definition": definition})]
    return sorted(found, key=lambda mark: (mark.start, mark.id))


def add_mark(tenant: TenantConnection, definition: str, mark: Mapping[str, Any]) -> RunMark:
    """Raises NotFound, Conflict if there are too many."""
    database = documents(tenant)
    with database.exclusive(DEFINITIONS):
        get(tenant, definition)
        if database.count(MARKS, {"definition": definition}) >= MAX_MARKS:
            raise Conflict(f"{MAX_MARKS:,} runs are marked already; remove one first.", slug="too-many-marks")
        return _mark(database.insert(MARKS, {"_id": new_id(RUN_MARK), "definition": definition, **mark}))


def remove_mark(tenant: TenantConnection, definition: str, id: str) -> RunMark:
    """Raises NotFound."""
    get(tenant, definition)
    document = documents(tenant).get(MARKS, id) if is_id(id, RUN_MARK) else None
    if document is None or document["definition"] != definition:
        raise NotFound(f"There is no marked run {id[:40]}.", slug="unknown-mark")
    return _mark(documents(tenant).delete(MARKS, id))


def _plain(content: RunContent) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(content)
    for name in ("site", "revision"):
        plain.pop(name, None)
    return plain


def _check_revision(definition: RunDefinition, revision: int) -> None:
    if definition.revision != revision:
        raise Conflict(
            f"The current revision is {definition.revision}, but your change was made from revision {revision}.",
            slug="stale-revision",
            current=definition,
        )


def _definition(document: Document) -> RunDefinition:
    return msgspec.convert({**document, "id": document["_id"]}, RunDefinition)


def _mark(document: Document) -> RunMark:
    return msgspec.convert({**document, "id": document["_id"]}, RunMark)
