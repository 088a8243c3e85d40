"""A column of qualities: our own words and numbers, OPC codes, or a table in the mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.imports.times.zones import Flags

GOOD, UNCERTAIN, BAD = 0, 1, 2
WORDS = {"good": GOOD, "uncertain": UNCERTAIN, "bad": BAD}
Quality = Literal["good", "uncertain", "bad", 0, 1, 2]
Marks = npt.NDArray[np.uint8]
_OWN = {"": GOOD, "0": GOOD, "1": UNCERTAIN, "2": BAD, **WORDS}
_MAX_OPC = 255


def quality_reader(rule: Literal["opc"] | Mapping[str, Quality] | None) -> Callable[[str], int | None]:
    """How to read a word of the column; None if it is unknown."""
    if rule is None:
        return lambda word: _OWN.get(word.casefold())
    if rule == "opc":
        return _opc
    table = {
        word.strip().casefold(): WORDS[mark] if isinstance(mark, str) else int(mark)
        for word, mark in rule.items()
    }  # fmt: skip
    return lambda word: table.get(word.casefold())


def read_qualities(cells: pa.StringArray, mark_of: Callable[[str], int | None]) -> tuple[Marks, Flags]:
    """The qualities, and which cells are none (they count as uncertain)."""
    coded = pc.utf8_trim_whitespace(pc.fill_null(cells, "")).dictionary_encode()
    known = [mark_of(word) for word in coded.dictionary.to_pylist()]
    codes = np.array(coded.indices.to_numpy(zero_copy_only=False), np.int64)
    marks = np.array([UNCERTAIN if mark is None else mark for mark in known], np.uint8)[codes]
    return marks, np.array([mark is None for mark in known], bool)[codes]


def _opc(word: str) -> int | None:
    """OPC DA's quality byte: two bits say good, uncertain or bad."""
    if not (word.isascii() and word.isdigit() and len(word) <= 3):
        return WORDS.get(word.casefold(), GOOD if not word else None)
    code = int(word)
    if code > _MAX_OPC:
        return None
    return BAD if code < 64 else UNCERTAIN if code < 192 else GOOD
