"""The fields of one item as sent by a client: each is checked by type and rule, and all errors are reported."""

from __future__ import annotations

import operator
import types
import typing
from collections.abc import Mapping
from functools import lru_cache, reduce
from typing import Any

import msgspec

from catalog import rules
from catalog.kinds import CatalogKind
from catalog.models import Model, Revision, Site
from catalog.payloads import DRAFTS
from kernel.suggest import did_you_mean

Fields = dict[str, Any]
FieldErrors = list[tuple[str, str]]  # (field, error)

_RESPONSE_ONLY = ("id", "revision", "stored_as", "origin", "drawn")
_WORDS = {
    "`bool | int | float | str | null`": "text, a number, true, false or null",
    "`str`": "text",
    "`float`": "a number",
    "`int`": "a whole number",
    "`bool`": "true or false",
    "`object`": "an object",
    "`array`": "a list",
    "`null`": "null",
}


def checked(kind: CatalogKind, item: object, partial: bool) -> tuple[Fields, FieldErrors]:
    """The fields as stored (except references by name, which become ids later), and the errors.

    `partial`: no field is required. Fields that only responses have (`_RESPONSE_ONLY`) are left out.
    """
    if not isinstance(item, Mapping):
        return {}, [("", "is not a JSON object.")]
    known, needed = _shape(kind.name)
    fields: Fields = {}
    errors: FieldErrors = []
    for name, value in item.items():
        if name not in known:
            errors.append((str(name)[:60], f"unknown field.{did_you_mean(str(name)[:60], known)}"))
            continue
        try:
            fields[name] = _value(kind, name, value, known[name])
        except ValueError as error:
            errors.append((name, str(error)))
    if not partial:
        errors += [(name, "is missing.") for name in needed if name not in item]
    return {name: value for name, value in fields.items() if name not in _RESPONSE_ONLY}, errors


def with_defaults(kind: CatalogKind, fields: Fields, before: Model | None = None) -> Fields:
    """Add missing fields that derive from others. `before`: the document that is replaced."""
    defaults: Fields = {}
    if kind.name in ("assets", "sensors") and "tag" in fields:
        defaults["name"] = fields["tag"]
    if kind.name == "sensors" and fields.get("kind") in ("discrete", "text"):
        defaults["sampling"] = "on_change"
    if kind.name == "connections":
        defaults.update({"medium": "", "by_hand": True})
    if kind.name == "sites" and "name" in fields:
        # Derived from the name once: a renamed site keeps it, as devices write to it.
        slug = before.slug if isinstance(before, Site) else rules.slug_of(fields["name"])
        defaults.update({"slug": slug} if slug else {})
    return {**defaults, **fields}


def _value(kind: CatalogKind, name: str, value: Any, type_: Any) -> Any:
    try:
        converted = msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        raise ValueError(_readable(str(error), value, type_)) from None
    rule = rules.RULES[kind.name].get(name)
    return rule(converted) if rule and converted is not None else converted


@lru_cache(maxsize=8)
def _shape(kind: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Each field's type, and the names of those that a new document needs."""
    fields = msgspec.structs.fields(DRAFTS[kind])
    return {f.name: _plain(f.type) for f in fields}, tuple(f.name for f in fields if f.required)


def _plain(type_: Any) -> Any:
    """Without what the rules check themselves, which msgspec would evaluate for each value, and without Unset."""
    if typing.get_origin(type_) is typing.Annotated:
        return type_ if type_ == Revision else _plain(typing.get_args(type_)[0])
    if isinstance(type_, types.UnionType) or typing.get_origin(type_) is typing.Union:
        parts = [_plain(part) for part in typing.get_args(type_) if part is not msgspec.UnsetType]
        return reduce(operator.or_, parts)
    if typing.get_origin(type_) is dict:
        return dict[str, _plain(typing.get_args(type_)[1])]  # type: ignore[misc]
    return type_


def _readable(message: str, value: Any, type_: Any) -> str:
    """msgspec's message, reworded for users."""
    choices = [choice for choice in typing.get_args(type_) if isinstance(choice, str)]
    if choices and isinstance(value, str):
        return f"“{value[:60]}” is not one of {', '.join(choices)}.{did_you_mean(value[:60], choices)}"
    for technical, plain in _WORDS.items():
        message = message.replace(technical, plain)
    return message[:1].lower() + message[1:] + "."
