"""Objects of whole numbers by name, such as a tenant's limits."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Meta


def whole_numbers(bounds: Mapping[str, tuple[int, int]]) -> Meta:
    """Declares the names of such an object, and the minimum and maximum of each."""
    properties = {name: {"type": "integer", "minimum": low, "maximum": high} for name, (low, high) in bounds.items()}
    return Meta(extra_json_schema={"properties": properties, "additionalProperties": False})
