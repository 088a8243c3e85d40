"""The document server itself."""

from __future__ import annotations

from typing import Any

import pymongo

from stores.documents.errors import mongo_errors

TIMEOUT_S = 1.0


def ping(uri: str) -> None:
    """By a connection of its own: whether the server takes new ones is part of the question."""
    with mongo_errors("admin"), pymongo.timeout(TIMEOUT_S):
        client: pymongo.MongoClient[Any] = pymongo.MongoClient(uri, serverSelectionTimeoutMS=round(TIMEOUT_S * 1000))
        try:
            client.admin.command("ping")
        finally:
            client.close()
