"""Rules for fields. A rule returns the value as stored, or raises ValueError with a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog import bounds
from catalog.kinds import KINDS
from catalog.models import Connection, Model, Sensor
from catalog.units import canonical
from catalog.zones import check_zone
from kernel.errors import BadRequest
from kernel.ids import is_id
from kernel.times import parse_time

Rule = Callable[[Any], Any]

_SLUG = re.compile(bounds.SLUG)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_BAD_NAME = re.compile(rf"\.|^\$|{_CONTROL.pattern}")
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def one_line(max_chars: int, empty: bool = False) -> Rule:
    def rule(text: str) -> str:
        if len(text) > max_chars:
            raise ValueError(f"has {len(text)} characters; at most {max_chars} are allowed.")
        text = text.strip()
        if not text and not empty:
            raise ValueError("must not be empty.")
        if _CONTROL.search(text):
            raise ValueError("holds a line break or a control character.")
        return text

    return rule


def several_lines(text: str) -> str:
    if len(text) > bounds.MAX_DESCRIPTION:
        raise ValueError(f"has {len(text)} characters; at most {bounds.MAX_DESCRIPTION} are allowed.")
    if "\x00" in text:
        raise ValueError("holds a NUL character.")
    return text.strip()


def slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        better = slug_of(text)
        hint = f" Did you mean “{better}”?" if better and better != text else ""
        form = "small letters a-z, digits and, inside, “-”, “_” and “.”, at most 63"
        raise ValueError(f"“{text[:80]}” is not a slug: {form}.{hint}")
    return _not_an_id(text)


def slug_of(name: str) -> str:
    """A slug made from a name: `Harbour Tower` gives `harbour-tower`."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:63].strip("-")


def tag(text: str) -> str:
    return _not_an_id(str(one_line(bounds.MAX_TAG)(text)))


def _not_an_id(text: str) -> str:
    if any(is_id(text, kind.letter) for kind in KINDS.values()):
        raise ValueError(f"“{text}” has the form of an id; it could not be distinguished from one.")
    return text


def states(values: dict[str, str]) -> dict[str, str]:
    if len(values) > bounds.MAX_STATES:
        raise ValueError(f"has {len(values)} states; at most {bounds.MAX_STATES} are allowed.")
    for number, name in values.items():
        if not _NUMBER.fullmatch(number):
            raise ValueError(
                f'“{number[:40]}” is not a whole number. Write states as {{"0": "Stopped", "1": "Running"}}.'
            )
        one_line(bounds.MAX_TAG)(name)
    return {str(int(number)): name.strip() for number, name in sorted(values.items(), key=lambda item: int(item[0]))}


def value_range(value: tuple[float, float] | None) -> tuple[float, float] | None:
    if value is None:
        return None
    low, high = value
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("must be two finite numbers.")
    if not low < high:
        raise ValueError(f"its first number, {low:g}, is not smaller than its second, {high:g}.")
    return low, high


def interval(value: float | None) -> float | None:
    if value is not None and not bounds.MIN_INTERVAL_S <= value <= bounds.MAX_INTERVAL_S:
        raise ValueError(f"{value:g} s is not from {bounds.MIN_INTERVAL_S} s to {bounds.MAX_INTERVAL_S} s (a year).")
    return value


def rollover(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise ValueError(f"{value:g} is not a number above zero.")
    return value


def tolerance(value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{value:g} is neither zero nor a number above it.")
    return value


def properties(values: dict[str, Any]) -> dict[str, Any]:
    if len(values) > bounds.MAX_PROPERTIES:
        raise ValueError(f"has {len(values)} properties; at most {bounds.MAX_PROPERTIES} are allowed.")
    for name, value in values.items():
        if not name.strip() or len(name) > bounds.MAX_PROPERTY_NAME or _BAD_NAME.search(name):
            raise ValueError(
                f"“{name[:40]}” is not a name of a property: at most 100 characters, no dot, no leading $."
            )
        if isinstance(value, str) and len(value) > bounds.MAX_PROPERTY:
            raise ValueError(f"“{name}” has {len(value)} characters; at most {bounds.MAX_PROPERTY} are allowed.")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"“{name}” is not a finite number.")
        if isinstance(value, int) and abs(value) > bounds.MAX_WHOLE:
            raise ValueError(f"“{name}” is too large a number; write it as text.")
    return values


def moment(name: str) -> Rule:
    def rule(value: str | int | None) -> int | None:
        try:
            return None if value is None else parse_time(str(value), name)
        except BadRequest as error:
            raise ValueError(error.detail) from None

    return rule


_COMMON: Mapping[str, Rule] = {"description": several_lines, "name": one_line(bounds.MAX_NAME)}
RULES: Mapping[str, Mapping[str, Rule]] = {
    "sites": {**_COMMON, "slug": slug, "timezone": check_zone},
    "areas": {**_COMMON, "name": tag},
    "assets": {**_COMMON, "tag": tag, "type": one_line(bounds.MAX_WORD, empty=True), "properties": properties},
    "sensors": {
        **_COMMON,
        "tag": tag,
        "unit": canonical,
        "states": states,
        "range": value_range,
        "interval_s": interval,
        "rollover": rollover,
        "tolerance": tolerance,
    },
    "connections": {
        **_COMMON,
        "medium": one_line(bounds.MAX_WORD, empty=True),
        "valid_from": moment("valid_from"),
        "valid_to": moment("valid_to"),
    },
}


def contradictions(model: Model, before: Model | None = None) -> list[tuple[str, str]]:
    """(field, sentence) for contradictions within a document, or with the one that it replaces."""
    found = []
    if isinstance(model, Sensor):
        if model.unmapped and not (isinstance(before, Sensor) and before.unmapped):
            found.append(("unmapped", "only sensors that were created from arrivals are, until they are named."))
        if model.states and model.kind != "discrete":
            found.append(("states", f"only a discrete sensor has states; this one is {model.kind}."))
        if model.range and model.kind == "text":
            found.append(("range", "a text sensor has no range."))
        if model.kind != "counter":
            found += [
                (name, f"only a counter has it; this sensor is {model.kind}.")
                for name in ("rollover", "tolerance")
                if getattr(model, name)
            ]
        elif model.rollover is not None and model.tolerance >= model.rollover / 2:
            found.append(("tolerance", "must be less than half of the rollover: else a wrap looks like noise."))
        if model.unit and model.kind == "text":
            found.append(("unit", "a text sensor has no unit."))
    elif isinstance(model, Connection):
        found += _contradictions_of(model, before if isinstance(before, Connection) else None)
    return found


def _contradictions_of(model: Connection, before: Connection | None) -> list[tuple[str, str]]:
    found = []
    if model.source == model.target:
        found.append(("target", "an asset cannot feed itself."))
    if model.valid_from is not None and model.valid_to is not None and model.valid_from >= model.valid_to:
        found.append(("valid_to", "must be after valid_from."))
    if not model.by_hand and not model.drawn:
        found.append(("by_hand", "no drawing shows it, so nothing would be left of it; delete it instead."))
    if not model.by_hand and (model.valid_from is not None or model.valid_to is not None):
        found.append(("valid_from", "applies to connections entered by hand; drawings have dates of their own."))
    if before is not None and before.drawn:
        found += [
            (name, "a drawing shows this connection; change the drawing, or create another connection.")
            for name in ("source", "target", "medium")
            if getattr(model, name) != getattr(before, name)
        ]
    return found
