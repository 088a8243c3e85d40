"""What a mapping may not say, whatever the files are."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

import msgspec

from ingest.imports.mapping.encodings import codec_named
from ingest.imports.mapping.model import MAX_FILE_RULES, Column, Mapping, as_rule, header_name
from ingest.imports.mapping.name_patterns import check_rule, has_fields
from kernel.errors import BadRequest

NO_DELIMITERS = '"\r\n\0'


def check(mapping: Mapping) -> None:
    """BadRequest names the member."""
    for rules in (mapping.files, mapping.names):
        if len(rules) > MAX_FILE_RULES:
            raise BadRequest(
                f"The mapping is not valid: at most {MAX_FILE_RULES:,} rules are accepted for `files` and for `names`.",
                slug="bad-mapping",
            )
    _check_patterns(mapping)
    if mapping.site_column is not None and not header_name(mapping.site_column):
        raise BadRequest(
            "The mapping is not valid: `site_column` is blank; name the column, or leave it out.", slug="bad-mapping"
        )
    if mapping.sites and mapping.site_column is None:
        raise BadRequest(
            "The mapping is not valid: `sites` needs `site_column`, the column that holds these names.",
            slug="bad-mapping",
        )
    if mapping.layout == "long" and not (mapping.sensor_column and mapping.value_column):
        raise BadRequest(
            "The mapping is not valid: layout long needs `sensor_column` and `value_column`.", slug="bad-mapping"
        )
    if mapping.layout == "wide" and (mapping.sensor_column or mapping.sensors):
        raise BadRequest(
            "The mapping is not valid: `sensor_column` and `sensors` belong to layout long; wide uses `columns`.",
            slug="bad-mapping",
        )
    for time in (mapping.time, *(as_rule(rule).time for rule in mapping.files.values())):
        if time is not None:
            time.check()
    if mapping.thousands == mapping.decimal:
        raise BadRequest(
            f"The mapping is not valid: {mapping.decimal!r} cannot be both `decimal` and `thousands`.",
            slug="bad-mapping",
        )
    _check_numbers(mapping)
    _check_states(mapping)
    _check_joined(mapping)
    if mapping.delimiter not in ("auto", "whitespace") and (
        len(mapping.delimiter) != 1 or mapping.delimiter in NO_DELIMITERS
    ):
        raise BadRequest(
            "The mapping is not valid: `delimiter` is auto, whitespace or one character, but no quotation mark or line "
            "break.",
            slug="bad-mapping",
        )
    if mapping.encoding != "auto":
        codec_named(mapping.encoding)


def _check_patterns(mapping: Mapping) -> None:
    """BadRequest for patterns that cannot be meant, and for parts in a sensor's name that its pattern has not."""
    for pattern, template in mapping.names.items():
        check_rule(pattern, template)
    for pattern, given in mapping.files.items():
        rule = as_rule(given)
        columns = [*(rule.columns or {}).values(), *([] if rule.sensor is None else [rule.sensor])]
        for column in columns if has_fields(pattern) else ():
            check_rule(pattern, column if isinstance(column, str) else column.sensor)


def _check_numbers(mapping: Mapping) -> None:
    """No number of the mapping may be infinite or none."""
    for where, number in _numbers("", msgspec.to_builtins(mapping)):
        if not isfinite(number):
            raise BadRequest(
                f"The mapping is not valid: `{where}` is {number}; give a finite number.", slug="bad-mapping"
            )


def _rules(mapping: Mapping) -> Iterator[Column]:
    """The rules of all columns and names."""
    files = [as_rule(rule) for rule in mapping.files.values()]
    for columns in (mapping.columns, mapping.sensors, *(rule.columns for rule in files)):
        yield from (rule for rule in (columns or {}).values() if isinstance(rule, Column))
    yield from (rule.sensor for rule in files if isinstance(rule.sensor, Column))


def _check_states(mapping: Mapping) -> None:
    for rule in _rules(mapping):
        for word, number in {**mapping.states, **rule.states}.items():
            if not isfinite(number * rule.scale + rule.offset):
                raise BadRequest(
                    f"The mapping is not valid: `states` maps {word[:60]!r} to {number:g}, which is too large once the "
                    f"scale of {rule.sensor[:60]!r} ({rule.scale:g}) is applied.",
                    slug="bad-mapping",
                )


def _check_joined(mapping: Mapping) -> None:
    times = [mapping.time, *(as_rule(rule).time for rule in mapping.files.values())]
    named = [("time.column", time.column) for time in times if time is not None]
    named += [("sensor_column", mapping.sensor_column), *(("time", rule.time) for rule in _rules(mapping))]
    for member, names in named:
        if isinstance(names, list) and len(set(map(header_name, names))) < len(names):
            raise BadRequest(f"The mapping is not valid: `{member}` names a column twice.", slug="bad-mapping")


def _numbers(where: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, float):
        yield where, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(f"{where}.{key}".lstrip("."), item)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(where, item)
