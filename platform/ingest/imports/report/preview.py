"""The first samples of a dry run as they would be stored, and those made ambiguous by a clock change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from catalog.models import Sensor
from ingest.imports.report.model import ImportedSample
from ingest.imports.times.zones import Flags, Ints, Zone, repeats

MAX_SENSORS, MAX_OF_SENSOR = 60, 5
MAX_CHANGED_SENSORS, MAX_CHANGED_OF_SENSOR = 5, 8
MAX_TEXT = 80
MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Read:
    """Samples of one column: `rows` are those of their table, t in UTC ns."""

    rows: Ints
    t: Ints
    v: Any
    quality: Any


@dataclass(frozen=True, slots=True)
class Cell:
    """The place of a sample in its file."""

    line: int
    clock: str


class Preview:
    def __init__(self) -> None:
        self.samples: list[ImportedSample] = []
        self._first: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()

    def choose(self, sensor: Sensor, read: Read, zone: Zone, has_changes: bool) -> list[tuple[int, bool]]:
        """Which of these samples to show, by index, and whether each lies in a repeated hour."""
        if not len(read.t):
            return []
        chosen = [(place, False) for place in range(min(len(read.t), _remaining(self._first, sensor, False)))]
        if has_changes and (remaining := _remaining(self._changed, sensor, True)):
            chosen += [(place, True) for place in _ends(repeats(zone, read.t), remaining)]
        return chosen

    def add(self, file: str, column: str, sensor: Sensor, read: Read, place: int, cell: Cell, change: bool) -> None:
        (self._changed if change else self._first)[sensor.id] += 1
        value = read.v[place]
        shown = value[:MAX_TEXT] if isinstance(value, str) else float(value)
        quality = 0 if read.quality is None else int(read.quality[place])
        self.samples.append(
            ImportedSample(
                file, cell.line, column, cell.clock[:MAX_TEXT], sensor.id, sensor.tag, sensor.unit,
                int(read.t[place]) // MS, shown, quality, change,
            )
        )  # fmt: skip


def _remaining(shown: Counter[str], sensor: Sensor, change: bool) -> int:
    sensors, each = (MAX_CHANGED_SENSORS, MAX_CHANGED_OF_SENSOR) if change else (MAX_SENSORS, MAX_OF_SENSOR)
    return each - shown[sensor.id] if sensor.id in shown or len(shown) < sensors else 0


def _ends(flags: Flags, limit: int) -> list[int]:
    """The first and the last of the flagged rows, so that both passes of the hour are shown."""
    rows = np.flatnonzero(flags)
    if len(rows) <= limit:
        return [int(row) for row in rows]
    half = limit // 2
    return [int(row) for row in [*rows[: limit - half], *rows[len(rows) - half :]]]
