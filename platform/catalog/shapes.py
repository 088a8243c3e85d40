"""How documents of older shapes become today's.

A step is a pure function of one document. Documents are brought up whenever they are read, so old ones never break a
page, and stored in the new shape by `manage.py migrate_documents`. (Django's migrations are for the relational
database.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

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


def migrate(database: Database, collection: str) -> int:
    """Store every document of a collection in today's shape; how many were not. Can be run again at any time."""
    old = [document["_id"] for document in database.find(collection) if document.get("schema", 1) < version(collection)]
    return database.bulk_change(collection, old, lambda document: current(collection, document))
