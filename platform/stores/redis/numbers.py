"""Numbers below a tenant's prefix, where its pods may write anything."""

from __future__ import annotations

MAX_DIGITS = 15  # thousands of them are an error of `int`


def parse_count(value: bytes | None) -> int:
    """Anything but a number that can be a count is zero."""
    return int(value) if value and len(value) <= MAX_DIGITS and value.isdigit() else 0
