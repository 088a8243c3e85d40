"""What a document counts in its tenant's catalog."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from catalog.models import Model

MAX_DOCUMENT_BYTES = 900_000  # as stored: an asset with all the properties it may have, in the longest characters

_encoder = msgspec.json.Encoder()


def size_of(model: Model) -> int:
    """Its size in bytes as JSON, as in a response."""
    return len(_encoder.encode(model))


def total_size(models: Iterable[Model]) -> int:
    return sum(map(size_of, models))
