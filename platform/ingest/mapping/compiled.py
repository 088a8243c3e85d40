"""A tenant's rules, ready to be applied. Pure, and a known series costs one look-up."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.mapping.models import MappingDraft, Rule
from ingest.mapping.templates import Template

MAX_LABEL = 60  # characters of each template
FIELD = "field"  # the part that every rule has, unless one of its templates names it
MAX_KNOWN, MAX_KNOWN_CHARS = 100_000, 8_000_000  # series whose match is remembered, and their characters
CHARS_PER_UNIT = 64  # of work
MAX_CHARS = 8_000  # longer ones are not remembered, so they are matched each time

Series = tuple[str, str, tuple[tuple[str, str], ...], str]  # stage of the source, name, tags, field


@dataclass(frozen=True, slots=True)
class Match:
    """Where a rule sends a series. `rule`: its place, from 0; `tags`: the keys that its templates take part in;
    `label`: the rule as people read it."""

    rule: int
    site: str
    sensor: str
    unit: str
    scale: float
    offset: float
    tags: frozenset[str]
    label: str


class Work:
    """How many templates may still be compared with a text for one batch, so that no batch takes all of a process."""

    def __init__(self, left: int) -> None:
        self.left = left

    def charge(self, chars: int) -> None:
        """One comparison; long texts count as several."""
        self.left -= 1 + chars // CHARS_PER_UNIT


class CompiledRule:
    """Raises ValueError for a template that is wrong; `ingest.mapping.checks` says which."""

    def __init__(self, place: int, rule: Rule) -> None:
        self.place, self.rule = place, rule
        self.name, self.field = Template(rule.name), Template(rule.field)
        tags = [(key, Template(text)) for key, text in rule.tags.items()]
        self.tags = sorted(tags, key=lambda tag: tag[1].literal is None)  # those that cost least come first
        self.site, self.sensor = Template(rule.site), Template(rule.sensor)
        self._used = frozenset(rule.tags)
        self._label = f"{rule.name[:MAX_LABEL]} → {rule.site[:MAX_LABEL]}/{rule.sensor[:MAX_LABEL]}"

    def match(self, source: str, name: str, tags: Dict[str, str], field: str, work: Work) -> Match | None:
        rule = self.rule
        if rule.source and rule.source not in source.split("/"):
            return None
        parts = {FIELD: field}
        for template, text in ((self.name, name), *((each, tags.get(key, "")) for key, each in self.tags)):
            work.charge(len(text))
            found = template.match(text)
            if found is None:
                return None
            parts |= found
        work.charge(len(field))
        found = self.field.match(field)
        if found is None:
            return None
        parts |= found
        site, sensor = self.site.fill(parts), self.sensor.fill(parts)
        return Match(self.place, site, sensor, rule.unit, rule.scale, rule.offset, self._used, self._label)


class CompiledMapping:
    """Thread-safe: what it remembers may be computed twice, and is the same."""

    def __init__(self, mapping: MappingDraft) -> None:
        self.mapping = mapping
        rules = [CompiledRule(place, rule) for place, rule in enumerate(mapping.rules) if rule.enabled]
        self._by_name = {rule.name.literal: _that_may_match(rules, rule.name.literal) for rule in rules}
        self._of_other_names = _that_may_match(rules, None)
        self._known: dict[Series, Match | None] = {}
        self._chars = 0

    def match(self, source: str, name: str, tags: Dict[str, str], field: str, work: Work | None = None) -> Match | None:
        """What the first rule that matches says; None if none does. `work` is used up by series that are not known."""
        rules = self._by_name.get(name, self._of_other_names)
        if not rules:
            return None
        series = (source, name, tuple(tags.items()), field)
        try:
            return self._known[series]
        except KeyError:
            pass
        work = work or Work(0)
        found = next((match for rule in rules if (match := rule.match(source, name, tags, field, work))), None)
        self._remember(series, found)
        return found

    def _remember(self, series: Series, found: Match | None) -> None:
        chars = _chars(series, found)
        if chars > MAX_CHARS:
            return
        if len(self._known) >= MAX_KNOWN or self._chars + chars > MAX_KNOWN_CHARS:
            self._known, self._chars = {}, 0
        self._known[series] = found
        self._chars += chars


def _that_may_match(rules: Sequence[CompiledRule], name: str | None) -> list[CompiledRule]:
    """In their order: those for exactly this name, and those for names of a pattern."""
    return [rule for rule in rules if rule.name.literal in (None, name)]


def _chars(series: Series, found: Match | None) -> int:
    source, name, tags, field = series
    own = len(source) + len(name) + len(field) + sum(len(key) + len(text) for key, text in tags)
    return own + (len(found.site) + len(found.sensor) if found is not None else 0)
