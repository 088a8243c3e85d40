"""Where all that is read comes together: the report, the tracks, and the bulk writer if it is no dry run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from catalog.models import Sensor, Site
from ingest.bulk import BulkWriter
from ingest.imports.aside import Aside, marks_of
from ingest.imports.clock_changes import ClockChanges, Clocks
from ingest.imports.report import SHOWN, ImportedSensor, ImportGap, ImportProblem, ImportReport
from ingest.imports.tracking import LONGEST, Track
from ingest.imports.zones import Ints, Zone
from ingest.schema import AHEAD_NS
from kernel.times import EARLIEST

MS = 1_000_000
MANY = 500  # sensors; of more, gaps are only counted, so that the report stays a document


_SUMS = ("duplicates", "identical", "conflicting", "repeated_hour", "gaps", "missing", "bad", "failed", "unreadable")


class Recorder:
    def __init__(self, site: Site, aside: Aside, writer: BulkWriter | None) -> None:
        self._site, self._aside, self._writer = site, aside, writer
        self.report = ImportReport(dry_run=writer is None)
        self.clocks, self.changes = Clocks(), ClockChanges(self.report)
        self.earliest, self.latest = EARLIEST * MS, time.time_ns() + AHEAD_NS
        self._sensors: dict[str, tuple[Sensor, Track, ImportedSensor]] = {}

    def add(self, sensor: Sensor, t: Ints, v: Any, quality: Any, counts: Counter[str], zone: Zone) -> None:
        """Samples of one sensor, t in UTC ns, as they stand in the file. `zone`: where its clock shows them."""
        _, track, part = self._sensors.get(sensor.id) or self._enter(sensor)
        part.missing += counts["missing"]
        part.unreadable += counts["unreadable"]
        part.failed += counts["failed"]
        part.bad += 0 if quality is None else int((quality == 2).sum())
        track.zone = zone
        track.add(t, marks_of(v, quality), self._aside)
        self.report.samples += len(t)
        if self._writer is not None:
            self._writer.add(self._site.id, sensor.id, t, v, quality)

    def problem(self, file: str, line: int, column: str, text: str, why: str) -> None:
        if len(self.report.problems) < SHOWN:
            self.report.problems.append(ImportProblem(file, line, column, text[:80], why))

    def unreadable(self, file: str, lines: Ints, column: str, cells: Any, rows: Ints, why: str) -> None:
        """Count the rows' cells and name the first of them."""
        if not len(rows):
            return
        by_column = self.report.unreadable_by_column
        by_column[column] = by_column.get(column, 0) + len(rows)
        for row in rows[: SHOWN - len(self.report.problems)].tolist():
            self.problem(file, int(lines[row]), column, cells[row].as_py() or "", why)

    def strange_times(self, file: str, lines: Ints, t: Ints) -> None:
        for line, moment in zip(lines[:SHOWN].tolist(), t[:SHOWN].tolist(), strict=True):
            shown = f"{np.datetime64(moment, 'ns').astype('datetime64[s]')}Z"
            self.problem(file, line, "", shown, "is before 1700 or more than a day ahead")

    def finish(self, passed: Callable[[], None]) -> ImportReport:
        """The whole report. Call after everything is written; `passed` is told after each sensor."""
        report = self.report
        for sensor, track, part in self._sensors.values():
            track.finish(self._aside)
            passed()
            _fill(part, track, sensor, LONGEST if len(self._sensors) <= MANY else 0)
            report.sensors.append(part)
        report.sensors.sort(key=lambda part: part.tag)
        for name in _SUMS:
            setattr(report, name, sum(getattr(part, name) for part in report.sensors))
        report.bad_times = sum(file.bad_times for file in report.files)
        report.bad_rows = sum(file.bad_rows for file in report.files)
        report.start = min((part.start for part in report.sensors if part.start is not None), default=None)
        report.end = max((part.end for part in report.sensors if part.end is not None), default=None)
        return report

    def _enter(self, sensor: Sensor) -> tuple[Sensor, Track, ImportedSensor]:
        declared = None if sensor.interval_s is None else int(sensor.interval_s * 1e9)
        track = Track(len(self._sensors), declared, gapless=sensor.sampling == "on_change" or sensor.kind == "text")
        made = self._sensors[sensor.id] = (sensor, track, ImportedSensor(sensor.tag, sensor.id))
        return made


def _fill(part: ImportedSensor, track: Track, sensor: Sensor, gaps: int) -> None:
    part.samples, part.out_of_order = track.samples, track.out_of_order
    part.duplicates, part.identical, part.repeated_hour = track.duplicates, track.identical, track.repeated_hour
    part.conflicting = track.duplicates - track.identical - track.repeated_hour
    part.start = None if track.start is None else track.start // MS
    part.end = None if track.end is None else track.end // MS
    part.interval_s = sensor.interval_s if track.interval is None else track.interval / 1e9
    part.gaps = track.gaps
    part.longest_gaps = [ImportGap(start // MS, end // MS) for start, end in track.longest()[:gaps]]
