"""Whole numbers that a client sends as text."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"[0-9]{1,18}")  # 64 bits; reading a number of thousands of digits costs, or fails


def whole(text: str) -> int | None:
    """The number from 0 in `text`; None where it is no such number, or has more digits than anything we count."""
    return int(text) if _WHOLE.fullmatch(text) else None
