"""The mark of a dropped tenant."""

from __future__ import annotations


def dropped(prefix: str) -> str:
    """This key exists while a dropped tenant's keys must not come back."""
    return f"{prefix}dropped"
