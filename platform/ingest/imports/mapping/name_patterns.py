"""Names by pattern: `VAV-{n}_{p}.csv` is `VAV-{n}.{p}`. Users write no regular expressions; matching is linear."""

from __future__ import annotations

import re
from functools import lru_cache

from kernel.errors import BadRequest

MAX_PATTERN_CHARS = 200  # of a template too
MAX_NAME_CHARS = 1_000  # longer ones fit no pattern of `names`
MAX_TRIES = 2_000_000  # to fit a pattern, in one file: about a second
_FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,39})\}|\*")


class NamePattern:
    """Literal text, `{name}` for a part that is used, `*` for one that is not.

    Each matches as little as possible, but not nothing (`*` may); the last one takes the rest.
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
            raise _wrong(f"{text!r} needs something between two parts, or the end of the first is ambiguous")
        self.fields = frozenset(named)

    @property
    def start(self) -> str:
        """What every name that fits begins with."""
        return self._literals[0]

    def read(self, name: str) -> dict[str, str] | None:
        """The parts of a name, or None if it does not match."""
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
    """The template with the parts of a name filled in."""
    return _FIELD.sub(lambda found: parts.get(found[1] or "", found[0]), template)


def check_rule(pattern: str, template: str) -> None:
    """BadRequest for a pattern that cannot be meant, or a template with a part that the pattern has not."""
    known = pattern_of(pattern).fields
    if len(template) > MAX_PATTERN_CHARS:
        raise BadRequest(
            f"The mapping is not valid: the name {template[:60]!r} … for {pattern!r} is longer than "
            f"{MAX_PATTERN_CHARS} characters.",
            slug="bad-mapping",
        )
    for found in _FIELD.finditer(template):
        if found[1] and found[1] not in known:
            parts = ", ".join(f"{{{field}}}" for field in sorted(known)) or "none"
            raise _wrong(f"{template!r} has {{{found[1]}}}, which {pattern!r} has not; its parts are {parts}")


class NameRules:
    """Rules for the names of one file; the first pattern that matches a name makes its tag.

    Only rules that begin as the name does are tried, at most MAX_TRIES times for one file: BadRequest beyond.
    """

    def __init__(self, rules: dict[str, str]) -> None:
        self._rules = [(pattern_of(pattern), template) for pattern, template in rules.items()]
        self._by_start: dict[str, list[int]] = {}
        for place, (pattern, _) in enumerate(self._rules):
            self._by_start.setdefault(pattern.start, []).append(place)
        self._lengths = sorted({len(start) for start in self._by_start})
        self._renamed: dict[str, str | None] = {}
        self._tries = 0

    def rename(self, name: str) -> str | None:
        if name not in self._renamed:
            self._renamed[name] = self._rename(name) if self._rules and len(name) <= MAX_NAME_CHARS else None
        return self._renamed[name]

    def _rename(self, name: str) -> str | None:
        starts = [self._by_start.get(name[:length], []) for length in self._lengths if length <= len(name)]
        places = sorted(place for found in starts for place in found)
        self._tries += len(places)
        if self._tries > MAX_TRIES:
            raise BadRequest(
                f"The mapping is not valid: the file's names are matched against the patterns of `names` more than "
                f"{MAX_TRIES:,} times. Begin the patterns with the text that distinguishes names, or list the names in "
                "`columns` or `sensors`.",
                slug="bad-mapping",
            )
        for place in places:
            pattern, template = self._rules[place]
            parts = pattern.read(name)
            if parts is not None:
                return fill(template, parts)
        return None


def _wrong(what: str) -> BadRequest:
    return BadRequest(f"The mapping is not valid: the pattern {what}.", slug="bad-mapping")
