"""Names of keys that several parts of this store share."""

from __future__ import annotations


def dropped(prefix: str) -> str:
    """There while a dropped tenant's keys must not come back."""
    return f"{prefix}dropped"
