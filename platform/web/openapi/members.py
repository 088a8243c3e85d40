"""The names that a JSON body may have, from its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_REF = "#/components/schemas/"


@dataclass(slots=True)
class Members:
    """`named`: members and what may be in them; None if any name is allowed. `items`: of a list."""

    named: dict[str, Members] | None = None
    items: Members | None = None

    def strangers(self, value: Any, pointer: str = "") -> Iterator[tuple[str, str, Members]]:
        """Each unknown member of `value`: where it is, its name, and the members known there."""
        if isinstance(value, list) and self.items is not None:
            for index, item in enumerate(value):
                yield from self.items.strangers(item, f"{pointer}[{index}]")
        if not isinstance(value, dict) or self.named is None:
            return
        for name, inner in value.items():
            if name in self.named:
                yield from self.named[name].strangers(inner, f"{pointer}.{name}")
            else:
                yield pointer, name, self


@dataclass(slots=True)
class _Reader:
    schemas: Mapping[str, Any]
    known: dict[str, Members] = field(default_factory=dict)

    def read(self, schema: Mapping[str, Any]) -> Members:
        if isinstance(ref := schema.get("$ref"), str):
            name = ref.removeprefix(_REF)
            if name not in self.known:
                self.known[name] = Members()  # first, for a recursive schema
                whole = self.read(self.schemas[name])
                self.known[name].named, self.known[name].items = whole.named, whole.items
            return self.known[name]
        parts = [self.read(part) for word in ("allOf", "anyOf", "oneOf") for part in schema.get(word, ())]
        return _joined([*parts, self._own(schema)])

    def _own(self, schema: Mapping[str, Any]) -> Members:
        own = Members()
        if isinstance(items := schema.get("items"), dict):
            own.items = self.read(items)
        if "properties" in schema and schema.get("additionalProperties", False) is False:
            own.named = {name: self.read(inner) for name, inner in schema["properties"].items()}
        return own


def members_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Members:
    """`schemas` holds what `schema` refers to."""
    return _Reader(schemas).read(schema)


def _joined(parts: list[Members]) -> Members:
    """What any of the parts allows."""
    named = [part.named for part in parts if part.named is not None]
    items = [part.items for part in parts if part.items is not None]
    if len(named) + len(items) <= 1:
        return Members(named[0] if named else None, items[0] if items else None)
    names = {name for known in named for name in known}
    return Members(
        {name: _joined([known[name] for known in named if name in known]) for name in names} if named else None,
        _joined(items) if items else None,
    )
