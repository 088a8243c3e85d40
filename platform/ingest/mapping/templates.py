"""Templates such as `plant/{site}/{device}/temp`: they match a text and name its parts, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MAX_CHARS, MAX_PARTS = 200, 10
_PART = re.compile(r"\{([a-z][a-z0-9_]{0,29})(\*?)\}")


class Template:
    """Literal text and parts in braces.

    A part takes at least one character and none of a `/`, but `{rest*}` at the end takes those too, and so does a part
    that is the whole template. Each takes as little as possible, so a text matches in one way only.
    """

    def __init__(self, text: str) -> None:
        """Raises ValueError with a sentence."""
        if len(text) > MAX_CHARS:
            raise ValueError(f"has {len(text)} characters; at most {MAX_CHARS} are allowed.")
        self.text = text
        self.literals = _PART.split(text)[::3]
        self.parts = [match[1] for match in _PART.finditer(text)]
        self._check(text)
        self._all = len(self.parts) == 1 and self.literals == ["", ""]
        self._rest = text.endswith("*}")

    def _check(self, text: str) -> None:
        stars = [match for match in _PART.finditer(text) if match[2]]
        if any("{" in literal or "}" in literal for literal in self.literals):
            raise ValueError("a part is written {name}, with small letters, digits and “_”.")
        if len(self.parts) > MAX_PARTS:
            raise ValueError(f"has {len(self.parts)} parts; at most {MAX_PARTS} are allowed.")
        if len(set(self.parts)) < len(self.parts):
            raise ValueError("names a part twice.")
        if any(not literal for literal in self.literals[1:-1]):
            raise ValueError("has two parts side by side; put a text between them.")
        if any(match.end() < len(text) for match in stars):
            raise ValueError("has a part {name*} that is not at the end.")

    @property
    def literal(self) -> str | None:
        """The only text that matches, if there is only one."""
        return None if self.parts else self.text

    def match(self, text: str) -> dict[str, str] | None:
        """The parts of the text, or None."""
        if not self.parts:
            return {} if text == self.text else None
        if self._all:
            return {self.parts[0]: text} if text else None
        first, last = self.literals[0], self.literals[-1]
        if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
            return None
        return self._between(text, len(first), len(text) - len(last))

    def _between(self, text: str, at: int, end: int) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for part, literal in zip(self.parts, self.literals[1:], strict=True):
            final = part == self.parts[-1]
            stop = end if final else text.find(literal, at + 1, end)
            value = text[at:stop] if stop > at else ""
            if not value or ("/" in value and not (final and self._rest)):
                return None
            found[part], at = value, stop + len(literal)
        return found

    def fill(self, parts: Mapping[str, str]) -> str:
        """The text with its parts filled in."""
        filled = zip(self.parts, self.literals[1:], strict=True)
        return self.literals[0] + "".join(parts[part] + literal for part, literal in filled)


def unknown_parts(template: Template, known: Iterable[str]) -> list[str]:
    names = set(known)
    return [part for part in template.parts if part not in names]
