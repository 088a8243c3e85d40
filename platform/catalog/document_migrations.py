"""Migrations of documents to the current schema.

A step is a pure function of one document. Documents are migrated whenever they are read, so old ones never break a
page, and stored in the current schema by `manage.py migrate_documents`. (Django's migrations are for the relational
database.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from stores.documents import Database, Document

Step = Callable[[Document], Document]

_steps: dict[str, tuple[Step, ...]] = {}


def register(collection: str, *steps: Step) -> None:
    """Register the steps of a collection from schema 1 to 2, from 2 to 3, and so on."""
    _steps[collection] = steps


def registered() -> Mapping[str, tuple[Step, ...]]:
    return dict(_steps)


def version(collection: str) -> int:
    """The current schema number."""
    return len(_steps.get(collection, ())) + 1


def current(collection: str, document: Document) -> Document:
    """The document in the current schema; the same object if it has it already."""
    schema = document.get("schema", 1)
    for step in _steps.get(collection, ())[schema - 1 :]:
        schema += 1
        document = {**step(document), "schema": schema}
    return document


def old_ids(database: Database, collection: str) -> list[str]:
    """The documents that are not in the current schema."""
    wanted = version(collection)
    return [document["_id"] for document in database.find(collection) if document.get("schema", 1) < wanted]


def migrate(database: Database, collection: str, ids: Iterable[str]) -> int:
    """Store these in the current schema. Returns how many were migrated."""
    return database.bulk_change(collection, ids, lambda document: current(collection, document))
