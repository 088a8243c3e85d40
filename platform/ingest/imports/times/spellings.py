"""Normalizes spellings of other countries and programs to what the formats read; linear in each cell.

24:00, months of other languages, weekdays before a date, `p. m.`, offsets behind a blank or `UTC`.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.imports.times.calendar_names import MONTHS, WEEKDAYS
from ingest.imports.times.zones import SECOND, Ints

DAY = 86_400 * SECOND
_MIDNIGHT = r"(^|[T ])24:00(:00(?:[.,]0+)?)?($|[^\d:.,])"
_CLOCK = r"(:\d\d(?:[.,]\d{1,9})?(?:\s?[AaPp][Mm])?)\s*"
_REWRITTEN = (
    (r"\b([AaPp])\.\s?[Mm]\b\.?", r"\1M"),
    (r"(:\d\d:\d\d),(\d{1,9})", r"\1.\2"),
    (_CLOCK + r"(?:UTC|GMT)?([+-])(\d)(:\d\d)?$", r"\1\20\3\4"),  # a group's number has one digit
    (_CLOCK + r"(?:UTC|GMT)?([+-]\d\d(?::?\d\d)?)$", r"\1\2"),
    (_CLOCK + r"(?:UTC|GMT)$", r"\1Z"),
)
_FIRST_WORD = r"^(?P<before>[^\pL]*)(?P<word>\pL+)(?P<after>.*)$"
_WITH_A_DATE = r"\pL{3}|\d[./-]\d"


class Spellings:
    """The cells and, once a format cannot read any of them, what `respell` makes of them: once for all formats."""

    def __init__(self, cells: pa.StringArray) -> None:
        self.cells = pc.utf8_trim_whitespace(cells)

    @cached_property
    def _all(self) -> tuple[pa.StringArray, Ints]:
        return respell(self.cells)

    def respelled(self, rows: Ints) -> tuple[pa.StringArray, Ints]:
        return self._all if len(rows) == len(self.cells) else respell(self.cells.take(pa.array(rows)))


def respell(cells: pa.StringArray) -> tuple[pa.StringArray, Ints]:
    """The cells as formats read them, and what to add to each time (24:00 is 0:00 of the next day)."""
    midnight = np.array(pc.match_substring_regex(cells, _MIDNIGHT).to_numpy(zero_copy_only=False), bool)
    if midnight.any():
        cells = pc.replace_substring_regex(cells, _MIDNIGHT, r"\100:00\2\3")
    for pattern, replacement in _REWRITTEN:
        cells = pc.replace_substring_regex(cells, pattern, replacement)
    return _with_english_months(cells), np.where(midnight, DAY, 0).astype(np.int64)


def _with_english_months(cells: pa.StringArray) -> pa.StringArray:
    cells = pc.replace_substring_regex(cells, r"\s+del?\s+", " ")
    before, word, after = _split(cells)
    weekday = _among(word, WEEKDAYS) & _matches(after, _WITH_A_DATE)
    if weekday.any():
        rest = pc.replace_substring_regex(after, r"^[.,]*\s*", "")
        cells = pc.if_else(pa.array(weekday), rest, cells)
        before, word, after = _split(cells)
    months = word.dictionary_encode()
    english = pa.array([MONTHS.get((name or "").casefold()) for name in months.dictionary.to_pylist()], pa.string())
    month = english.take(months.indices)
    if month.null_count == len(month):
        return cells
    after = pc.replace_substring_regex(after, r"^\.([\s,/-])", r"\1")
    return pc.coalesce(pc.binary_join_element_wise(before, month, after, ""), cells)


def _split(cells: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray, pa.StringArray]:
    """The text before the first word, the word, and the text after it."""
    found = pc.extract_regex(cells, _FIRST_WORD)
    before, word, after = (pc.struct_field(found, part) for part in ("before", "word", "after"))
    return before, word, after


def _among(words: pa.StringArray, known: frozenset[str]) -> np.ndarray:
    coded = words.dictionary_encode()
    hits = pa.array([(word or "").casefold() in known for word in coded.dictionary.to_pylist()], pa.bool_())
    return np.array(hits.take(coded.indices).fill_null(False).to_numpy(zero_copy_only=False), bool)


def _matches(cells: pa.StringArray, pattern: str) -> np.ndarray:
    return np.array(pc.match_substring_regex(cells, pattern).fill_null(False).to_numpy(zero_copy_only=False), bool)
