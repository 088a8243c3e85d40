"""CSV cells that a spreadsheet would take for formulas."""

from __future__ import annotations

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
GUARDED = (*_FORMULA, "'")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def cell_of(text: str) -> str:
    """As `escape_formula`, so that `text_of` gives the text back: an apostrophe guards one of its own, and blanks."""
    return f"'{text}" if text.startswith("'") or text != text.strip() else escape_formula(text)


def text_of(cell: str) -> str:
    """The text that `cell_of` wrote. Blanks around it are dropped unless an apostrophe guards them. One that guards
    nothing stays; one alone is the empty text.
    """
    cell = cell.lstrip()
    guarded = cell[1:]
    if cell == "'" or (cell.startswith("'") and (guarded[0] in GUARDED or guarded != guarded.strip())):
        return guarded
    return cell.rstrip()


def escape_formula(text: str) -> str:
    """The text as a cell: with an apostrophe before what a spreadsheet would run as a formula. Numbers stay numbers."""
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
