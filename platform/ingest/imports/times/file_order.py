"""The order in which an import's files continue one another, by their first times and their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class FileStart:
    """How a file begins. `time` (UTC, ns) is the start of the first pass where it begins in a repeated hour."""

    name: str
    time: int
    leaves: bool = False  # begins in a repeated hour and goes on after it
    backwards: bool = False  # the newest row comes first


def time_order(starts: Sequence[FileStart]) -> list[int]:
    """The places of the files in time order, or from the newest on if most of them run backwards.

    Local times do not tell the order of files that begin in the same repeated hour: their names do, and where all names
    disagree with the times, the order given.
    """
    sign = -1 if 2 * sum(start.backwards for start in starts) > len(starts) else 1
    given = list(range(len(starts)))
    named = sorted(given, key=lambda place: _by_name(starts[place].name))

    def key(place: int) -> tuple[int, bool]:
        return sign * starts[place].time, starts[place].leaves

    for order in (named, named[::-1], given, given[::-1]):
        keys = [key(place) for place in order]
        if keys == sorted(keys):
            return order
    return sorted(named, key=key)


def _by_name(name: str) -> tuple[list[tuple[str, int]], ...]:
    """log-2 before log-10, and log before log (2), whatever their suffixes."""
    return _natural(name.partition(".")[0]), _natural(name)


def _natural(text: str) -> list[tuple[str, int]]:
    parts = re.findall(r"(\D*)(\d*)", text.casefold())
    return [(letters, int(digits[:MAX_DIGITS] or 0)) for letters, digits in parts]
