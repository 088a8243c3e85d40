"""Texts that people read: without characters that are not seen, or that reorder others."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and line feed, separators, and marks that change the direction of what follows (UAX 9).
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain_line(text: str, limit: int) -> str:
    """One line of at most `limit` characters, without what `CONTROL` matches."""
    return " ".join(CONTROL.sub(" ", text[: 4 * limit]).split())[:limit].strip()
