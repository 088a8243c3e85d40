"""The schema of a type of events: its fields, and which of them are sensors. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from ingest.events.event import MAX_NAME_CHARS

DEVICE = "{device}"
FieldType = Literal["number", "integer", "text", "boolean", "json"]
FieldName = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_CHARS, pattern=r"^[^\x00-\x1f\x7f]+$")]


class FieldSchema(Struct, frozen=True, forbid_unknown_fields=True):
    """A field of events. `integer` takes 3 and 3.0; `json` takes objects and lists; null fits every type."""

    type: FieldType
    unit: Annotated[str, Meta(max_length=40, description="What the devices send it in")] = ""
    sensor: Annotated[
        str,
        Meta(
            max_length=200,
            description=f"Its values are samples of this sensor, too: `site:tag`; {DEVICE} stands for the device",
        ),
    ] = ""


class Split(Struct, frozen=True):
    """The fields of an event: those that fit, and the others verbatim."""

    fields: dict[str, Any]
    overflow: dict[str, Any]


class EventSchema(Struct, frozen=True):
    """One version of the schema of a type."""

    version: int
    fields: dict[str, FieldSchema]

    def split(self, sent: Mapping[str, Any]) -> Split:
        fields: dict[str, Any] = {}
        overflow: dict[str, Any] = {}
        for name, value in sent.items():
            known = self.fields.get(name)
            (fields if known is not None and fits(known.type, value) else overflow)[name] = value
        return Split(fields, overflow)


def fits(type_: FieldType, value: Any) -> bool:
    match type_:
        case _ if value is None:
            return True
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "integer":
            return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
        case "text":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "json":
            return isinstance(value, dict | list)


def type_of(value: Any) -> FieldType | None:
    """The narrowest type that the value fits; None for null."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return "text" if isinstance(value, str) else "json"


def sensor_name(template: str, device: str) -> tuple[str, str]:
    """The site and the tag that a field of that device belongs to."""
    site, _, tag = template.partition(":")
    return site, tag.replace(DEVICE, device)
