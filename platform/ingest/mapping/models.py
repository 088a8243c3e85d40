"""The mapping of a tenant: its rules, in order, and what becomes of that which no rule matches."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec import field as default

MAX_RULES, MAX_RULE_TAGS, MAX_SOURCES = 200, 20, 20
MAX_TEMPLATE, MAX_TAG_KEY, MAX_UNIT, MAX_DESCRIPTION = 200, 200, 200, 500
MAX_WRITERS = 1_000

Unmatched = Literal["keep", "create", "reject"]


def _text(max_length: int, min_length: int = 0, **more: Any) -> Meta:
    return Meta(
        extra_json_schema={"maxLength": max_length, **({"minLength": min_length} if min_length else {}), **more}
    )


_Template = Annotated[str, _text(MAX_TEMPLATE, 1)]
TagKey = Annotated[str, _text(MAX_TAG_KEY, 1)]
_Scale = Annotated[
    float,
    Meta(description="value · scale + offset is in the rule's unit; not zero", extra_json_schema={"not": {"const": 0}}),
]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """What matches `name`, `tags` and `field` is a sample of the sensor that `site` and `sensor` name."""

    name: Annotated[_Template, Meta(description="Template of the measurement, topic or type of event")]
    site: Annotated[_Template, Meta(description="Slug or id, with parts of the other templates")]
    sensor: Annotated[_Template, Meta(description="Tag or id, with parts of the other templates")]
    field: Annotated[_Template, Meta(description="Template of the field's name; any by default")] = "{field}"
    tags: Annotated[
        dict[TagKey, _Template],
        Meta(extra_json_schema={"maxProperties": MAX_RULE_TAGS}),
        Meta(description="Templates of required tags; other tags may be present"),
    ] = default(default_factory=dict)
    source: Annotated[
        str, _text(60), Meta(description="Only what comes from this source: its id, or a kind; any if empty")
    ] = ""
    unit: Annotated[
        str, _text(MAX_UNIT), Meta(description="The unit in which the values arrive; the sensor's if empty")
    ] = ""
    scale: _Scale = 1.0
    offset: float = 0.0
    description: Annotated[str, _text(MAX_DESCRIPTION)] = ""
    enabled: Annotated[bool, Meta(description="False: it is kept in its place and matches nothing")] = True


class Distinguish(Struct, frozen=True, forbid_unknown_fields=True):
    """A tag that tells several writers of one series apart, so that none overwrites another's samples."""

    tag: TagKey
    by: Annotated[
        Literal["sensor", "time"],
        Meta(
            description="`sensor`: its value ends the sensor's tag. `time`: each value has a number below 1000, which "
            "becomes the last three digits of the timestamp in nanoseconds"
        ),
    ] = "sensor"


class MappingDraft(Struct, frozen=True, forbid_unknown_fields=True):
    unmatched: Annotated[
        Unmatched,
        Meta(
            description="What no rule matches: `keep` it as dead letters, which are replayed once a rule matches them; "
            "`create` an unmapped sensor; `reject` it, which keeps nothing"
        ),
    ] = "keep"
    site: Annotated[str, _text(200), Meta(description="Slug or id of the site of unmapped sensors")] = ""
    distinguish: Annotated[
        dict[Annotated[str, _text(60, 1)], Distinguish],
        Meta(extra_json_schema={"maxProperties": MAX_SOURCES}),
        Meta(description="By source, its id or a kind: the tag that distinguishes its writers"),
    ] = default(default_factory=dict)
    rules: Annotated[
        list[Rule],
        Meta(extra_json_schema={"maxItems": MAX_RULES}),
        Meta(description="The first one that matches counts"),
    ] = default(default_factory=list)


def distinguish_of(mapping: MappingDraft, stage: str) -> Distinguish | None:
    """Of a source, or else of its kind."""
    kind, _, id = stage.partition("/")
    return mapping.distinguish.get(id) or mapping.distinguish.get(kind)


class Mapping(MappingDraft, frozen=True, forbid_unknown_fields=False):
    revision: Annotated[int, Meta(description="Send it back to say which state you changed", ge=1, le=2**63 - 1)] = 1


EMPTY = Mapping()
