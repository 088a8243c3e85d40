"""The clocks with which the files of an import begin: read in time order, in whatever order the files are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from catalog.models import Site
from ingest.imports.formats.rows import RowReader
from ingest.imports.formats.table import Table
from ingest.imports.reading.file import BytesRead, FileReader
from ingest.imports.reading.layout import Layout, TimeColumns
from ingest.imports.reading.new_sensors import DraftedCatalog
from ingest.imports.reading.site_rows import Sites
from ingest.imports.report.clock_changes import Clocks
from ingest.imports.report.recorder import Recorder
from ingest.imports.report.spill import SampleSpill
from ingest.imports.times.clocks import Clock
from ingest.imports.times.file_order import FileStart, time_order
from ingest.imports.times.zones import Ints, Zone, candidates, repeated_hour


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """A planned file; `layout` is None if it is empty. `open` opens it again."""

    layout: Layout | None
    open: Callable[[], RowReader]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A file with local times, and its place among the files given."""

    place: int
    file: HistoryFile
    layout: Layout
    start: FileStart
    in_repeated_hour: bool


def clocks_of_files(
    files: Sequence[HistoryFile], catalog: DraftedCatalog, site: Site, spill: SampleSpill, on_bytes: BytesRead
) -> list[Clocks]:
    """The clocks for reading each file, given in any order. `on_bytes` is called as files are read.

    In time order, all share one. Else files that begin in a repeated hour need those of the files before them, so all
    files are read once more; other files need none.
    """
    shared = Clocks()
    if len(files) < 2:
        return [shared for _ in files]
    placed = [found for place, file in enumerate(files) if (found := _place(place, file, catalog, site)) is not None]
    order = [placed[each] for each in time_order([each.start for each in placed])]
    if order == placed:
        return [shared for _ in files]
    clocks = [Clocks() for _ in files]
    if any(each.in_repeated_hour for each in placed):
        for each, before in _read_clocks(order, catalog, site, spill, on_bytes):
            clocks[each.place] = Clocks(before)
    return clocks


def _read_clocks(
    order: Sequence[_Placed], catalog: DraftedCatalog, site: Site, spill: SampleSpill, on_bytes: BytesRead
) -> Iterator[tuple[_Placed, dict[str, Clock]]]:
    """The files that begin in a repeated hour, with the clocks that their sensors have when they begin."""
    clocks, recorder = _NotingClocks(), Recorder(spill, None)
    recorder.clocks, recorder.preview = clocks, None
    for placed in order:
        clocks.begin_file()
        with closing(placed.file.open()) as rows:
            rows.head()
            _ClockReader(rows, placed.layout, catalog, site, recorder).read(on_bytes)
        if placed.in_repeated_hour:
            yield placed, clocks.before


class _NotingClocks(Clocks):
    """Notes in `before` the clocks that each file's sensors have when it begins."""

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[str, Clock] = {}
        self._seen: set[str] = set()

    def begin_file(self) -> None:
        self.before, self._seen = {}, set()

    def choose(self, sensors: Sequence[str], choose: Callable[[Clock | None], tuple[Ints, Clock | None]]) -> Ints:
        new = [sensor for sensor in sensors if sensor not in self._seen]
        self._seen.update(new)
        self.before |= {sensor: clock for sensor in new if (clock := self.of([sensor])) is not None}
        return super().choose(sensors, choose)


class _ClockReader(FileReader):
    """Reads times only."""

    def _column(self, *args: Any) -> None:
        pass


def _place(place: int, file: HistoryFile, catalog: DraftedCatalog, site: Site) -> _Placed | None:
    """None for a file whose times do not depend on a clock change."""
    layout = file.layout
    if layout is None or layout.first is None or layout.mapping.time.repeated != "order":
        return None
    zones = [zone for zone in Sites(layout.mapping, catalog, site).zones if zone.changes]
    first = layout.first
    groups = [(each, local) for each in layout.times if each.columns and len(local := _local(layout, each, first))]
    if not zones or not groups:
        return None
    for times, local in groups:
        for zone in zones:
            if hour := repeated_hour(zone, int(local[0])):
                start = _start(layout, zone, local, hour[0], _leaves(file, layout, times, hour))
                return _Placed(place, file, layout, start, True)
    _, local = groups[0]
    return _Placed(place, file, layout, _start(layout, layout.zone, local, int(local[0]), False), False)


def _start(layout: Layout, zone: Zone, local: Ints, time: int, leaves: bool) -> FileStart:
    utc = int(candidates(zone, np.array([time], np.int64)).first[0])
    return FileStart(layout.name, utc, leaves, backwards=bool(np.sign(np.diff(local)).sum() < 0))


def _local(layout: Layout, times: TimeColumns, table: Table) -> Ints:
    """The local times of a table's rows."""
    stamps = times.parser(layout.zone).parse(times.cells(table))
    return stamps.ns[stamps.ok & ~stamps.zoned]


def _leaves(file: HistoryFile, layout: Layout, times: TimeColumns, hour: tuple[int, int]) -> bool:
    """Whether the file has times outside of the hour in which it begins."""
    with closing(file.open()) as rows:
        rows.head()
        for table in rows.tables(times.columns, large=True):
            local = _local(layout, times, table)
            if ((local < hour[0]) | (local >= hour[1])).any():
                return True
    return False
