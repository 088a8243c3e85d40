"""What is wrong with a mapping, by field."""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec.structs import replace

from catalog.snapshot import Snapshot
from catalog.units import canonical
from ingest.mapping.compiled import FIELD
from ingest.mapping.models import (
    MAX_DESCRIPTION,
    MAX_RULE_TAGS,
    MAX_RULES,
    MAX_SOURCES,
    MAX_TAG_KEY,
    MAX_UNIT,
    MappingDraft,
    Rule,
)
from ingest.mapping.templates import Template, unknown_parts
from kernel.errors import BadRequest
from kernel.suggest import did_you_mean

Error = tuple[str, str]


class InvalidMapping(BadRequest):
    """`errors`: all of them, by field."""

    slug, title = "invalid-mapping", "The mapping is not valid"


def checked(draft: MappingDraft, catalog: Snapshot) -> MappingDraft:
    """The mapping as it is stored. Raises InvalidMapping with all errors."""
    errors = [*_of_mapping(draft, catalog)]
    for place, rule in enumerate(draft.rules[:MAX_RULES]):
        errors += [(f"rules[{place}].{field}", message) for field, message in _of_rule(rule)]
    if errors:
        field, message = errors[0]
        raise InvalidMapping(
            f"{field}: {message}", errors=[{"field": field, "message": message} for field, message in errors[:100]]
        )
    return replace(draft, rules=[replace(rule, unit=canonical(rule.unit)) for rule in draft.rules])


def _of_mapping(draft: MappingDraft, catalog: Snapshot) -> Iterator[Error]:
    if len(draft.rules) > MAX_RULES:
        yield "rules", f"has {len(draft.rules)} rules; at most {MAX_RULES} are allowed."
    if len(draft.distinguish) > MAX_SOURCES:
        yield "distinguish", f"names {len(draft.distinguish)} sources; at most {MAX_SOURCES} are allowed."
    for source, each in draft.distinguish.items():
        if not 0 < len(each.tag) <= MAX_TAG_KEY:
            yield f"distinguish.{source[:60]}", f"a tag has 1 to {MAX_TAG_KEY} characters."
    if draft.site and catalog.site(draft.site) is None:
        hint = did_you_mean(draft.site[:80], (site.slug for site in catalog.sites.values()))
        yield "site", f"there is no site “{draft.site[:80]}”.{hint}"


def _of_rule(rule: Rule) -> Iterator[Error]:
    known: list[str] = []
    for field, text in (
        ("name", rule.name),
        *((f"tags.{k[:60]}", v) for k, v in rule.tags.items()),
        ("field", rule.field),
    ):
        template, error = _template(text)
        if template is None:
            yield field, error
            continue
        for part in template.parts:
            if part in known:
                yield field, f"the part {{{part}}} is named twice; give it another name here."
        known += template.parts
    known = list(dict.fromkeys([*known, FIELD]))
    for field, text in (("site", rule.site), ("sensor", rule.sensor)):
        template, error = _template(text)
        if template is None:
            yield field, error
        elif unknown := unknown_parts(template, known):
            listed = ", ".join(f"{{{part}}}" for part in known)
            yield field, f"no template of this rule names {{{unknown[0]}}}; there are: {listed}."
    yield from _of_numbers(rule)
    if len(rule.tags) > MAX_RULE_TAGS:
        yield "tags", f"names {len(rule.tags)} tags; at most {MAX_RULE_TAGS} are allowed."
    if any(not 0 < len(key) <= MAX_TAG_KEY for key in rule.tags):
        yield "tags", f"a tag has 1 to {MAX_TAG_KEY} characters."
    if len(rule.description) > MAX_DESCRIPTION:
        yield "description", f"has {len(rule.description)} characters; at most {MAX_DESCRIPTION} are allowed."
    if len(rule.source) > 60:
        yield "source", "has more than 60 characters."


def _of_numbers(rule: Rule) -> Iterator[Error]:
    if not math.isfinite(rule.scale) or rule.scale == 0:
        yield "scale", "must be a number other than zero."
    if not math.isfinite(rule.offset):
        yield "offset", "must be a number."
    try:
        if len(rule.unit) > MAX_UNIT:
            raise ValueError(f"has {len(rule.unit)} characters; at most {MAX_UNIT} are allowed.")
        canonical(rule.unit)
    except ValueError as error:
        yield "unit", str(error)


def _template(text: str) -> tuple[Template | None, str]:
    if not text:
        return None, "must not be empty."
    try:
        return Template(text), ""
    except ValueError as error:
        return None, str(error)
