"""Value cells, whole columns at once: numbers, states by number or name, texts, and placeholders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.models import Sensor
from ingest.imports.mapping.model import Column, Mapping, Token
from ingest.imports.times.zones import Flags
from ingest.imports.values.numbers import MISSING, NumberReader
from ingest.points import PointError
from ingest.validation import MAX_TEXT_CHARS, state_of
from kernel.errors import BadRequest

EMPTY = ("", "nan", "null", "none", "n/a", "na", "#n/a", "-", "--", "no data", "nodata")
ON, OFF = ("on", "true", "yes"), ("off", "false", "no")


@dataclass(slots=True)
class Values:
    """A column read. `take` marks the cells that become samples; `unreadable` those that should and cannot.

    `failed` cells say in words that the instrument failed; there is no value to store.
    """

    v: npt.NDArray[np.float64] | list[str]
    take: Flags
    bad: Flags
    unreadable: Flags
    failed: Flags


class Reader:
    """How the cells of one column become values of one sensor."""

    def __init__(self, sensor: Sensor, column: Column, mapping: Mapping) -> None:
        self.sensor = sensor
        self._scale, self._offset = column.scale, column.offset
        self._decimal = mapping.decimal
        self._number = NumberReader(
            mapping.decimal,
            mapping.thousands,
            [*_texts(mapping.unit), *_texts(column.unit)],
            [*mapping.strip, *column.strip],
            column.below or mapping.below,
        )
        self._empty = _words(_typed(EMPTY)) | _words(_typed(mapping.missing)) | _words(_typed(column.missing))
        self._empty_numbers = [*_numbers(_typed(mapping.missing)), *_numbers(_typed(column.missing))]
        self._bad_words = _words(_typed(mapping.bad)) | _words(_typed(column.bad))
        self._bad_numbers = [*_numbers(_typed(mapping.bad)), *_numbers(_typed(column.bad))]
        self._states = {word.casefold(): number for word, number in {**mapping.states, **column.states}.items()}

    @property
    def why(self) -> str:
        """Why a cell is unreadable."""
        match self.sensor.kind:
            case "text":
                return "is too long a text"
            case "discrete":
                states = ", ".join(f"{number} {name}" for number, name in sorted(self.sensor.states.items()))
                return f"is not a state of {self.sensor.tag} ({states})" if states else "is not a state"
        return self._number.why

    def read(self, cells: pa.StringArray) -> Values:
        cells = pc.utf8_trim_whitespace(pc.fill_null(cells, ""))
        if self.sensor.kind == "text":
            return self._texts(cells)
        if self.sensor.kind == "discrete":
            return self._word_by_word(cells)
        return self._quick(cells) or self._word_by_word(cells)

    def _quick(self, cells: pa.StringArray) -> Values | None:
        """Reads a column of plain numbers and empty cells; None if it has anything else."""
        if self._decimal == ",":
            if pc.any(pc.match_substring(cells, ".")).as_py():
                return None
            cells = pc.replace_substring(cells, ",", ".", max_replacements=1)
        empty = np.array(pc.equal(cells, "").to_numpy(zero_copy_only=False), bool)
        try:
            v = pc.cast(pc.if_else(pa.array(empty), "0", cells) if empty.any() else cells, pa.float64())
        except pa.ArrowInvalid:
            return None
        v = np.array(v.to_numpy(zero_copy_only=False), np.float64)
        infinite, nothing = np.isinf(v), np.isnan(v)
        return self._finish(v, empty | nothing, infinite, np.zeros(len(v), bool))

    def _word_by_word(self, cells: pa.StringArray) -> Values:
        """Reads each distinct cell once."""
        coded = cells.dictionary_encode()
        words = coded.dictionary.to_pylist()
        kinds = [self._word(word) for word in words]
        codes = np.array(coded.indices.to_numpy(zero_copy_only=False), np.int64)
        v = np.array([kind if isinstance(kind, float) else 0.0 for kind in kinds])[codes]
        empty, failed, unreadable = (np.array([kind is what for kind in kinds], bool)[codes] for what in _MARKS)
        return self._finish(v, empty, unreadable, failed)

    def _word(self, word: str) -> float | object:
        """The number that a cell means, or one of the marks."""
        found = self._known(word)
        if found is None and (bare := self._number.bare(word)) != word:
            word, found = bare, self._known(bare)
        if found is not None:
            return found
        number = self._number.read(word)
        if number is MISSING:
            return _EMPTY
        if isinstance(number, float) and (number in self._empty_numbers or number in self._bad_numbers):
            return number
        if self.sensor.kind == "discrete":
            return self._state(number if isinstance(number, float) else word)
        return _UNREADABLE if number is None else number

    def _known(self, word: str) -> float | object | None:
        """A word that the mapping declares, or a placeholder."""
        folded = word.casefold()
        if folded in self._states:
            return float(self._states[folded])
        return _EMPTY if folded in self._empty else _FAILED if folded in self._bad_words else None

    def _state(self, value: str | float) -> float | object:
        try:
            return state_of(self.sensor, value)
        except PointError:
            pass
        word = value.casefold() if isinstance(value, str) else ""
        number = 1.0 if word in ON else 0.0 if word in OFF else None
        if number is None or (self.sensor.states and str(int(number)) not in self.sensor.states):
            return _UNREADABLE
        return number

    def _finish(self, v: npt.NDArray[np.float64], empty: Flags, unreadable: Flags, failed: Flags) -> Values:
        out = unreadable | failed
        bad = np.zeros(len(v), bool)
        if self._empty_numbers:
            empty = empty | (np.isin(v, self._empty_numbers) & ~out)
        if self._bad_numbers:
            bad = np.isin(v, self._bad_numbers) & ~empty & ~out
        take = ~(empty | out)
        if self._scale != 1.0 or self._offset != 0.0:
            v = self._scaled(v, bad, take)
        return Values(v, take, bad, unreadable & ~empty, failed)

    def _scaled(self, v: npt.NDArray[np.float64], bad: Flags, take: Flags) -> npt.NDArray[np.float64]:
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = np.where(bad, v, v * self._scale + self._offset)
        if not np.isfinite(scaled[take]).all():
            worst = float(v[np.flatnonzero(take & ~np.isfinite(scaled))[0]])
            raise BadRequest(
                f"{self.sensor.tag}: {worst:g} times the mapping's scale {self._scale:g} is larger than any number "
                "that can be stored; correct `scale` or `offset`.",
                slug="bad-mapping",
            )
        return scaled

    def _texts(self, cells: pa.StringArray) -> Values:
        texts: list[str] = cells.to_pylist()
        empty = np.array([text.casefold() in self._empty for text in texts], bool)
        long = np.array([len(text) > MAX_TEXT_CHARS for text in texts], bool)
        bad = np.array([text.casefold() in self._bad_words for text in texts], bool)
        return Values(texts, ~(empty | long), bad & ~empty, long & ~empty, np.zeros(len(texts), bool))


_EMPTY, _FAILED, _UNREADABLE = _MARKS = (object(), object(), object())


Typed = tuple[tuple[type, Token], ...]


def _typed(tokens: Sequence[Token]) -> Typed:
    """A key under which 1 and True differ."""
    return tuple((type(token), token) for token in tokens)


@lru_cache(maxsize=256)  # the columns of a mapping share its words
def _words(tokens: Typed) -> frozenset[str]:
    return frozenset(str(token).strip().casefold() for _, token in tokens)


@lru_cache(maxsize=256)
def _numbers(tokens: Typed) -> tuple[float, ...]:
    """The tokens of the mapping that are numbers, also if written as text."""
    plain = NumberReader()
    found = (plain.read(str(token).strip()) for kind, token in tokens if kind is not bool)
    return tuple(number for number in found if isinstance(number, float))


def _texts(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value
