"""Compares a dry run with what is stored: how many samples are new, the same, or would replace another value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from catalog.models import Sensor
from historian.read.counting import count
from historian.read.raw import part_of_sensor, read_page, samples_of
from historian.read.sources import Sources
from historian.rungs.units import shown_raw, shown_values
from ingest.imports.report.spill import Samples, SampleSpill, marks_of
from ingest.imports.report.tracking import Track
from ingest.imports.times.zones import Flags
from kernel.times import TimeRange
from stores.samples import ALWAYS, Raw, Window

PAGE = 50_000
MAX_COMPARED = 5_000_000  # stored samples that one dry run reads
SAMPLE = 1_000  # stored values that show the usual range of a sensor
MS = 1_000_000


@dataclass(slots=True)
class Comparison:
    """One sensor's samples; samples with equal times count once."""

    new: int = 0
    same: int = 0
    different: int = 0


class StoredSamples:
    """The samples that a tenant already has for the sensors of an import."""

    def __init__(self, sources: Sources) -> None:
        self._sources, self._left = sources, MAX_COMPARED

    def compare(
        self, sensor: Sensor, track: Track, spill: SampleSpill, passed: Callable[[], None]
    ) -> Comparison | None:
        """None if too much is stored to read it. The track is finished."""
        if track.start is None or track.end is None:
            return Comparison()
        span = track.start, track.end
        stored = count(self._sources, [sensor], TimeRange(span[0] // MS, span[1] // MS + 1))
        if stored > self._left:
            return None
        self._left -= stored
        if not stored:  # then there is no need to read
            return Comparison(new=track.samples - track.duplicates)
        found = Comparison()
        for times, marks in map(_last_of_each_time, spill.sorted(track.number)):
            matched = same = 0
            for page in self._pages(sensor, int(times[0]), int(times[-1]) + 1):
                values: Any = page.v.tolist() if page.v.dtype == object else page.v
                place = np.minimum(np.searchsorted(times, page.t), len(times) - 1)
                hit: Flags = times[place] == page.t
                matched += int(hit.sum())
                same += int((marks[place[hit]] == marks_of(values, page.q)[hit]).sum())
                passed()
            found.new += len(times) - matched
            found.same += same
            found.different += matched - same
        return found

    def usual_values(self, sensor: Sensor, span: tuple[int, int]) -> np.ndarray:
        """Usable stored values from the time range of the import, or the newest ones."""
        page, _ = read_page(self._sources.main, sensor, Window(span[0], span[1] + 1), SAMPLE)
        if not len(page.usable()):
            [newest] = self._sources.main.read([samples_of(sensor, ALWAYS, SAMPLE, newest=True)])
            page = part_of_sensor(newest, sensor).samples
        return shown_values(sensor, page.usable().v.astype(np.float64))

    def _pages(self, sensor: Sensor, start: int, end: int) -> Iterator[Raw]:
        following: int | None = start
        while following is not None and following < end:
            page, last = read_page(self._sources.main, sensor, Window(following, end), PAGE)
            if len(page):
                yield shown_raw(sensor, page)
            following = None if last is None else last + 1


def _last_of_each_time(samples: Samples) -> Samples:
    times, marks = samples
    keep = np.append(times[1:] != times[:-1], True)
    return times[keep], marks[keep]
