"""Guesses the delimiter from a file's head."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from ingest.imports.formats.quoting import WHITESPACE, rows_of
from kernel.errors import BadRequest

DELIMITERS = ",;\t|"
SAMPLE_LINES = 100


def guess_delimiter(text: str, name: str) -> str:
    """The character that splits the header and most lines into the same number of cells, at least two."""
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in islice(rows_of(text, delimiter), SAMPLE_LINES)]
        if not widths or widths[0] < 2:
            continue
        usual, times = Counter(widths).most_common(1)[0]
        score = times / len(widths) + min(usual, 50) / 1000
        if usual == widths[0] and score > best_score:
            best, best_score = delimiter, score
    if not best and _by_blanks(text):
        return WHITESPACE
    if not best:
        raise BadRequest(
            f"{name}: no comma, semicolon, tab or bar splits it into equal rows, nor do blanks; name the `delimiter` "
            "in the mapping: one character, or whitespace.",
            slug="bad-file",
        )
    return best


def _by_blanks(text: str) -> bool:
    """Whether runs of blanks split the header and all sample lines into the same number of cells."""
    widths = [len(row) for row in islice(rows_of(text, WHITESPACE), SAMPLE_LINES)]
    return len(widths) > 1 and widths[0] > 1 and len(set(widths)) == 1
