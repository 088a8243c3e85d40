"""Collects what an import or an export does differently."""

from __future__ import annotations

from kernel.text import plain_line
from twin.dexpi.models import Note

MAX_NOTES, MAX_EXAMPLES = 100, 5


class Notes:
    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[int, list[str]]] = {}

    def add(self, what: str, why: str, example: str = "", count: int = 1) -> None:
        what = plain_line(what, 80)
        before, examples = self._found.get((what, why), (0, []))
        if example and len(examples) < MAX_EXAMPLES:
            examples.append(plain_line(example, 100))
        self._found[what, why] = before + count, examples

    def all(self) -> list[Note]:
        """The most frequent first."""
        notes = [Note(what, count, why, examples) for (what, why), (count, examples) in self._found.items()]
        return sorted(notes, key=lambda note: (-note.count, note.what))[:MAX_NOTES]
