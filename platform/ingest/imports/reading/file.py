"""Reads one file, table by table, into the recorder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from catalog.models import Site
from ingest.imports.formats.rows import RowReader
from ingest.imports.formats.table import Table
from ingest.imports.reading.cells import Reader, Values
from ingest.imports.reading.layout import Layout, reader_at, reader_of_name
from ingest.imports.reading.long_rows import names_of, rows_by_name
from ingest.imports.reading.new_sensors import DraftedCatalog
from ingest.imports.reading.site_rows import Sites
from ingest.imports.report.model import ImportedFile
from ingest.imports.report.preview import Cell, Read
from ingest.imports.report.recorder import Recorder
from ingest.imports.times.clocks import choose_passes
from ingest.imports.times.row_times import DayClock, moved
from ingest.imports.times.zones import Flags, Ints, Zone, candidates
from ingest.imports.values.qualities import BAD, GOOD, Marks, quality_reader, read_qualities

MAX_HELD = 200_000  # rows of a repeated hour that wait for what follows them
BytesRead = Callable[[int], None]


@dataclass(slots=True)
class Rows:
    """The times of a table's rows: UTC where zoned, else local."""

    ns: Ints
    ok: Flags
    local: Flags


class FileReader:
    def __init__(
        self, rows: RowReader, layout: Layout, catalog: DraftedCatalog, site: Site, recorder: Recorder
    ) -> None:
        self._rows, self._layout, self._recorder = rows, layout, recorder
        self._catalog, self._site = catalog, site
        self._sites = Sites(layout.mapping, catalog, site)
        self._parsers = [times.parser(layout.zone) for times in layout.times]
        self._clock, self._shift = layout.row_clock(), layout.shift
        self._days = {number: DayClock() for number, times in enumerate(layout.times) if times.day}
        self._mark_of = quality_reader(layout.mapping.qualities)
        interval = layout.mapping.time.interval
        formats = [f for times in layout.times for f in (times.formats if times.columns else [f"every {interval}"])]
        self.report = ImportedFile(layout.name, rows.delimiter, rows.encoding, list(dict.fromkeys(formats)))

    def read(self, passed: BytesRead) -> ImportedFile:
        """Reads the whole file; `passed` is called with the number of bytes done."""
        held: Table | None = None
        for table in self._rows.tables(self._layout.wanted, large=self._layout.long):
            held = self._take(table if held is None else table.after(held), final=False)
            passed(table.at)
        if held is not None:
            self._take(held, final=True)
        self.report.unmapped, self.report.absent = self._layout.unmapped[:200], self._layout.absent
        return self.report

    def _take(self, table: Table, final: bool) -> Table | None:
        """Records the rows, except those at the end that only the next rows can disambiguate."""
        for line, why in table.wrong:
            self._recorder.problem(self._layout.name, line, "", "", why)
        self.report.bad_rows += len(table.wrong)
        if not len(table):
            if self._clock is not None:
                self._clock.times(table.lines, [line for line, _ in table.wrong])
            return None
        rows = [self._parse(table, number) for number in range(len(self._parsers))]
        end = len(table) if final else min(map(self._end_of_decided, rows))
        if end < len(table):
            held, table = table.rows(end, len(table)), table.rows(0, end)
            rows = [Rows(one.ns[:end], one.ok[:end], one.local[:end]) for one in rows]
        else:
            held = None
        for day in self._days.values():
            day.keep(end)
        self.report.rows += len(table)
        self._recorder.report.rows += len(table)
        if len(table):
            for number, one in enumerate(rows):
                self._report_bad_times(table, number, one)
            self._long(table, rows[0]) if self._layout.long else self._wide(table, rows)
        return held

    def _parse(self, table: Table, number: int) -> Rows:
        times, count = self._layout.times[number], len(table)
        if self._clock is not None and not times.columns:
            ns = self._clock.times(table.lines, [line for line, _ in table.wrong])
            return Rows(ns, np.ones(count, bool), np.zeros(count, bool))
        stamps = self._parsers[number].parse(times.cells(table))
        day = self._days.get(number)
        ns = stamps.ns if day is None else moved(stamps.ns, day.days(stamps.ns, stamps.ok))
        return Rows(ns, stamps.ok, ~stamps.zoned)

    def _end_of_decided(self, rows: Rows) -> int:
        """Rows at the end that all lie in a repeated hour wait for what follows them."""
        count, zones = len(rows.ns), [zone for zone in self._sites.zones if zone.changes]
        last = np.flatnonzero(rows.ok[-100:])
        if not zones or not len(last) or self._layout.mapping.time.repeated != "order":
            return count
        newest = count - len(rows.ok[-100:]) + int(last[-1])
        if not rows.local[newest] or not _repeated(zones, rows.ns[newest : newest + 1])[0]:
            return count
        undecided = ~rows.ok | (rows.local & _repeated(zones, rows.ns))
        decided = np.flatnonzero(~undecided)
        end = int(decided[-1]) + 1 if len(decided) else 0
        return end if count - end <= MAX_HELD else count

    def _report_bad_times(self, table: Table, number: int, rows: Rows) -> None:
        wrong = np.flatnonzero(~rows.ok)
        if not len(wrong):
            return
        times = self._layout.times[number]
        cells = times.cells(table)
        if number:  # a column with times of its own may be shorter than the others
            wrong = np.array([row for row in wrong.tolist() if (cells[row].as_py() or "").strip()], np.int64)
        self.report.bad_times += len(wrong)
        where = " ".join(times.columns)
        self._recorder.unreadable(
            self._layout.name, table.lines, where, cells, wrong, "is not a time in the format given"
        )

    def _wide(self, table: Table, rows: Sequence[Rows]) -> None:
        for site, chosen in self._known_sites(table):
            for times, one in zip(self._layout.times, rows, strict=True):
                found = [(name, self._reader(name, site)) for name in times.values]
                readers = [(name, reader) for name, reader in found if reader is not None]
                if not readers:
                    continue
                utc, ok = self._utc(one, chosen, [reader.sensor.id for _, reader in readers], table, site)
                marks: dict[str, Marks] = {}
                for name, reader in readers:
                    quality = self._layout.quality_of(name)
                    if quality is not None and quality not in marks:
                        marks[quality] = self._qualities(table, quality, chosen)
                    mark = None if quality is None else marks[quality]
                    self._column(table, chosen, _some(table.columns[name], chosen), reader, utc, ok, name, mark)

    def _long(self, table: Table, rows: Rows) -> None:
        mapping = self._layout.mapping
        values = table.columns[mapping.value_column or ""]
        for site, here in self._known_sites(table):
            quality = self._qualities(table, mapping.quality_column, here) if mapping.quality_column else None
            for name, places in rows_by_name(_some(names_of(table, mapping.sensor_columns), here)):
                reader = self._reader(name, site)
                if reader is None:
                    continue
                chosen = here[places]
                utc, ok = self._utc(rows, chosen, [reader.sensor.id], table, site)
                marks = None if quality is None else quality[places]
                self._column(table, chosen, values.take(pa.array(chosen)), reader, utc, ok, name, marks)

    def _known_sites(self, table: Table) -> Iterator[tuple[Site, Ints]]:
        """The rows of each site; rows of unknown sites are reported."""
        for site, chosen in self._sites.rows(table):
            if site is not None:
                yield site, chosen
                continue
            column = self._sites.column or ""
            self._recorder.unreadable(
                self._layout.name, table.lines, column, table.columns[column], chosen,
                "is not the slug, name or id of a site, nor in the mapping's `sites`",
            )  # fmt: skip

    def _reader(self, name: str, site: Site) -> Reader | None:
        layout, catalog = self._layout, self._catalog
        if site is not self._site and site.id != self._site.id:
            return reader_at(layout, name, catalog, site)
        return reader_of_name(layout, name, catalog, site) if layout.long else layout.columns[name]

    def _qualities(self, table: Table, name: str, chosen: Ints) -> Marks:
        marks, unknown = read_qualities(_some(table.columns[name], chosen), self._mark_of)
        wrong = chosen[np.flatnonzero(unknown)]
        self._recorder.unreadable(
            self._layout.name, table.lines, name, table.columns[name], wrong, "is not a quality; read as uncertain"
        )
        return marks

    def _utc(self, rows: Rows, chosen: Ints, sensors: Sequence[str], table: Table, site: Site) -> tuple[Ints, Flags]:
        """The rows' times in UTC, and which rows have a valid one."""
        ns, ok, local = rows.ns[chosen], rows.ok[chosen].copy(), rows.local[chosen]
        rule, recorder, zone = self._layout.mapping.time, self._recorder, self._sites.zone(site)
        here = np.flatnonzero(local & ok)
        if len(here) and not zone.changes:
            ns[here] -= zone.offsets[0]
        elif len(here):
            at = ns[here]
            found = candidates(zone, at)
            if rule.repeated == "order":
                ns[here] = recorder.clocks.choose(sensors, lambda before: choose_passes(found, at, before))
            else:
                ns[here] = found.first if rule.repeated == "first" else found.second
            for kind, flags in (("repeated", found.repeated), ("skipped", found.skipped)):
                if flags.any():
                    lines = table.lines[chosen[here[flags]]]
                    recorder.changes.add(self._layout.name, kind, zone, at[flags], lines, rule.skipped == "drop")
            if rule.skipped == "drop":
                ok[here[found.skipped]] = False
        if self._shift:
            ns[ok] = moved(ns[ok], self._shift)
        outside = ok & ((ns < recorder.earliest) | (ns > recorder.latest))
        if outside.any():
            ok &= ~outside
            recorder.odd_times(self._layout.name, table.lines[chosen[outside]], ns[outside])
            self.report.bad_times += int(outside.sum())
        return ns, ok

    def _column(
        self,
        table: Table,
        chosen: Ints,
        cells: pa.StringArray,
        reader: Reader,
        utc: Ints,
        ok: Flags,
        name: str,
        marks: Marks | None,
    ) -> None:
        values = reader.read(cells)
        recorder = self._recorder
        wrong = np.flatnonzero(values.unreadable)
        recorder.unreadable(self._layout.name, table.lines[chosen], name, cells, wrong, reader.why)
        counts = Counter(
            missing=int((~values.take & ~values.unreadable & ~values.failed).sum()),
            unreadable=len(wrong),
            failed=int(values.failed.sum()),
        )
        take = values.take & ok
        quality = _quality(values, marks)
        everything = bool(take.all())
        v = values.v if everything else _pick(values.v, take)
        t, q = (utc, quality) if everything else (utc[take], None if quality is None else quality[take])
        zone = self._sites.zone(self._catalog.sites[reader.sensor.site])
        recorder.add(reader.sensor, t, v, q, counts, zone)
        if recorder.preview is not None:
            self._preview(table, Read(chosen if everything else chosen[take], t, v, q), reader, name, zone)

    def _preview(self, table: Table, read: Read, reader: Reader, name: str, zone: Zone) -> None:
        recorder, layout = self._recorder, self._layout
        assert recorder.preview is not None
        has_changes = recorder.report.repeated_hour_rows > 0
        for place, change in recorder.preview.choose(reader.sensor, read, zone, has_changes):
            row = int(read.rows[place])
            clock = " ".join(table.columns[column][row].as_py() or "" for column in layout.time_columns(name))
            cell = Cell(int(table.lines[row]), clock)
            recorder.preview.add(layout.name, name, reader.sensor, read, place, cell, change)


def _repeated(zones: Sequence[Zone], local: Ints) -> Flags:
    """Whether one of these zones repeats the times."""
    found = np.zeros(len(local), bool)
    for zone in zones:
        found |= candidates(zone, local).repeated
    return found


def _some(cells: pa.StringArray, chosen: Ints) -> pa.StringArray:
    return cells if len(chosen) == len(cells) else cells.take(pa.array(chosen))


def _quality(values: Values, marks: Marks | None) -> Marks | None:
    if not values.bad.any():
        return marks
    return np.where(values.bad, BAD, GOOD if marks is None else marks).astype(np.uint8)


def _pick(v: np.ndarray | list[str], take: Flags) -> np.ndarray | list[str]:
    if isinstance(v, list):
        return [text for text, taken in zip(v, take.tolist(), strict=True) if taken]
    return v[take]
