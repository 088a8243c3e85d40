"""The layout of one file: what each column is, decided from its head before anything is read or written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.models import Sensor, Site
from ingest.imports.formats.budget import LookEnded
from ingest.imports.formats.rows import Head, RowReader
from ingest.imports.formats.table import Table
from ingest.imports.mapping.model import Column, Mapping
from ingest.imports.mapping.name_patterns import NameRules
from ingest.imports.reading.cells import Reader
from ingest.imports.reading.long_rows import names_of
from ingest.imports.reading.new_sensors import DraftedCatalog, FoundColumn, NewNames, tag_and_unit
from ingest.imports.times.formats import FormatSearch
from ingest.imports.times.parser import TimeParser
from ingest.imports.times.row_times import DateInName, RowClock, parse_duration, parse_start
from ingest.imports.times.zones import Zone, zone_of
from ingest.points import PointError
from ingest.validation import find
from kernel.errors import BadRequest

FIRST_ROWS = 50  # tell when a file begins


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """Columns that make one time (several are joined), its formats or the search for them, and its value columns."""

    columns: list[str]
    declared: list[str] | None
    search: FormatSearch
    day: str = ""  # prepended to each cell where cells hold a time of day
    values: list[str] = field(default_factory=list)

    @property
    def formats(self) -> list[str]:
        return self.search.formats if self.declared is None else self.declared

    def cells(self, table: Table) -> pa.StringArray:
        """The cells of each row's columns as one."""
        cells = [table.columns[name] for name in self.columns]
        if self.day:
            cells[0] = pc.binary_join_element_wise(self.day, cells[0], "")
        return cells[0] if len(cells) == 1 else pc.binary_join_element_wise(*cells, " ")

    def parser(self, zone: Zone) -> TimeParser:
        return TimeParser(self.formats, zone)


@dataclass(slots=True)
class Layout:
    """One file's plan. Wide: `columns` has a reader for each header; long: for each name, found or None."""

    name: str
    headers: list[str]
    zone: Zone
    mapping: Mapping
    times: list[TimeColumns] = field(default_factory=list)
    columns: dict[str, Reader | None] = field(default_factory=dict)
    rules: dict[str, Column] = field(default_factory=dict)  # of these columns
    at_sites: dict[tuple[str, str], Reader | None] = field(default_factory=dict)  # by id of another site, and column
    qualities: dict[str, str] = field(default_factory=dict)  # wide: value column to its column of qualities
    unmapped: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    places: dict[str, int] = field(init=False)  # of the headers
    ignored: frozenset[str] = field(init=False)
    first: Table | None = None  # the times of the file's first rows
    names: NameRules = field(init=False)

    def __post_init__(self) -> None:
        self.places = {name: place for place, name in enumerate(self.headers)}
        self.ignored = frozenset(self.mapping.ignore)
        self.names = NameRules(self.mapping.names)

    @property
    def long(self) -> bool:
        return self.mapping.layout == "long"

    @property
    def wanted(self) -> list[str]:
        """The columns to read."""
        mapping = self.mapping
        times = [name for group in self.times for name in group.columns]
        if self.long:
            others = [*mapping.sensor_columns, mapping.value_column, mapping.quality_column]
        else:
            others = [*self.columns, *self.qualities.values()]
        return list(dict.fromkeys(name for name in [*times, *others, mapping.site_column] if name))

    @property
    def shift(self) -> int:
        """ns added to every time."""
        shift = self.mapping.time.shift
        return 0 if shift is None else parse_duration(shift, "time.shift")

    def row_clock(self) -> RowClock | None:
        """The clock of a file without times."""
        rule = self.mapping.time
        if rule.interval is None:
            return None
        start = rule.start
        if rule.date_in_name is not None:
            start = DateInName(rule.date_in_name).read(self.name).isoformat()
        return RowClock(
            parse_start("" if start is None else str(start), self.zone), parse_duration(rule.interval, "time.interval")
        )

    def time_columns(self, column: str) -> list[str]:
        """The time columns of a value column."""
        main = self.times[0].columns if self.times else []
        return next((group.columns for group in self.times if column in group.values), main)

    def quality_of(self, column: str) -> str | None:
        return self.qualities.get(column)


def plan_layout(name: str, head: Head, mapping: Mapping, catalog: DraftedCatalog, site: Site) -> Layout:
    """The layout of one file. BadRequest if the mapping does not fit it."""
    layout = Layout(name, head.headers, zone_of(mapping.time.zone or site.timezone), mapping)
    if (formats := mapping.time.formats) is not None:
        TimeParser(formats, layout.zone)  # so that an unknown format is refused before anything is written
    layout.row_clock()
    if layout.long:
        _plan_long(layout, catalog, site)
    else:
        _plan_wide(layout, head, catalog, site)
    layout.first = _first_rows(layout, head)
    return layout


def _first_rows(layout: Layout, head: Head) -> Table:
    rows, places = head.rows[:FIRST_ROWS], layout.places
    names = {name for times in layout.times for name in times.columns}
    cells = {name: [row[places[name]] if len(row) > places[name] else "" for row in rows] for name in names}
    columns = {name: pa.array(column, pa.string()) for name, column in cells.items()}
    return Table(columns, np.arange(len(rows)), [])


def scan_names(
    reader: RowReader, layout: Layout, catalog: DraftedCatalog, site: Site, is_enough: Callable[[], bool] | None
) -> bool:
    """Reads times of undeclared format and new names in cells; whether that covered the whole file."""
    searched, mapping = [times for times in layout.times if times.declared is None], layout.mapping
    names = [name for times in searched for name in times.columns]
    new_names = NewNames() if layout.long and mapping.new_sensors else None
    if new_names is not None:
        names += [*mapping.sensor_columns, mapping.value_column or ""]
    if not names:
        return True
    complete = _scan_names(reader, layout, list(dict.fromkeys(names)), searched, new_names, is_enough)
    for name, cells in () if new_names is None else new_names.cells.items():
        if reader_of_name(layout, name, catalog, site) is None and name not in layout.ignored:
            _draft_named(layout, name, cells, catalog, site)
    return complete


def _draft_named(layout: Layout, name: str, cells: list[str], catalog: DraftedCatalog, site: Site) -> None:
    """Long: drafts the sensor for an unknown name."""
    tag, _ = tag_and_unit(name)
    tag = layout.names.rename(name) or tag
    rule = Column(tag)
    sensor = catalog.sensor(site.id, tag) or catalog.draft(
        site, tag, FoundColumn(layout.name, name, cells, rule), layout.mapping
    )
    layout.columns[name] = Reader(sensor, rule, layout.mapping)
    layout.unmapped.remove(name)


def _scan_names(
    reader: RowReader,
    layout: Layout,
    names: list[str],
    searched: list[TimeColumns],
    new_names: NewNames | None,
    is_enough: Callable[[], bool] | None,
) -> bool:
    mapping = layout.mapping
    with suppress(LookEnded):
        for table in reader.tables(names, large=is_enough is None):
            for times in searched:
                times.search.add(times.cells(table), table.lines)
            if new_names is not None:
                new_names.add(names_of(table, mapping.sensor_columns), table.columns[mapping.value_column or ""])
            if is_enough is not None and is_enough():
                return False
        return True
    return False


def _times(layout: Layout, names: list[str]) -> TimeColumns:
    rule, search = layout.mapping.time, FormatSearch(layout.zone, layout.name)
    if not names:
        return TimeColumns(names, ["iso"], search)
    day = "" if rule.date_in_name is None else f"{DateInName(rule.date_in_name).read(layout.name):%Y-%m-%d} "
    return TimeColumns(names, layout.mapping.time.formats, search, day)


def _time_columns(layout: Layout, named: str | list[str] | None) -> list[str]:
    """None if rows follow each other at an interval."""
    if named is None and layout.mapping.time.without_column:
        return []
    names = [layout.headers[0]] if named is None else [named] if isinstance(named, str) else named
    for name in names:
        _present(name, layout)
    return names


def _present(name: str, layout: Layout) -> None:
    if name not in layout.places:
        raise BadRequest(
            f"{layout.name} has no column {name!r}; its columns are {', '.join(layout.headers[:30])}.",
            slug="bad-mapping",
        )


def _plan_wide(layout: Layout, head: Head, catalog: DraftedCatalog, site: Site) -> None:
    mapping = layout.mapping
    main = _time_columns(layout, mapping.time.column)
    rules = [rule for rule in (mapping.columns or {}).values() if isinstance(rule, Column)]
    own = [name for rule in rules if rule.time for name in _time_columns(layout, rule.time)]
    marks = [name for name in (mapping.quality_column, mapping.site_column, *(rule.quality for rule in rules)) if name]
    for name in marks:
        _present(name, layout)
    taken = {*main, *own, *marks}
    free = [name for name in layout.headers if name not in taken]
    columns = _columns(layout, free, catalog, site)
    if mapping.new_sensors:
        columns |= _new_columns(layout, head, [name for name in free if name not in columns], catalog, site)
    layout.absent = [name for name in columns if name not in layout.places]
    layout.unmapped = [name for name in free if name not in columns and name not in layout.ignored]
    layout.rules = {name: Column(rule) if isinstance(rule, str) else rule for name, rule in columns.items()}
    there = set(free)
    if mapping.new_sensors:
        for name, rule in layout.rules.items():
            if name in there and catalog.sensor(site.id, rule.sensor) is None:
                catalog.draft(site, rule.sensor, _found_column(layout, head, name, rule), mapping)
    readers = {
        name: _reader(column, mapping, catalog, site, name)
        for name, column in layout.rules.items()
        if name in there or not mapping.new_sensors
    }
    layout.columns = {name: reader for name, reader in readers.items() if name in there}
    if not layout.columns:
        raise BadRequest(
            f"{layout.name}: none of its columns ({', '.join(free[:30])}) is mapped to a sensor of {site.slug}.",
            slug="bad-mapping",
        )
    _refuse_two_columns_of_one_sensor(layout)
    _group_by_time(layout, columns, main)


def _columns(layout: Layout, free: list[str], catalog: DraftedCatalog, site: Site) -> dict[str, Column]:
    """The value columns as declared by the mapping, or recognized by their names."""
    mapping = layout.mapping
    if mapping.columns is None:
        return _named_columns(layout, free, catalog, site)
    columns = {name: Column(rule) if isinstance(rule, str) else rule for name, rule in mapping.columns.items()}
    if set(columns) != {"*"}:
        return columns | _named_columns(layout, [name for name in free if name not in columns], catalog, site)
    if len(free) != 1:
        raise BadRequest(
            f"{layout.name}: `sensor` is for a file with one value column; it has {', '.join(free) or 'none'}.",
            slug="bad-mapping",
        )
    return {free[0]: columns["*"]}


def _new_columns(
    layout: Layout, head: Head, names: list[str], catalog: DraftedCatalog, site: Site
) -> dict[str, Column]:
    """Headers of no known sensor that have values, each with the tag of the sensor to be created for it."""
    found, taken = dict[str, Column](), set[str]()
    for name in names:
        column = _found_column(layout, head, name, Column(""))
        tag, _ = tag_and_unit(name)
        tag = name if not tag or tag in taken else tag
        taken.add(tag)
        if name not in layout.ignored and any(cell.strip() for cell in column.cells):
            if catalog.sensor(site.id, tag) is None:
                catalog.draft(site, tag, column, layout.mapping)
            found[name] = Column(tag)
    return found


def _found_column(layout: Layout, head: Head, name: str, rule: Column) -> FoundColumn:
    place = layout.places[name]
    return FoundColumn(layout.name, name, [row[place] for row in head.rows if len(row) > place], rule)


def _named_columns(layout: Layout, free: list[str], catalog: DraftedCatalog, site: Site) -> dict[str, Column]:
    """Headers that are, or by a pattern become, a tag or id of a sensor of the site, or of another site with rows."""
    mapping, found = layout.mapping, dict[str, Column]()

    def is_known(tag: str) -> bool:
        return catalog.sensor(site.id, tag) is not None if mapping.site_column is None else tag in catalog.names

    for name in free:
        tag = layout.names.rename(name) or (name if mapping.columns is None else None)
        if tag and name not in layout.ignored and is_known(tag):
            found[name] = Column(tag)
    return found


def _group_by_time(layout: Layout, columns: dict[str, Column], main: list[str]) -> None:
    groups: dict[tuple[str, ...], TimeColumns] = {}
    for name in layout.columns:
        rule = columns[name]
        times = _time_columns(layout, rule.time) if rule.time else main
        if tuple(times) not in groups:
            groups[tuple(times)] = _times(layout, times)
        groups[tuple(times)].values.append(name)
        if quality := rule.quality or layout.mapping.quality_column:
            layout.qualities[name] = quality
    layout.times = list(groups.values())


def _refuse_two_columns_of_one_sensor(layout: Layout) -> None:
    seen: dict[str, str] = {}
    for name, reader in layout.columns.items():
        if reader and (other := seen.setdefault(reader.sensor.id, name)) != name:
            raise BadRequest(
                f"{layout.name}: the columns {other!r} and {name!r} are both mapped to {reader.sensor.tag}.",
                slug="bad-mapping",
            )


def _plan_long(layout: Layout, catalog: DraftedCatalog, site: Site) -> None:
    mapping = layout.mapping
    layout.times = [_times(layout, _time_columns(layout, mapping.time.column))]
    for name in (*mapping.sensor_columns, mapping.value_column, mapping.quality_column, mapping.site_column):
        if name:
            _present(name, layout)
    layout.rules = {n: Column(c) if isinstance(c, str) else c for n, c in (mapping.sensors or {}).items()}
    layout.columns = {name: _reader(rule, mapping, catalog, site, name) for name, rule in layout.rules.items()}


def reader_of_name(layout: Layout, name: str, catalog: DraftedCatalog, site: Site) -> Reader | None:
    """Long: the reader of a name in the file, looked up once."""
    if name not in layout.columns:
        layout.columns[name] = found = _named_reader(layout, name, catalog, site)
        if found is None and name not in layout.ignored:
            layout.unmapped.append(name)
    return layout.columns[name]


def reader_at(layout: Layout, name: str, catalog: DraftedCatalog, site: Site) -> Reader | None:
    """The reader of a column (wide) or name (long) in another site than the mapping's, looked up once."""
    key = (site.id, name)
    if key not in layout.at_sites:
        rule = layout.rules.get(name)
        if rule is not None:
            sensor = catalog.sensor(site.id, rule.sensor)
            found = Reader(sensor, rule, layout.mapping) if sensor else None
        else:
            found = _named_reader(layout, name, catalog, site)
        layout.at_sites[key] = found
        if found is None and name not in layout.ignored:
            layout.unmapped.append(f"{name} ({site.slug})")
    return layout.at_sites[key]


def _named_reader(layout: Layout, name: str, catalog: DraftedCatalog, site: Site) -> Reader | None:
    mapping = layout.mapping
    tag = layout.names.rename(name) or (name if mapping.sensors is None else None)
    sensor = catalog.sensor(site.id, tag) if tag else None
    return Reader(sensor, Column(sensor.id), mapping) if sensor else None


def _reader(column: Column, mapping: Mapping, catalog: DraftedCatalog, site: Site, name: str) -> Reader | None:
    """None: only other sites have the sensor. BadRequest if none has."""
    try:
        sensor: Sensor = find(catalog, site.id, column.sensor)[1]
    except PointError as error:
        if mapping.site_column is not None and any(catalog.sensor(other, column.sensor) for other in catalog.sites):
            return None
        raise BadRequest(f"The mapping of {name!r}: {error}.", slug="unknown-sensor") from None
    return Reader(sensor, column, mapping)
