"""When the least or greatest sample was: rows of ever finer rungs say in which minute, and its samples when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from catalog.models import Sensor
from historian.rungs.rows import Rows
from ingest.sources.influxdb.query.conditions import Bounds
from ingest.sources.influxdb.query.ladder import RowReader
from ingest.sources.influxdb.query.samples import SampleReader
from kernel.times import HOUR, MINUTE, NS_PER_MS


@dataclass(frozen=True, slots=True)
class Extreme:
    """The first sample of this value is from `start` to `end` (ms, both included)."""

    sensor: Sensor
    value: float
    start: int
    end: int

    def within(self, bounds: Bounds) -> Bounds:
        return Bounds(self.start * NS_PER_MS, (self.end + 1) * NS_PER_MS).within(bounds)


def extreme_of(sensor: Sensor, rows: Rows, function: str) -> Extreme | None:
    if not len(rows):
        return None
    if function == "min":  # of equal samples the row has the first one's time
        place = int(np.argmin(rows.min))
        return Extreme(sensor, float(rows.min[place]), int(rows.tmin[place]), int(rows.tmin[place]))
    place = int(np.argmax(rows.max))  # and of the greatest the last one's
    return Extreme(sensor, float(rows.max[place]), int(rows.t[place]), int(rows.tmax[place]))


def times_of(extremes: Sequence[Extreme], rows: RowReader, samples: SampleReader, bounds: Bounds) -> dict[str, int]:
    """By sensor id, in ns: that of the first sample of the value; of the row's if the samples have been deleted."""
    for width_ms in (HOUR, MINUTE):
        extremes = _narrowed(extremes, rows, bounds, width_ms)
    found = {}
    for some, within in _by_start(extremes, bounds):
        read = samples.read([each.sensor for each in some], within)
        for each in some:
            raw = read.get(each.sensor.id)
            times = [] if raw is None else raw.t[raw.v == each.value].tolist()
            found[each.sensor.id] = int(times[0]) if times else each.within(bounds).stop - NS_PER_MS
    return found


def _narrowed(extremes: Sequence[Extreme], rows: RowReader, bounds: Bounds, width_ms: int) -> list[Extreme]:
    """To the first row, of this width, that has the value."""
    found = [each for each in extremes if each.end - each.start < width_ms]
    for some, within in _by_start([each for each in extremes if each.end - each.start >= width_ms], bounds):
        sensors = [each.sensor for each in some]
        finer = rows.read({sensor.id: ("max", "tmax") for sensor in sensors}, sensors, within, width_ms)
        found += [_first_of(each, finer[each.sensor.id]) for each in some]
    return found


def _first_of(extreme: Extreme, rows: Rows) -> Extreme:
    places = np.flatnonzero(rows.max == extreme.value)
    if not len(places):
        return extreme
    start, end = int(rows.t[places[0]]), int(rows.tmax[places[0]])
    return Extreme(extreme.sensor, extreme.value, max(start, extreme.start), min(end, extreme.end))


def _by_start(extremes: Sequence[Extreme], bounds: Bounds) -> Iterator[tuple[list[Extreme], Bounds]]:
    """What is read together: from the same start to the last end."""
    for _, group in groupby(sorted(extremes, key=lambda each: each.start), lambda each: each.start):
        some = list(group)
        yield some, max(some, key=lambda each: each.end).within(bounds)
