"""Names by pattern: `VAV-{n}_{p}.csv` is `VAV-{n}.{p}`. No regular expressions of users: a name is read once."""

from __future__ import annotations

import re
from functools import lru_cache

from kernel.errors import BadRequest

MAX_PATTERN_CHARS = 200
_FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,39})\}|\*")


class NamePattern:
    """Literal text, `{name}` for a part that is needed, `*` for one that is not.

    Each takes as little as it can, but is not empty (`*` may be); the last one takes the rest.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_PATTERN_CHARS:
            raise _wrong(f"{text[:60]!r} is longer than {MAX_PATTERN_CHARS} characters")
        self._fields: list[str | None] = []
        self._literals: list[str] = []
        at = 0
        for found in _FIELD.finditer(text):
            self._literals.append(text[at : found.start()])
            self._fields.append(found[1])
            at = found.end()
        self._literals.append(text[at:])
        named = [field for field in self._fields if field]
        if len(set(named)) < len(named):
            raise _wrong(f"{text!r} names a part twice")
        if any(not literal for literal in self._literals[1:-1]):
            raise _wrong(f"{text!r} needs something between two parts, or nobody knows where the first ends")
        self.fields = frozenset(named)

    def read(self, name: str) -> dict[str, str] | None:
        """The parts of a name, or None where it does not fit."""
        first, last = self._literals[0], self._literals[-1]
        if not self._fields:
            return {} if name == first else None
        end = len(name) - len(last)
        if not name.startswith(first) or not name.endswith(last):
            return None
        found: dict[str, str] = {}
        at = len(first)
        for field, literal in zip(self._fields, [*self._literals[1:-1], None], strict=True):
            least = at + (field is not None)
            stop = end if literal is None else name.find(literal, least, end)
            if stop < least:
                return None
            if field is not None:
                found[field] = name[at:stop]
            at = stop + len(literal or "")
        return found


@lru_cache(maxsize=4_096)
def pattern_of(text: str) -> NamePattern:
    """Kept, as each file of thousands is held against each."""
    return NamePattern(text)


def has_fields(text: str) -> bool:
    return any(found[1] for found in _FIELD.finditer(text[: MAX_PATTERN_CHARS + 1]))


def fill(template: str, parts: dict[str, str]) -> str:
    """The template with the parts of a name in their places."""
    return _FIELD.sub(lambda found: parts.get(found[1] or "", found[0]), template)


def check_rule(pattern: str, template: str) -> None:
    """BadRequest for a pattern that cannot be meant, or a template with a part that the pattern has not."""
    known = pattern_of(pattern).fields
    for found in _FIELD.finditer(template[:MAX_PATTERN_CHARS]):
        if found[1] and found[1] not in known:
            parts = ", ".join(f"{{{field}}}" for field in sorted(known)) or "none"
            raise _wrong(f"{template!r} has {{{found[1]}}}, which {pattern!r} has not; its parts are {parts}")


def rename(name: str, rules: dict[str, str]) -> str | None:
    """What the first pattern that fits makes of a name."""
    for pattern, template in rules.items():
        parts = pattern_of(pattern).read(name)
        if parts is not None:
            return fill(template, parts)
    return None


def _wrong(what: str) -> BadRequest:
    return BadRequest(f"The mapping is not right: the pattern {what}.", slug="bad-mapping")
