"""Objects of whole numbers by name, such as a tenant's limits."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Meta


def whole_numbers(bounds: Mapping[str, tuple[int, int]]) -> Meta:
    """Declares which names such an object has, and the least and the largest value of each."""
    properties = {name: {"type": "integer", "minimum": low, "maximum": high} for name, (low, high) in bounds.items()}
    return Meta(extra_json_schema={"properties": properties, "additionalProperties": False})
