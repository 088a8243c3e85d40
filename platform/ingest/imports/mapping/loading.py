"""Reads a mapping from its text, and refuses what no file could be read with."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct, structs

from ingest.imports.mapping.checks import check
from ingest.imports.mapping.model import Column, FileRule, Mapping, TimeRule, as_rule, header_name
from ingest.imports.mapping.text import plain_of
from kernel.errors import BadRequest
from kernel.suggest import closest

_FILE = re.compile(r"\.files\[[^\]]*\]$")


def load_mapping(text: str) -> Mapping:
    """A mapping from JSON or YAML text. BadRequest says what is wrong where."""
    try:
        mapping = msgspec.convert(plain_of(text), Mapping, strict=False)
    except RecursionError:
        raise BadRequest("The mapping is nested too deeply.", slug="bad-mapping") from None
    except msgspec.ValidationError as error:
        raise BadRequest(f"The mapping is not valid: {_explained(error)}", slug="bad-mapping") from None
    check(mapping)
    return _trimmed(mapping)


def _explained(error: msgspec.ValidationError) -> str:
    """The error, with the nearest key if one is unknown."""
    found = re.fullmatch(r"Object contains unknown field `([^`]*)`(?: - at `([^`]*)`)?", str(error)[:1_000])
    if found is None:
        return f"{error}."
    key, place = found[1], found[2] or "$"
    kind: type[Struct] = (
        Mapping if place == "$" else TimeRule if place.endswith("time") else FileRule if _FILE.search(place) else Column
    )
    keys = [field.name for field in structs.fields(kind)]
    nearest = closest(key, keys, 1)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"the keys there are {', '.join(keys)}."
    return f"it has no key {key[:80]!r}{'' if place == '$' else f' in `{place[2:]}`'}; {hint}"


def _trimmed(mapping: Mapping) -> Mapping:
    """Normalizes the names of columns like headers."""

    def one(name: str | None) -> str | None:
        return None if name is None else header_name(name)

    def several(names: str | list[str] | None) -> str | list[str] | None:
        return list(map(header_name, names)) if isinstance(names, list) else one(names)

    def column(rule: str | Column) -> str | Column:
        if isinstance(rule, str):
            return rule
        return structs.replace(rule, quality=one(rule.quality), time=several(rule.time))

    def keys(columns: dict[str, str | Column] | None) -> dict[str, str | Column] | None:
        return None if columns is None else {header_name(name): column(rule) for name, rule in columns.items()}

    def times(rule: TimeRule | None) -> Any:
        return None if rule is None else structs.replace(rule, column=several(rule.column))

    return structs.replace(
        mapping,
        time=times(mapping.time),
        columns=keys(mapping.columns),
        ignore=list(map(header_name, mapping.ignore)) if mapping.layout == "wide" else mapping.ignore,
        sensor_column=several(mapping.sensor_column),
        site_column=one(mapping.site_column),
        value_column=one(mapping.value_column),
        quality_column=one(mapping.quality_column),
        files={
            pattern: structs.replace(
                rule, sensor=rule.sensor and column(rule.sensor), columns=keys(rule.columns), time=times(rule.time)
            )
            for pattern, rule in ((pattern, as_rule(rule)) for pattern, rule in mapping.files.items())
        },
    )
