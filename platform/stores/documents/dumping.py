"""A tenant's documents as the database stores them (BSON), out of it and back in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bson import CodecOptions, decode_all
from pymongo.collection import Collection

from stores.documents.errors import mongo_errors

Adapt = Callable[[dict[str, Any]], dict[str, Any] | None]
_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


def dump(
    collection: Collection[dict[str, Any]],
    filter: Mapping[str, Any],
    projection: Mapping[str, Any] | None,
    batch_size: int,
) -> Iterator[bytes]:
    """Its documents, at most so many in each piece. Pieces joined together are a piece, too."""
    with mongo_errors(collection.name):
        yield from collection.find_raw_batches(filter, projection, batch_size=batch_size)


def load(collection: Collection[dict[str, Any]], pieces: Iterable[bytes], batch_size: int, adapt: Adapt | None) -> int:
    """Load into an empty collection what `adapt` makes of them. Returns how many."""
    count = 0
    for piece in pieces:
        documents = decode_all(piece, _OPTIONS)
        if adapt is not None:
            documents = [adapted for each in documents if (adapted := adapt(each)) is not None]
        for start in range(0, len(documents), batch_size):
            with mongo_errors(collection.name):
                collection.insert_many(documents[start : start + batch_size], ordered=False)
        count += len(documents)
    return count
