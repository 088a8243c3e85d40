"""Collects everything that is read: into the report, the tracks and, unless it is a dry run, the bulk writer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from catalog.models import Sensor
from ingest.bulk import BulkWriter
from ingest.changes.journaling import JournalingWriter
from ingest.imports.report.clock_changes import ClockChanges, Clocks
from ingest.imports.report.compare import StoredSamples
from ingest.imports.report.model import (
    MAX_NAMES,
    MAX_PROBLEMS,
    MAX_PROBLEMS_OF_COLUMN,
    MAX_SHOWN,
    MAX_SUMMED_NAMES,
    ImportedSensor,
    ImportGap,
    ImportProblem,
    ImportReport,
)
from ingest.imports.report.plausibility import ValueSample, unit_note
from ingest.imports.report.preview import Preview
from ingest.imports.report.spill import SampleSpill, marks_of
from ingest.imports.report.tracking import MAX_GAPS, Track
from ingest.imports.times.zones import Ints, Zone
from ingest.validation import MAX_AHEAD_NS
from kernel.times import EARLIEST

MS = 1_000_000
MAX_SENSORS_WITH_GAPS = 500  # with more, gaps are only counted, to keep the report a reasonable document
_SUMS = (
    "duplicates", "identical", "conflicting", "repeated_hour", "out_of_range", "gaps", "missing", "bad", "failed",
    "unreadable",
)  # fmt: skip
_COMPARED = ("new", "same", "different")


@dataclass(frozen=True, slots=True)
class _Part:
    """The state of one sensor of the import."""

    sensor: Sensor
    track: Track
    part: ImportedSensor
    sample: ValueSample


class Recorder:
    """`stored` is what a dry run is compared with."""

    def __init__(
        self,
        spill: SampleSpill,
        writer: BulkWriter | JournalingWriter | None,
        stored: StoredSamples | None = None,
    ) -> None:
        self._spill, self._writer, self._stored = spill, writer, stored
        self.report = ImportReport(dry_run=writer is None)
        self.clocks, self.changes = Clocks(), ClockChanges(self.report)
        self.earliest, self.latest = EARLIEST * MS, time.time_ns() + MAX_AHEAD_NS
        self.preview = Preview() if writer is None else None
        self._sensors: dict[str, _Part] = {}
        self._named: Counter[str] = Counter()  # problems by column

    def add(self, sensor: Sensor, t: Ints, v: Any, quality: Any, counts: Counter[str], zone: Zone) -> None:
        """Samples of one sensor, t in UTC ns, in file order. `zone`: that of the local times."""
        known = self._sensors.get(sensor.id) or self._enter(sensor)
        track, part = known.track, known.part
        part.missing += counts["missing"]
        part.unreadable += counts["unreadable"]
        part.failed += counts["failed"]
        part.bad += 0 if quality is None else int((quality == 2).sum())
        track.zone = zone
        track.add(t, marks_of(v, quality), self._spill)
        if not isinstance(v, list):
            known.sample.add(sensor, v, quality)
        self.report.samples += len(t)
        if self._writer is not None:
            stored = v if sensor.stored_as is None else sensor.stored_as.back(v)
            self._writer.add(sensor.site, sensor.id, t, stored, quality)

    def problem(self, file: str, line: int, column: str, text: str, why: str) -> None:
        if self._remaining(column):
            self._named[column] += 1
            self.report.problems.append(ImportProblem(file, line, column, text[:80], why))

    def unreadable(self, file: str, lines: Ints, column: str, cells: Any, rows: Ints, why: str) -> None:
        """Counts the unreadable cells and lists the first ones."""
        if not len(rows):
            return
        by_column = self.report.unreadable_by_column
        by_column[column] = by_column.get(column, 0) + len(rows)
        for row in rows[: self._remaining(column)].tolist():
            self.problem(file, int(lines[row]), column, cells[row].as_py() or "", why)

    def _remaining(self, column: str) -> int:
        return max(0, min(MAX_PROBLEMS_OF_COLUMN - self._named[column], MAX_PROBLEMS - len(self.report.problems)))

    def odd_times(self, file: str, lines: Ints, t: Ints) -> None:
        for line, moment in zip(lines[:MAX_SHOWN].tolist(), t[:MAX_SHOWN].tolist(), strict=True):
            shown = f"{np.datetime64(moment, 'ns').astype('datetime64[s]')}Z"
            self.problem(file, line, "", shown, "is before 1700 or more than a day ahead")

    def finish(self, passed: Callable[[], None]) -> ImportReport:
        """The complete report. Call after everything is written; `passed` is called after each sensor."""
        report = self.report
        for known in self._sensors.values():
            known.track.finish(self._spill)
            passed()
            _fill(known, MAX_GAPS if len(self._sensors) <= MAX_SENSORS_WITH_GAPS else 0)
            if self._stored is not None:
                self._compare_stored(self._stored, known, passed)
            report.sensors.append(known.part)
        report.sensors.sort(key=lambda part: part.tag)
        report.preview = self.preview.samples if self.preview is not None else []
        for name in _SUMS:
            setattr(report, name, sum(getattr(part, name) for part in report.sensors))
        for name in _COMPARED:
            counts = [getattr(part, name) for part in report.sensors]
            setattr(report, name, None if None in counts else sum(counts))
        _sum_up_names(report)
        report.bad_times = sum(file.bad_times for file in report.files)
        report.bad_rows = sum(file.bad_rows for file in report.files)
        report.start = min((part.start for part in report.sensors if part.start is not None), default=None)
        report.end = max((part.end for part in report.sensors if part.end is not None), default=None)
        return report

    def _compare_stored(self, stored: StoredSamples, known: _Part, passed: Callable[[], None]) -> None:
        """Compares a dry run's samples of one sensor with what is stored."""
        part, track, sensor = known.part, known.track, known.sensor
        if track.start is None or track.end is None:
            part.new = part.same = part.different = 0
            return
        found = stored.compare(sensor, track, self._spill, passed)
        if found is not None:
            part.new, part.same, part.different = found.new, found.same, found.different
        if sensor.kind == "continuous":
            usual = stored.usual_values(sensor, (track.start, track.end))
            part.unit_note = unit_note(sensor, known.sample.values(), usual)

    def _enter(self, sensor: Sensor) -> _Part:
        declared = None if sensor.interval_s is None else int(sensor.interval_s * 1e9)
        track = Track(len(self._sensors), declared, gapless=sensor.sampling == "on_change" or sensor.kind == "text")
        part = self._sensors[sensor.id] = _Part(sensor, track, ImportedSensor(sensor.tag, sensor.id), ValueSample())
        return part


def _sum_up_names(report: ImportReport) -> None:
    """Counts the files in which each column is unmapped or absent; the files' own lists are truncated."""
    left = MAX_NAMES
    for kind in ("unmapped", "absent"):
        counts = Counter(name for file in report.files for name in getattr(file, kind))
        setattr(report, kind, dict(counts.most_common(MAX_SUMMED_NAMES)))
        for file in report.files:
            names = getattr(file, kind)[:left]
            left -= len(names)
            setattr(file, kind, names)


def _fill(known: _Part, gaps: int) -> None:
    part, track, sensor = known.part, known.track, known.sensor
    part.samples, part.out_of_order = track.samples, track.out_of_order
    part.duplicates, part.identical, part.repeated_hour = track.duplicates, track.identical, track.repeated_hour
    part.conflicting = track.duplicates - track.identical - track.repeated_hour
    part.start = None if track.start is None else track.start // MS
    part.end = None if track.end is None else track.end // MS
    part.interval_s = sensor.interval_s if track.interval is None else track.interval / 1e9
    part.gaps, part.out_of_range = track.gaps, known.sample.out_of_range
    part.longest_gaps = [ImportGap(start // MS, end // MS) for start, end in track.longest()[:gaps]]
