"""Numbers that a client sends as text."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"[0-9]{1,18}")  # 64 bits; parsing thousands of digits is slow, or fails


def parse_count(text: str) -> int | None:
    """A non-negative integer; None if `text` is not one, or has more digits than anything we count."""
    return int(text) if _DIGITS.fullmatch(text) else None
