"""What each column of one file is, settled from its head before anything is read or written."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog.models import Sensor, Site
from ingest.imports.cells import Reader
from ingest.imports.guess import guess_formats
from ingest.imports.mapping import Column, Mapping
from ingest.imports.rows import RowReader
from ingest.imports.times import TimeParser
from ingest.imports.zones import Zone, zone_of
from ingest.schema import Catalog, Refused, find
from kernel.errors import BadRequest


@dataclass(slots=True)
class Layout:
    """One file's plan. Wide: `columns` has a reader for each header; long: for each name, found or None."""

    name: str
    headers: list[str]
    time_columns: list[str]
    formats: list[str]
    zone: Zone
    mapping: Mapping
    columns: dict[str, Reader | None]
    unmapped: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    @property
    def long(self) -> bool:
        return self.mapping.layout == "long"

    @property
    def wanted(self) -> list[str]:
        """The columns to read."""
        mapping = self.mapping
        others = [mapping.sensor_column, mapping.value_column, mapping.quality_column] if self.long else [*self.columns]
        return list(dict.fromkeys([*self.time_columns, *(name for name in others if name)]))

    def parser(self) -> TimeParser:
        return TimeParser(self.formats, self.zone)


def plan_layout(reader: RowReader, mapping: Mapping, catalog: Catalog, site: Site) -> Layout | None:
    """The plan of one file, or None if there is nothing in it. BadRequest for what cannot be meant."""
    head = reader.head()
    if head is None:
        return None
    times = _time_columns(head.headers, mapping, reader.name)
    zone = zone_of(mapping.time.zone or site.timezone)
    formats = [mapping.time.format] if isinstance(mapping.time.format, str) else list(mapping.time.format)
    if formats == ["auto"]:
        places = [head.headers.index(name) for name in times]
        sample = [" ".join(row[place] for place in places) for row in head.rows if len(row) > max(places)]
        formats = guess_formats(sample, zone, reader.name)
    layout = Layout(reader.name, head.headers, times, formats, zone, mapping, {})
    layout.parser()  # an unknown format is told before anything is written
    if layout.long:
        _plan_long(layout, catalog, site)
    else:
        _plan_wide(layout, catalog, site)
    return layout


def _time_columns(headers: list[str], mapping: Mapping, file: str) -> list[str]:
    named = mapping.time.column
    names = [headers[0]] if named is None else [named] if isinstance(named, str) else named
    for name in names:
        _present(name, headers, file)
    return names


def _present(name: str, headers: list[str], file: str) -> None:
    if name not in headers:
        raise BadRequest(
            f"{file} has no column {name!r}; its columns are {', '.join(headers[:30])}.", slug="bad-mapping"
        )


def _plan_wide(layout: Layout, catalog: Catalog, site: Site) -> None:
    mapping, free = layout.mapping, [name for name in layout.headers if name not in layout.time_columns]
    columns = mapping.columns
    if columns is not None and set(columns) == {"*"}:
        if len(free) != 1:
            raise BadRequest(
                f"{layout.name}: `sensor` is for a file with one value column; it has {', '.join(free) or 'none'}.",
                slug="bad-mapping",
            )
        columns = {free[0]: columns["*"]}
    if columns is None:
        columns = {name: name for name in free if catalog.sensor(site.id, name) and name not in mapping.ignore}
    layout.absent = [name for name in columns if name not in layout.headers]
    layout.unmapped = [name for name in free if name not in columns and name not in mapping.ignore]
    readers = {name: _reader(column, mapping, catalog, site, name) for name, column in columns.items()}
    layout.columns = {name: reader for name, reader in readers.items() if name in free}
    if not layout.columns:
        raise BadRequest(
            f"{layout.name}: none of its columns ({', '.join(free[:30])}) is mapped to a sensor of {site.slug}.",
            slug="bad-mapping",
        )
    _refuse_two_columns_of_one_sensor(layout)


def _refuse_two_columns_of_one_sensor(layout: Layout) -> None:
    seen: dict[str, str] = {}
    for name, reader in layout.columns.items():
        if reader and (other := seen.setdefault(reader.sensor.id, name)) != name:
            raise BadRequest(
                f"{layout.name}: the columns {other!r} and {name!r} are both mapped to {reader.sensor.tag}.",
                slug="bad-mapping",
            )


def _plan_long(layout: Layout, catalog: Catalog, site: Site) -> None:
    mapping = layout.mapping
    for name in (mapping.sensor_column, mapping.value_column, mapping.quality_column):
        if name:
            _present(name, layout.headers, layout.name)
    layout.columns = {name: _reader(c, mapping, catalog, site, name) for name, c in (mapping.sensors or {}).items()}


def reader_of_name(layout: Layout, name: str, catalog: Catalog, site: Site) -> Reader | None:
    """Long: the reader of a name that stands in the file, looked for once."""
    if name not in layout.columns:
        sensor = None if layout.mapping.sensors is not None or not name else catalog.sensor(site.id, name)
        layout.columns[name] = Reader(sensor, Column(sensor.id), layout.mapping) if sensor else None
        if sensor is None and name not in layout.mapping.ignore:
            layout.unmapped.append(name)
    return layout.columns[name]


def _reader(column: str | Column, mapping: Mapping, catalog: Catalog, site: Site, name: str) -> Reader:
    if isinstance(column, str):
        column = Column(column)
    try:
        sensor: Sensor = find(catalog, site.id, column.sensor)[1]
    except Refused as error:
        raise BadRequest(f"The mapping of {name!r}: {error}.", slug="unknown-sensor") from None
    return Reader(sensor, column, mapping)
