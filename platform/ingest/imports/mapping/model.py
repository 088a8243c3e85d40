"""The mapping: how to read a file's columns, times and special values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from math import isfinite
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, structs

from ingest.imports.mapping.name_patterns import check_rule, fill, has_fields, pattern_of
from ingest.imports.mapping.text import plain_of
from ingest.imports.times.row_times import DateInName, parse_duration
from ingest.imports.values.numbers import Below
from ingest.imports.values.qualities import Quality
from kernel.errors import BadRequest
from kernel.suggest import closest

Token = str | float | bool
MAX_FILE_RULES = 1_000
MAX_SKIPPED = 100_000  # lines before a header
MAX_WORDS = 1_000  # that one list names: every column looks for them
MAX_AFFIXES = 100  # units, and texts to be stripped: every cell is looked at for each of them
Words = Annotated[list[Token], Meta(max_length=MAX_WORDS)]
States = Annotated[dict[str, float], Meta(max_length=MAX_WORDS)]
Affixes = Annotated[list[str], Meta(max_length=MAX_AFFIXES)]
_FILE = re.compile(r"\.files\[[^\]]*\]$")


class TimeRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a row's time is and how it is written."""

    column: Annotated[
        str | list[str] | None, Meta(description="Default: the first column; two (date, time) are joined")
    ] = None
    format: Annotated[
        str | list[str],
        Meta(
            description="auto, iso, epoch_s, epoch_ms, epoch_us, epoch_ns, excel, excel_1904 or strptime such as "
            "%m/%d/%Y %H:%M"
        ),
    ] = "auto"
    zone: Annotated[
        str | None,
        Meta(description="IANA zone, or an offset such as -05:00, for times that carry none; default: the site's"),
    ] = None
    repeated: Annotated[
        Literal["order", "first", "second"],
        Meta(
            description="The hour repeated in autumn: decided by the order of the rows, or always the first or second"
        ),
    ] = "order"
    skipped: Annotated[
        Literal["drop", "shift"],
        Meta(description="The hour skipped in spring: left out, or read with the offset before it"),
    ] = "drop"
    start: Annotated[
        str | int | None,
        Meta(description="Files without times: the time of the first row, ISO 8601 or epoch ms"),
    ] = None
    interval: Annotated[str | None, Meta(description="Files without times: the time between rows, such as 15min")] = (
        None
    )
    date_in_name: Annotated[
        str | None,
        Meta(
            description="The date in the file's name, such as log-*_%Y%m%d.csv: for a column with times of day, or "
            "with interval for the first row"
        ),
    ] = None
    shift: Annotated[str | None, Meta(description="Added to every time, such as 30min or -1h")] = None

    @property
    def without_column(self) -> bool:
        """Rows follow each other at a fixed interval."""
        return self.interval is not None

    def check(self) -> None:
        """BadRequest for keys that do not belong together."""
        for key, text in (("time.interval", self.interval), ("time.shift", self.shift)):
            if text is not None and parse_duration(text, key) <= 0 and key == "time.interval":
                raise BadRequest(
                    "The mapping is not right: `time.interval` must be longer than zero.", slug="bad-mapping"
                )
        if self.date_in_name is not None:
            DateInName(self.date_in_name)
        wrong = None
        if self.start is not None and self.date_in_name is not None:
            wrong = "`time.start` and `time.date_in_name` both say when a file begins; keep one"
        elif self.start is not None and self.interval is None:
            wrong = "`time.start` needs `time.interval`, such as 15min"
        elif self.interval is not None and self.start is None and self.date_in_name is None:
            wrong = "`time.interval` needs `time.start`, or `time.date_in_name` if each file's name has its date"
        elif self.interval is not None and self.column is not None:
            wrong = "`time.interval` is for files without times; leave out `time.column`, or `time.interval`"
        if wrong:
            raise BadRequest(f"The mapping is not right: {wrong}.", slug="bad-mapping")


class Column(Struct, frozen=True, forbid_unknown_fields=True):
    """How to read one column (or one name in a long file)."""

    sensor: Annotated[str, Meta(description="The sensor's tag or id")]
    states: Annotated[States, Meta(description="Words and the numbers they mean, such as On: 1")] = {}
    missing: Annotated[Words, Meta(description="Cells that mean that there is no sample")] = []
    bad: Annotated[
        Words, Meta(description="Numbers that mean a failed instrument, stored as bad. Words: no sample")
    ] = []
    scale: float = 1.0
    offset: float = 0.0
    unit: Annotated[str | Affixes | None, Meta(description="Units that may follow the numbers, such as %")] = None
    strip: Annotated[Affixes, Meta(description="Texts around the values to remove, such as {ok}")] = []
    below: Annotated[
        Below | None, Meta(description="How to store <0.5: as the limit, half of it, zero, or no sample")
    ] = None
    quality: Annotated[str | None, Meta(description="Wide: the column with its qualities")] = None
    time: Annotated[str | list[str] | None, Meta(description="Wide: the column with its times, if it has its own")] = (
        None
    )


class FileRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What differs for the files that match a pattern."""

    sensor: Annotated[str | Column | None, Meta(description="The sensor of the file's only value column")] = None
    columns: dict[str, str | Column] | None = None
    time: TimeRule | None = None


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole mapping file."""

    site: Annotated[str, Meta(description="Slug or id")]
    layout: Literal["wide", "long"] = "wide"
    time: TimeRule = TimeRule()
    columns: Annotated[
        dict[str, str | Column] | None,
        Meta(description="Wide: header to sensor. Without it, headers that are tags or ids of the site's sensors"),
    ] = None
    ignore: Annotated[list[str], Meta(description="Columns (wide) or names (long) that are left out on purpose")] = []
    sensor_column: Annotated[
        str | list[str] | None, Meta(description="Long: the column of names; several are joined by full stops")
    ] = None
    value_column: Annotated[str | None, Meta(description="Long: the column of values")] = None
    quality_column: Annotated[str | None, Meta(description="The qualities of all values of a row")] = None
    qualities: Annotated[
        Literal["opc"] | Annotated[dict[str, Quality], Meta(max_length=MAX_WORDS)] | None,
        Meta(description="opc (0-63 bad, 64-191 uncertain, 192-255 good) or a table; default: 0, 1, 2 or words"),
    ] = None
    sensors: Annotated[
        dict[str, str | Column] | None, Meta(description="Long: name in the file to sensor; without it, tags and ids")
    ] = None
    files: Annotated[
        dict[str, str | FileRule],
        Meta(description="By file name pattern: what is different there, or the sensor of the only value column"),
    ] = {}
    names: Annotated[
        dict[str, str],
        Meta(description="Names in headers (wide) or cells (long) by pattern, such as VAV-{n}_{p}: VAV-{n}.{p}"),
    ] = {}
    new_sensors: Annotated[bool, Meta(description="Create sensors for names that match none; a dry run lists them")] = (
        False
    )
    site_column: Annotated[str | None, Meta(description="The column that names each row's site")] = None
    sites: Annotated[dict[str, str], Meta(description="Name in that column to the site's slug or id")] = {}
    states: Annotated[States, Meta(description="As in a column, for all of them")] = {}
    missing: Words = []
    bad: Words = []
    delimiter: Annotated[str, Meta(description="auto, whitespace (runs of blanks) or one character")] = "auto"
    decimal: Literal[".", ","] = "."
    thousands: Annotated[
        Literal[".", ",", "'", " "] | None,
        Meta(description="The mark that groups digits by three; a blank includes no-break ones"),
    ] = None
    unit: Annotated[str | Affixes | None, Meta(description="As in a column, for all of them")] = None
    strip: Affixes = []
    below: Below | None = None
    encoding: Annotated[str, Meta(description="auto (UTF-8, UTF-16, else Windows-1252) or a codec's name")] = "auto"
    sheet: Annotated[str, Meta(description="Workbooks: the sheet's name; default: the first")] = ""
    header: Annotated[bool, Meta(description="false: columns are named 1, 2, 3, …")] = True
    skip: Annotated[int, Meta(description="Lines before the header", ge=0, le=MAX_SKIPPED)] = 0

    def for_file(self, name: str) -> Mapping:
        """This mapping with the first matching file rule applied."""
        for pattern, rule in self.files.items():
            parts = (
                pattern_of(pattern).read(name) if has_fields(pattern) else {} if fnmatchcase(name, pattern) else None
            )
            if parts is not None:
                return structs.replace(self, files={}, **_changes(_as_rule(rule), parts))
        return self

    @property
    def sensor_columns(self) -> list[str]:
        """Long: those whose cells make a name."""
        named = self.sensor_column
        return [] if named is None else [named] if isinstance(named, str) else named


def _as_rule(rule: str | FileRule) -> FileRule:
    return FileRule(sensor=rule) if isinstance(rule, str) else rule


def _changes(rule: FileRule, parts: dict[str, str]) -> dict[str, Any]:
    """The rule's own settings, with the parts of the file's name filled into the sensor's."""
    changes: dict[str, Any] = {}
    if rule.time is not None:
        changes["time"] = rule.time
    if rule.columns is not None:
        changes["columns"] = {name: _filled(column, parts) for name, column in rule.columns.items()}
    if rule.sensor is not None:
        changes["columns"] = {"*": _filled(rule.sensor, parts)}
    return changes


def _filled(column: str | Column, parts: dict[str, str]) -> str | Column:
    if not parts:
        return column
    if isinstance(column, str):
        return fill(column, parts)
    return structs.replace(column, sensor=fill(column.sensor, parts))


def load_mapping(text: str) -> Mapping:
    """A mapping from JSON or YAML text. BadRequest says what is wrong where."""
    try:
        mapping = msgspec.convert(plain_of(text), Mapping, strict=False)
    except RecursionError:
        raise BadRequest("The mapping is nested too deeply.", slug="bad-mapping") from None
    except msgspec.ValidationError as error:
        raise BadRequest(f"The mapping is not right: {_explained(error)}", slug="bad-mapping") from None
    _check(mapping)
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


def header_name(name: str) -> str:
    """A header as it is compared: trimmed, with line breaks and runs of blanks as one blank."""
    return " ".join(name.split())


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
            for pattern, rule in ((pattern, _as_rule(rule)) for pattern, rule in mapping.files.items())
        },
    )


def _check(mapping: Mapping) -> None:
    for rules in (mapping.files, mapping.names):
        if len(rules) > MAX_FILE_RULES:
            raise BadRequest(
                f"The mapping is not right: at most {MAX_FILE_RULES:,} rules for `files`, and for `names`, are taken.",
                slug="bad-mapping",
            )
    _check_patterns(mapping)
    if mapping.sites and mapping.site_column is None:
        raise BadRequest(
            "The mapping is not right: `sites` needs `site_column`, the column that holds these names.",
            slug="bad-mapping",
        )
    if mapping.layout == "long" and not (mapping.sensor_column and mapping.value_column):
        raise BadRequest(
            "The mapping is not right: layout long needs `sensor_column` and `value_column`.", slug="bad-mapping"
        )
    if mapping.layout == "wide" and (mapping.sensor_column or mapping.sensors):
        raise BadRequest(
            "The mapping is not right: `sensor_column` and `sensors` belong to layout long; wide uses `columns`.",
            slug="bad-mapping",
        )
    for time in (mapping.time, *(_as_rule(rule).time for rule in mapping.files.values())):
        if time is not None:
            time.check()
    if mapping.thousands == mapping.decimal:
        raise BadRequest(
            f"The mapping is not right: {mapping.decimal!r} cannot be both `decimal` and `thousands`.",
            slug="bad-mapping",
        )
    _check_numbers(mapping)
    if mapping.delimiter not in ("auto", "whitespace") and len(mapping.delimiter) != 1:
        raise BadRequest(
            "The mapping is not right: `delimiter` is auto, whitespace or one character.", slug="bad-mapping"
        )


def _check_patterns(mapping: Mapping) -> None:
    """BadRequest for patterns that cannot be meant, and for parts in a sensor's name that its pattern has not."""
    for pattern, template in mapping.names.items():
        check_rule(pattern, template)
    for pattern, given in mapping.files.items():
        rule = _as_rule(given)
        columns = [*(rule.columns or {}).values(), *([] if rule.sensor is None else [rule.sensor])]
        for column in columns if has_fields(pattern) else ():
            check_rule(pattern, column if isinstance(column, str) else column.sensor)


def _check_numbers(mapping: Mapping) -> None:
    """No number of the mapping may be infinite or none."""
    for where, number in _numbers("", msgspec.to_builtins(mapping)):
        if not isfinite(number):
            raise BadRequest(f"The mapping is not right: `{where}` is {number}, not a number.", slug="bad-mapping")


def _numbers(where: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, float):
        yield where, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(f"{where}.{key}".lstrip("."), item)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(where, item)
