"""Secrets in tenants' documents, such as those of notification channels: key rotation encrypts them again."""

from __future__ import annotations

from collections.abc import Iterator

from kernel.errors import NotFound
from stores.documents import Document
from tenants.models import Tenant
from web.stores import database

FIELD = "encrypted"


class EncryptedDocuments:
    """Implements `tenants.encryption.EncryptedTexts`: that field in one collection of all tenants, also of those that
    are suspended. Keys are the database and the document's id.
    """

    def __init__(self, collection: str) -> None:
        self._collection = collection

    def rows(self) -> Iterator[tuple[str, str]]:
        for tenant in Tenant.objects.exclude(endpoints={}).exclude(encrypted_secrets="").order_by("slug"):
            name = f"plantrace_{tenant.disk or tenant.pk}"
            for document in database(name).find(self._collection, only=(FIELD,)):
                if document.get(FIELD):
                    yield f"{name}/{document['_id']}", document[FIELD]

    def replace(self, pk: str, old: str, new: str) -> bool:
        name, id = pk.split("/", 1)
        documents, replaced = database(name), False

        def reencrypted(document: Document) -> Document:
            nonlocal replaced
            replaced = document[FIELD] == old
            return {**document, FIELD: new} if replaced else document

        with documents.exclusive(self._collection):
            try:
                documents.change(self._collection, id, reencrypted)
            except NotFound:
                return False
        return replaced

    def __str__(self) -> str:
        return f"documents.{self._collection}.{FIELD}"
