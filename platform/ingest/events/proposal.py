"""A schema for a type, inferred from events that have arrived. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from ingest.events.schema import EventSchema, FieldSchema, FieldType, fits, type_of

MAX_EXAMPLES, MAX_EXAMPLE_CHARS = 3, 60


class ProposedField(Struct, frozen=True):
    """`seen`: in how many of the events; in `fits` of these its value fits the proposed type."""

    schema: FieldSchema
    seen: int
    fits: int
    is_new: Annotated[bool, Meta(description="It is not in the present schema, or has another type there")]
    examples: list[str]


class Proposal(Struct, frozen=True):
    """What the newest events of a type suggest. Fields of the present schema that no event has are not in it."""

    events: Annotated[int, Meta(description="How many were examined")]
    fields: dict[str, ProposedField]


def propose(events: Iterable[Mapping[str, Any]], present: EventSchema | None, max_fields: int) -> Proposal:
    """`events` are the fields as sent. If there are more fields than a schema may have, the most frequent ones."""
    values: dict[str, list[Any]] = {}
    count = 0
    for fields in events:
        count += 1
        for name, value in fields.items():
            values.setdefault(name, []).append(value)
    frequent = sorted(values, key=lambda name: (-len(values[name]), name))[:max_fields]
    return Proposal(count, {name: _field(values[name], _present(present, name)) for name in frequent})


def _present(schema: EventSchema | None, name: str) -> FieldSchema | None:
    return schema.fields.get(name) if schema is not None else None


def _field(values: list[Any], present: FieldSchema | None) -> ProposedField:
    proposed = _best(values)
    if present is not None:
        proposed = FieldSchema(proposed.type, present.unit, present.sensor)
    examples = list(dict.fromkeys(str(value)[:MAX_EXAMPLE_CHARS] for value in values[: 10 * MAX_EXAMPLES]))
    fitting = sum(fits(proposed.type, value) for value in values)
    return ProposedField(proposed, len(values), fitting, proposed != present, examples[:MAX_EXAMPLES])


def _best(values: list[Any]) -> FieldSchema:
    """The type that most of the values fit; whole numbers beside others are numbers."""
    kinds: Counter[FieldType] = Counter(kind for value in values if (kind := type_of(value)) is not None)
    if kinds["integer"] and kinds["number"]:
        kinds["number"] += kinds.pop("integer")
    return FieldSchema(kinds.most_common(1)[0][0] if kinds.total() else "text")
