"""The mapping: how to read a file's columns, times and special values."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

from ingest.imports.mapping.name_patterns import fill, has_fields, pattern_of
from ingest.imports.times.parser import EPOCHS, SERIALS, make_format
from ingest.imports.times.row_times import DateInName, parse_duration, parse_start
from ingest.imports.times.zones import zone_of
from ingest.imports.values.numbers import Below
from ingest.imports.values.qualities import Quality
from kernel.errors import BadRequest

Token = str | float | bool
MAX_FILE_RULES = 1_000
MAX_SKIPPED = 100_000  # lines before a header
MAX_WORDS = 1_000  # that one list names: every column looks for them
MAX_JOINED = 10  # columns whose cells make one time or name
MAX_FORMATS = 20  # every time is tried with each of them
MAX_AFFIXES = 100  # units, and texts to be stripped: every cell is looked at for each of them
Words = Annotated[list[Token], Meta(max_length=MAX_WORDS)]
States = Annotated[dict[str, float], Meta(max_length=MAX_WORDS)]
Word = Annotated[str, Meta(min_length=1)]
Affixes = Annotated[list[Word], Meta(max_length=MAX_AFFIXES)]
Units = Word | Annotated[list[Word], Meta(min_length=1, max_length=MAX_AFFIXES)] | None
Names = Word | Annotated[list[Word], Meta(min_length=1, max_length=MAX_JOINED)] | None


class TimeRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a row's time is and how it is written."""

    column: Annotated[Names, Meta(description="Default: the first column; two (date, time) are joined")] = None
    format: Annotated[
        str | Annotated[list[Word], Meta(min_length=1, max_length=MAX_FORMATS)],
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

    @property
    def _whole_format(self) -> str:
        """A format of numbers that hold date and time."""
        formats = [self.format] if isinstance(self.format, str) else self.format
        return next((form for form in formats if form in EPOCHS or form in SERIALS), "")

    @property
    def formats(self) -> list[str] | None:
        """Those declared, as whole times are written; None for auto."""
        formats = [self.format] if isinstance(self.format, str) else self.format
        if formats == ["auto"]:
            return None
        if self.date_in_name is None:
            return formats
        return [form if form == "iso" else f"%Y-%m-%d {form}" for form in formats]  # the day is in the file's name

    def check(self) -> None:
        """BadRequest for values that no file could be read with, and keys that do not belong together."""
        zone = zone_of("UTC" if self.zone is None else self.zone)
        for form in self.formats or ():
            make_format(form, zone)
        if self.shift is not None:
            parse_duration(self.shift, "time.shift")
        if self.interval is not None and parse_duration(self.interval, "time.interval") <= 0:
            raise BadRequest("The mapping is not valid: `time.interval` must be longer than zero.", slug="bad-mapping")
        if self.start is not None:
            parse_start(str(self.start), zone)
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
        elif self.date_in_name is not None and self._whole_format:
            wrong = f"`time.format` {self._whole_format} has a date of its own; leave out `time.date_in_name`"
        if wrong:
            raise BadRequest(f"The mapping is not valid: {wrong}.", slug="bad-mapping")


class Column(Struct, frozen=True, forbid_unknown_fields=True):
    """How to read one column (or one name in a long file)."""

    sensor: Annotated[Word, Meta(description="The sensor's tag or id")]
    states: Annotated[States, Meta(description="Words and the numbers they mean, such as On: 1")] = {}
    missing: Annotated[Words, Meta(description="Cells that mean that there is no sample")] = []
    bad: Annotated[
        Words, Meta(description="Numbers that mean a failed instrument, stored as bad. Words: no sample")
    ] = []
    scale: float = 1.0
    offset: float = 0.0
    unit: Annotated[Units, Meta(description="Units that may follow the numbers, such as %")] = None
    strip: Annotated[Affixes, Meta(description="Texts around the values to remove, such as {ok}")] = []
    below: Annotated[
        Below | None, Meta(description="How to store <0.5: as the limit, half of it, zero, or no sample")
    ] = None
    quality: Annotated[str | None, Meta(description="Wide: the column with its qualities")] = None
    time: Annotated[Names, Meta(description="Wide: the column with its times, if it has its own")] = None


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
    sensor_column: Annotated[Names, Meta(description="Long: the column of names; several are joined by full stops")] = (
        None
    )
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
    unit: Annotated[Units, Meta(description="As in a column, for all of them")] = None
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
                return structs.replace(self, files={}, **_changes(as_rule(rule), parts))
        return self

    @property
    def sensor_columns(self) -> list[str]:
        """Long: those whose cells make a name."""
        named = self.sensor_column
        return [] if named is None else [named] if isinstance(named, str) else named


def as_rule(rule: str | FileRule) -> FileRule:
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


def header_name(name: str) -> str:
    """A header as it is compared: trimmed, with line breaks and runs of blanks as one blank."""
    return " ".join(name.split())
