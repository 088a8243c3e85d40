"""The simulated plant's past: a sample a minute, in bulk, newest first, and only what is not there yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event

from demo.coverage import add_coverage, read_coverage
from demo.install import Installed
from demo.plant import Plant
from demo.plant.clock import DAY, HOUR, MINUTE
from demo.spans import Span, Spans, length, missing, newest_first
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection

INITIAL_HISTORY = 7 * DAY  # there before the demo opens
WHOLE = 3 * 365 * DAY
FIRST = 90 * DAY
CHUNK = 6 * HOUR  # of the first ninety days, which people look at first
LATER_CHUNK = 8 * DAY  # of older ones: each piece has the ladder build all it touches
REST = 1.0  # how long to pause for each second worked; measured, database included: 0.3 of a core


@dataclass(frozen=True, slots=True)
class Written:
    """How far the history is. `done` and `total` in ms of plant time."""

    oldest: int
    done: int
    total: int
    samples: int


Told = Callable[[Written], None]


@dataclass(frozen=True, slots=True)
class History:
    tenant: TenantConnection
    installed: Installed
    plant: Plant

    def lacking(self, reach: int, now: int) -> Spans:
        """What of the last `reach` ms is not written."""
        covered = read_coverage(self.tenant, self.installed.site)
        return missing(covered, (now - reach) // MINUTE * MINUTE, now // MINUTE * MINUTE)

    def fill_at_once(self, now: int) -> int:
        """The last seven days, or of them what a pause left out. How many samples."""
        lacking = self.lacking(INITIAL_HISTORY, now)
        with BulkWriter(self.tenant) as writer:
            for start, end in newest_first(lacking, DAY):
                self._write(writer, start, end)
        if lacking:
            add_coverage(self.tenant, self.installed.site, lacking)
        return writer.samples

    def fill_slowly(self, now: int, stop: Event, told: Told = lambda written: None, samples: int = 0) -> bool:
        """Back to three years, resting as long as working, after `samples` were written. Whether it came to the end."""
        lacking = self.lacking(WHOLE, now)
        done = WHOLE - length(lacking)
        for start, end in in_pieces(lacking, now - FIRST):
            began = time.monotonic()
            with BulkWriter(self.tenant) as writer:
                self._write(writer, start, end)
            add_coverage(self.tenant, self.installed.site, [(start, end)])
            done, samples = done + end - start, samples + writer.samples
            told(Written(start, done, WHOLE, samples))
            if stop.wait(REST * (time.monotonic() - began)):
                return False
        return True

    def _write(self, writer: BulkWriter, start: int, end: int) -> None:
        samples = self.plant.samples(start, end, MINUTE)
        for tag in samples.values:
            if sensor := self.installed.sensors.get(tag):  # somebody may have deleted it
                writer.add(self.installed.site, sensor, samples.times(tag), samples.of(tag))


def in_pieces(lacking: Spans, recent: int) -> Iterable[Span]:
    """Newest first; what is older than `recent` in longer pieces."""
    yield from newest_first([(max(start, recent), end) for start, end in lacking if end > recent], CHUNK)
    yield from newest_first([(start, min(end, recent)) for start, end in lacking if start < recent], LATER_CHUNK)


def covered_by_minutes(spans: Iterable[Span]) -> Spans:
    """Spans of live samples, cut to whole minutes: only those are as history would have written them."""
    return tuple((-(-start // MINUTE) * MINUTE, end // MINUTE * MINUTE) for start, end in spans)
