"""How documents of older shapes become today's.

A step is a pure function of one document. Documents are brought up whenever they are read, so old ones never break a
page, and stored in the new shape by `manage.py migrate_documents`. (Django's migrations are for the relational
database.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from stores.documents import Database, Document

Step = Callable[[Document], Document]

_steps: dict[str, tuple[Step, ...]] = {}


def register(collection: str, *steps: Step) -> None:
    """The steps of a collection from schema 1 to 2, from 2 to 3, and so on, from any part that keeps documents."""
    _steps[collection] = steps


def registered() -> Mapping[str, tuple[Step, ...]]:
    return dict(_steps)


def version(collection: str) -> int:
    """The schema number of today's shape."""
    return len(_steps.get(collection, ())) + 1


def current(collection: str, document: Document) -> Document:
    """The document in today's shape; the very same object if it has it already."""
    schema = document.get("schema", 1)
    for step in _steps.get(collection, ())[schema - 1 :]:
        schema += 1
        document = {**step(document), "schema": schema}
    return document


def old_ids(database: Database, collection: str) -> list[str]:
    """Those that are not in today's shape."""
    wanted = version(collection)
    return [document["_id"] for document in database.find(collection) if document.get("schema", 1) < wanted]


def migrate(database: Database, collection: str, ids: Iterable[str]) -> int:
    """Store these in today's shape; how many were not."""
    return database.bulk_change(collection, ids, lambda document: current(collection, document))
