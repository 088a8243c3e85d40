"""The simulated plant's history: one sample a minute, written in bulk, newest first, and only where missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event

from django.conf import settings

from demo.coverage import add_coverage, read_coverage
from demo.install import Installed
from demo.plant import Plant
from demo.plant.clock import DAY, HOUR, MINUTE
from demo.spans import Span, Spans, length, missing, newest_first
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection

INITIAL_HISTORY = 7 * DAY  # written before the demo opens
FULL_HISTORY = settings.DEMO_HISTORY_DAYS * DAY
RECENT = 90 * DAY
RECENT_CHUNK = 6 * HOUR  # small: people look at these days first
OLD_CHUNK = 8 * DAY  # large: the ladder rebuilds everything that a chunk touches
PAUSE_RATIO = 1.0  # pause per second of work; measured, database included: 0.3 of a core


@dataclass(frozen=True, slots=True)
class Written:
    """Progress of the history. `done` and `total` in ms of plant time."""

    oldest: int
    done: int
    total: int
    samples: int


OnProgress = Callable[[Written], None]


@dataclass(frozen=True, slots=True)
class History:
    tenant: TenantConnection
    installed: Installed
    plant: Plant

    def missing(self, reach: int, now: int) -> Spans:
        """The parts of the last `reach` ms that are not written."""
        covered = read_coverage(self.tenant, self.installed.site)
        return missing(covered, (now - reach) // MINUTE * MINUTE, now // MINUTE * MINUTE)

    def fill_recent(self, now: int) -> int:
        """Write what is missing of the last seven days. Returns the number of samples."""
        gaps = self.missing(INITIAL_HISTORY, now)
        with BulkWriter(self.tenant) as writer:
            for start, end in newest_first(gaps, DAY):
                self._write(writer, start, end)
        if gaps:
            add_coverage(self.tenant, self.installed.site, gaps)
        return writer.samples

    def backfill(self, now: int, stop: Event, on_progress: OnProgress = lambda written: None, samples: int = 0) -> bool:
        """Write what is missing of the whole history, pausing as long as working. True if it finished.

        `samples`: how many were written before, for progress.
        """
        gaps = self.missing(FULL_HISTORY, now)
        done = FULL_HISTORY - length(gaps)
        for start, end in chunks(gaps, now - RECENT):
            began = time.monotonic()
            with BulkWriter(self.tenant) as writer:
                self._write(writer, start, end)
            add_coverage(self.tenant, self.installed.site, [(start, end)])
            done, samples = done + end - start, samples + writer.samples
            on_progress(Written(start, done, FULL_HISTORY, samples))
            if stop.wait(PAUSE_RATIO * (time.monotonic() - began)):
                return False
        return True

    def _write(self, writer: BulkWriter, start: int, end: int) -> None:
        samples = self.plant.samples(start, end, MINUTE)
        for tag in samples.values:
            if sensor := self.installed.sensors.get(tag):  # may have been deleted
                writer.add(self.installed.site, sensor, samples.times(tag), samples.of(tag))


def chunks(gaps: Spans, recent: int) -> Iterable[Span]:
    """Newest first, in longer chunks before `recent`."""
    yield from newest_first([(max(start, recent), end) for start, end in gaps if end > recent], RECENT_CHUNK)
    yield from newest_first([(start, min(end, recent)) for start, end in gaps if start < recent], OLD_CHUNK)


def covered_by_minutes(spans: Iterable[Span]) -> Spans:
    """Spans of live samples, cut to whole minutes, the resolution of the history."""
    return tuple((-(-start // MINUTE) * MINUTE, end // MINUTE * MINUTE) for start, end in spans)
