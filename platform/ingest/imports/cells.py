"""Cells that hold values, whole columns at once: numbers, states by number or name, texts, and what stands for none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.models import Sensor
from ingest.imports.mapping import Column, Mapping, Token
from ingest.imports.zones import Flags
from ingest.schema import MOST_TEXT, Refused, state_of

EMPTY = ("", "nan", "null", "none", "n/a", "na", "#n/a", "-", "--", "no data", "nodata")
ON, OFF = ("on", "true", "yes"), ("off", "false", "no")


@dataclass(slots=True)
class Values:
    """A column read. `take` marks the cells that become samples; `unreadable` those that should have and cannot."""

    v: npt.NDArray[np.float64] | list[str]
    take: Flags
    bad: Flags
    unreadable: Flags


class Reader:
    """How the cells of one column become values of one sensor."""

    def __init__(self, sensor: Sensor, column: Column, mapping: Mapping) -> None:
        self.sensor = sensor
        self._scale, self._offset = column.scale, column.offset
        self._decimal = mapping.decimal
        self._empty = _words([*EMPTY, *(token for token in [*mapping.missing, *column.missing])])
        self._empty_numbers = _numbers([*mapping.missing, *column.missing])
        self._bad_words = _words([*mapping.bad, *column.bad])
        self._bad_numbers = _numbers([*mapping.bad, *column.bad])
        self._states = {word.casefold(): number for word, number in {**mapping.states, **column.states}.items()}

    def read(self, cells: pa.StringArray) -> Values:
        cells = pc.utf8_trim_whitespace(pc.fill_null(cells, ""))
        if self.sensor.kind == "text":
            return self._texts(cells)
        if self.sensor.kind == "discrete":
            return self._word_by_word(cells)
        return self._quick(cells) or self._word_by_word(cells)

    def _quick(self, cells: pa.StringArray) -> Values | None:
        """A column of plain numbers and empty cells; None if there is anything else."""
        if self._decimal == ",":
            cells = pc.replace_substring(cells, ",", ".", max_replacements=1)
        empty = np.array(pc.equal(cells, "").to_numpy(zero_copy_only=False), bool)
        try:
            v = pc.cast(pc.if_else(pa.array(empty), "0", cells) if empty.any() else cells, pa.float64())
        except pa.ArrowInvalid:
            return None
        v = np.array(v.to_numpy(zero_copy_only=False), np.float64)
        infinite, nothing = np.isinf(v), np.isnan(v)
        return self._finish(v, empty | nothing, np.zeros(len(v), bool), infinite)

    def _word_by_word(self, cells: pa.StringArray) -> Values:
        """Each different cell is read once."""
        coded = cells.dictionary_encode()
        words = coded.dictionary.to_pylist()
        kinds = [self._word(word) for word in words]
        codes = np.array(coded.indices.to_numpy(zero_copy_only=False), np.int64)
        v = np.array([kind if isinstance(kind, float) else 0.0 for kind in kinds])[codes]
        empty, bad, unreadable = (np.array([kind is what for kind in kinds], bool)[codes] for what in _MARKS)
        return self._finish(v, empty, bad, unreadable)

    def _word(self, word: str) -> float | object:
        """The number a cell stands for, or one of the marks."""
        folded = word.casefold()
        if folded in self._states:
            return float(self._states[folded])
        if folded in self._empty:
            return _EMPTY
        if folded in self._bad_words:
            return _BAD
        number = _number(word.replace(",", ".", 1) if self._decimal == "," else word)
        if number is not None and (number in self._empty_numbers or number in self._bad_numbers):
            return number
        if self.sensor.kind == "discrete":
            return self._state(word if number is None else number)
        return _UNREADABLE if number is None else number

    def _state(self, value: str | float) -> float | object:
        try:
            return state_of(self.sensor, value)
        except Refused:
            pass
        word = value.casefold() if isinstance(value, str) else ""
        number = 1.0 if word in ON else 0.0 if word in OFF else None
        if number is None or (self.sensor.states and str(int(number)) not in self.sensor.states):
            return _UNREADABLE
        return number

    def _finish(self, v: npt.NDArray[np.float64], empty: Flags, bad: Flags, unreadable: Flags) -> Values:
        if self._empty_numbers:
            empty = empty | (np.isin(v, self._empty_numbers) & ~bad & ~unreadable)
        if self._bad_numbers:
            bad = bad | (np.isin(v, self._bad_numbers) & ~empty & ~unreadable)
        if self._scale != 1.0 or self._offset != 0.0:
            v = np.where(bad, v, v * self._scale + self._offset)
        return Values(v, ~(empty | unreadable), bad & ~empty, unreadable & ~empty)

    def _texts(self, cells: pa.StringArray) -> Values:
        texts: list[str] = cells.to_pylist()
        empty = np.array([text.casefold() in self._empty for text in texts], bool)
        long = np.array([len(text) > MOST_TEXT for text in texts], bool)
        bad = np.array([text.casefold() in self._bad_words for text in texts], bool)
        return Values(texts, ~(empty | long), bad & ~empty, long & ~empty)


_EMPTY, _BAD, _UNREADABLE = _MARKS = (object(), object(), object())


def _words(tokens: Iterable[Token]) -> set[str]:
    return {str(token).strip().casefold() for token in tokens}


def _numbers(tokens: Iterable[Token]) -> list[float]:
    found = (_number(str(token)) for token in tokens if not isinstance(token, bool))
    return [number for number in found if number is not None]


def _number(text: str) -> float | None:
    try:
        number = float(text) if "_" not in text else float("nan")
    except ValueError:
        return None
    return number if np.isfinite(number) else None
