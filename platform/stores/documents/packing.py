"""What FerretDB cannot store in a document (a list in a list, a dot in a field's name) is stored as JSON text.

Whole top-level fields are packed, and named in the document's `packed`, so that reading costs nothing without them.
"""

from __future__ import annotations

from typing import Any

import msgspec

PACKED = "packed"


def packed(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it is stored."""
    names = [name for name, value in document.items() if not _storable(value)]
    if not names:
        return document
    return {**document, **{name: msgspec.json.encode(document[name]).decode() for name in names}, PACKED: names}


def unpacked(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it was given."""
    if PACKED not in document:
        return document
    names = document[PACKED]
    document = {name: value for name, value in document.items() if name != PACKED}
    return {**document, **{name: msgspec.json.decode(document[name]) for name in names if name in document}}


def _storable(value: Any) -> bool:
    if isinstance(value, dict):
        return all(
            isinstance(key, str) and key and "." not in key and not key.startswith("$") and _storable(inner)
            for key, inner in value.items()
        )
    if isinstance(value, (list, tuple)):
        return all(not isinstance(inner, (list, tuple)) and _storable(inner) for inner in value)
    return True
