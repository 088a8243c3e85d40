"""The local clocks of an import: the position of each series, and rows in hours that a clock change touches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from ingest.imports.report.model import MAX_SHOWN, ImportClockChange, ImportReport
from ingest.imports.times.clocks import Clock
from ingest.imports.times.zones import Ints, Zone, offset_text


class Clocks:
    """The clock of each sensor, carried from table to table and from file to file."""

    def __init__(self, known: Mapping[str, Clock] = MappingProxyType({})) -> None:
        self._by_sensor = dict(known)

    def of(self, sensors: Sequence[str]) -> Clock | None:
        """The clock of these sensors, which share their rows' times."""
        return next((self._by_sensor[sensor] for sensor in sensors if sensor in self._by_sensor), None)

    def choose(self, sensors: Sequence[str], choose: Callable[[Clock | None], tuple[Ints, Clock | None]]) -> Ints:
        """`choose` continues from the clock of these sensors, which share their rows' times."""
        chosen, clock = choose(self.of(sensors))
        if clock is not None:
            self._by_sensor.update(dict.fromkeys(sensors, clock))
        return chosen


class ClockChanges:
    """Counts the rows by file and change; the first ones are listed."""

    def __init__(self, report: ImportReport) -> None:
        self._report = report
        self._known: dict[tuple[str, str, int], ImportClockChange] = {}

    def add(self, file: str, kind: str, zone: Zone, local: Ints, lines: Ints, dropped: bool) -> None:
        """Rows whose local times lie in such an hour."""
        report = self._report
        if kind == "repeated":
            report.repeated_hour_rows += len(local)
        else:
            report.skipped_hour_rows += len(local)
        later = np.searchsorted(zone.starts + zone.offsets, local, "right") - (kind == "repeated")
        for change in np.unique(later).tolist():
            rows = later == change
            part = self._known.get((file, kind, change)) or self._enter(file, kind, zone, change, lines[rows])
            if part is not None:
                part.rows += int(rows.sum())
                if kind == "skipped":
                    part.note = _note(part, zone, change, dropped)

    def _enter(self, file: str, kind: str, zone: Zone, change: int, lines: Ints) -> ImportClockChange | None:
        if len(self._known) >= MAX_SHOWN:
            return None
        start, end = _hour(zone, change)
        entry = ImportClockChange(file, kind, zone.name, start, end, int(lines[0]))
        self._known[file, kind, change] = entry
        self._report.clock_changes.append(entry)
        return entry


def _hour(zone: Zone, change: int) -> tuple[str, str]:
    """The hour as local clocks show it."""
    moment = int(zone.starts[change])
    shown = sorted((moment + int(zone.offsets[change - 1]), moment + int(zone.offsets[change])))
    return _clock(shown[0]), _clock(shown[1])


def _clock(local: int) -> str:
    return str(np.datetime64(local, "ns").astype("datetime64[m]")).replace("T", " ")


def _note(part: ImportClockChange, zone: Zone, change: int, dropped: bool) -> str:
    before = offset_text(int(zone.offsets[change - 1]))
    return (
        f"{part.rows} rows show {part.start} to {part.end}, an hour that {zone.name} skips: "
        f'this clock seems not to follow daylight saving. If so, write time: {{zone: "{before}"}}; '
        f"{'these rows are left out' if dropped else 'these rows are read as an hour later'}."
    )
