"""A tenant's documents as the database stores them (BSON), out of it and back in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bson import CodecOptions, decode_all
from pymongo.collection import Collection

from stores.documents.errors import mongo_errors

_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


def dump(collection: Collection[dict[str, Any]], batch_size: int) -> Iterator[bytes]:
    """All documents, at most so many in each piece. Pieces joined together are a piece, too."""
    with mongo_errors(collection.name):
        yield from collection.find_raw_batches({}, batch_size=batch_size)


def load(collection: Collection[dict[str, Any]], pieces: Iterable[bytes], batch_size: int) -> int:
    """Load into an empty collection. Returns how many."""
    count = 0
    for piece in pieces:
        documents = decode_all(piece, _OPTIONS)
        for start in range(0, len(documents), batch_size):
            with mongo_errors(collection.name):
                collection.insert_many(documents[start : start + batch_size], ordered=False)
        count += len(documents)
    return count
