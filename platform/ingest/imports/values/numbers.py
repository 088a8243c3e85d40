"""Numbers as people and control systems write them: locale marks, units, status texts, detection limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Below = Literal["limit", "half", "zero", "missing"]
MAX_DIGITS = 400  # no double needs more
BLANKS = "[ \u00a0\u202f\u2009]"  # plain, no-break, narrow no-break, thin
_GROUPS = {" ": BLANKS, "'": "['\u2019]"}  # also accepted for a thousands mark
MISSING = object()


class NumberReader:
    """`thousands` groups digits by three and nothing else; an undeclared mark is not part of a number."""

    def __init__(
        self,
        decimal: str = ".",
        thousands: str | None = None,
        units: Sequence[str] = (),
        strip: Sequence[str] = (),
        below: Below | None = None,
    ) -> None:
        self._decimal, self._thousands, self._below = decimal, thousands, below
        self._units, self._strip = sorted(units, key=len, reverse=True), strip
        mark = re.escape(decimal)
        self._plain = re.compile(rf"[+-]?(?:[0-9]+(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?")
        self._grouped: re.Pattern[str] | None = None
        if thousands is not None:
            self._group = re.compile(_GROUPS.get(thousands, re.escape(thousands)))
            group = self._group.pattern
            self._grouped = re.compile(rf"[+-]?[0-9]{{1,3}}(?:{group}[0-9]{{3}})+(?:{mark}[0-9]*)?")

    @property
    def why(self) -> str:
        """Why a cell is rejected."""
        if self._decimal == "." and self._thousands is None:
            return "is not a number"
        mark = self._thousands
        groups = "; name `thousands` if a mark groups digits" if mark is None else f" and thousands {mark!r}"
        return f"is not a number with decimal {self._decimal!r}{groups}"

    def bare(self, word: str) -> str:
        """Without the texts declared in `strip`."""
        for text in self._strip:
            word = word.removeprefix(text).removesuffix(text).strip()
        return word

    def read(self, word: str) -> float | object | None:
        """A finite number, MISSING, or None if it is not a number. `word` is trimmed and bare."""
        for unit in self._units:
            if word.endswith(unit) and len(word) > len(unit):
                word = word[: -len(unit)].rstrip()
                break
        if word.startswith("<") and self._below is not None:
            return self._limit(word[1:].removeprefix("=").lstrip())
        return self._number(word)

    def _limit(self, word: str) -> float | object | None:
        limit = self._number(word)
        if limit is None:
            return None
        if self._below == "missing":
            return MISSING
        return limit * {"limit": 1.0, "half": 0.5, "zero": 0.0}[self._below or "limit"]

    def _number(self, word: str) -> float | None:
        if len(word) > MAX_DIGITS:
            return None
        if self._grouped is not None and self._grouped.fullmatch(word):
            word = self._group.sub("", word)
        if not self._plain.fullmatch(word):
            return None
        number = float(word.replace(self._decimal, "."))
        return number if abs(number) != float("inf") else None
